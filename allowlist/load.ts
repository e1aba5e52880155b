// Reads rule files into rules, or says file, line and reason. Pure: whoever calls has read the texts, and checked who owns them.
import { isMap, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { overlapOf } from './overlap.ts';
import { type Arg, PatternError, parseArg, parsePattern } from './pattern.ts';
import { programs, verbs } from './programs.ts';
import { type ConfirmLevel, confirmLevels, limits } from './wire.ts';

/** One rule file. `layer` 0 is what Gatehouse ships; in later layers the owner adds, switches off or changes `confirm`. */
export interface RuleFile {
  file: string;
  text: string;
  layer: number;
}

/** A rule as it stands in a file (contract §3, docs/rules.md), with what loading made of it. */
export interface Rule extends z.output<typeof runRule> {
  /** Of a file that may be written. */
  write?: z.output<typeof writeRule>['write'];
  /** Where it stands, and whether the owner of the host wrote or changed it. */
  file: string;
  line: number;
  by: 'shipped' | 'owner';
  off: boolean;
  /** Where the owner changed a rule that stood already, and what it asked for before. */
  changedIn?: { file: string; line: number };
  shipped?: { confirm: ConfirmLevel };
}

const matching = (pattern: RegExp, like: string) => z.string().regex(pattern, `must look like ${like}`);
const amount = (pattern: RegExp, like: string, units: Record<string, number>) =>
  matching(pattern, like).transform(text => Number.parseInt(text, 10) * (units[text.replace(/\d+/, '')] as number));
/** A text in a language of its own, and what `parse` makes of it. */
const parsedBy = <T>(parse: (text: string) => T) =>
  z.string().transform((text, context): T => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      context.addIssue(error.message);
      return z.NEVER;
    }
  });

const id = matching(/^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)*$/, 'users.create');
/** Something in it can be seen. */
const sentence = z.string().regex(/[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u, 'must say it in words');
const lock = matching(/^[a-z]+$/, 'accounts');
const confirm = z.enum(confirmLevels);
const arg = parsedBy(parseArg);
const command = parsedBy(parseCommand);
const flag = z.boolean().default(false);

// The fields, as docs/rules.md explains them.
const shared = {
  id,
  why: sentence,
  confirm: confirm.default('none'),
  danger: sentence.nullable().default(null),
  undo: id.nullable().default(null),
};
/** In milliseconds, and in bytes of each stream. */
const usual = { deadline: limits.deadlineMs, output: limits.outputBytes, env: {}, reads: false, cancels: false };
const runRule = z
  .strictObject({
    ...shared,
    run: parsedBy(parseRun),
    lock: lock.default('host'),
    stdin: z.preprocess(lines => [lines].flat(), z.array(arg).min(1).max(8)).optional(),
    reads: flag,
    cancels: flag,
    deadline: amount(/^[1-9]([0-9]{0,4}s|[0-9]{0,2}m)$/, '90s or 5m', { s: 1000, m: 60_000 }).default(usual.deadline),
    output: amount(/^[1-9][0-9]?MiB$/, '4MiB', { MiB: 2 ** 20 }).default(usual.output),
    env: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string().regex(/^[^\0\n]*$/)).default(usual.env),
  })
  .refine(({ reads, confirm }) => !reads || confirm === 'none', {
    path: ['reads'],
    message: 'what changes nothing needs no confirmation',
  })
  .transform(({ run, ...rest }) => ({ ...rest, ...run }));
const writeRule = z
  .strictObject({
    ...shared,
    write: parsedBy(parsePath),
    lock: lock.default('files'),
    lines: z.array(arg).min(1).max(16),
    mode: matching(/^0[0-6][0-4][0-4]$/, '"0644": octal, not executable, writable by its owner only')
      .transform(text => Number.parseInt(text, 8))
      .default(0o644),
    owner: matching(/^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/, 'root:root').default('root:root'),
    secret: flag,
    check: command.refine(argv => argv.includes('<staged>'), 'must name the staged copy as <staged>').optional(),
    then: command.optional(),
  })
  .refine(({ lines, secret }) => secret || !secretIn(lines), {
    path: ['lines'],
    message: 'a secret can only stand in a file with "secret: true"',
  })
  .transform(({ write, lines, mode, owner, secret, check, then, ...rest }) => {
    return { ...rest, ...usual, ...write, write: { lines, mode, owner, secret, check, then } };
  });
const override = z.union(
  [z.strictObject({ id, off: z.boolean() }), z.strictObject({ id, confirm })],
  'of a rule that stands already, an entry holds nothing but "off: true" or "confirm"',
);

/** Loads every rule of the files, in their order. Throws at the first that cannot stand. */
export function loadRules(files: readonly RuleFile[]): Rule[] {
  const rules = new Map<string, Rule>();
  for (const { file, text, layer } of files)
    for (const { value, line } of entriesOf(file, text))
      try {
        const known = rules.get(String(value.id));
        if (known && layer === 0) throw new PatternError(`the id ${known.id} is taken by ${known.file}:${known.line}`);
        const where = { file, line, off: false, by: layer === 0 ? 'shipped' : 'owner' } as const;
        const rule: Rule = known
          ? {
              shipped: { confirm: known.confirm },
              ...known,
              ...parse(override, value),
              by: 'owner',
              changedIn: { file, line },
            }
          : { ...('write' in value ? parse(writeRule, value) : parse(runRule, value)), ...where };
        rules.set(rule.id, rule);
      } catch (error) {
        throw error instanceof PatternError ? faulty(file, line, error.message) : error;
      }
  const on = [...rules.values()].filter(({ off }) => !off);
  for (const { file, line, id, undo } of rules.values())
    if (undo !== null && !rules.has(undo)) throw faulty(file, line, `${id}: there is no rule ${undo} to undo it`);
  // What the owner switched off is in nobody's way.
  for (const [i, rule] of on.entries()) {
    const other = overlapOf(rule, on.slice(0, i));
    if (other) throw faulty(rule.file, rule.line, `${rule.id} overlaps ${other.id}: one request could satisfy both`);
    const { file, line } = rule.changedIn ?? rule;
    if (rule.confirm === 'self' && !namesUser(rule))
      throw faulty(file, line, `${rule.id}: confirm: self needs a <user> or <samba-user>, whose password opens it`);
  }
  return [...rules.values()];
}

function entriesOf(file: string, text: string): { value: Record<string, unknown>; line: number }[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text.replace(/^\ufeff/, ''), { lineCounter, schema: 'core' });
  const lineOf = (offset = 0) => lineCounter.linePos(offset).line || 1;
  const [broken] = [...document.errors, ...document.warnings];
  if (broken) throw faulty(file, lineOf(broken.pos[0]), broken.message.split('\n')[0] ?? 'is not YAML');
  visit(document, {
    Alias: (_, { range, source }) => {
      throw faulty(file, lineOf(range?.[0]), `the alias *${source} of YAML is not taken: write it out`);
    },
  });
  if (document.contents === null) return [];
  const noList = (node: Node | null) =>
    faulty(file, lineOf(node?.range?.[0]), 'must be a list of rules, each beginning with "- id:"');
  if (!isSeq<Node>(document.contents)) throw noList(document.contents);
  return document.contents.items.map(item => {
    if (!isMap(item)) throw noList(item);
    return { value: item.toJS(document), line: lineOf(item.range?.[0]) };
  });
}

function faulty(file: string, line: number, reason: string): Error {
  return new Error(`${file}:${line}: ${reason}`);
}

/** What a request names: a program of the table, whose path is `program`, or a verb; and the forms of what stands behind. */
function parseRun(pattern: string) {
  const forms = parsePattern(pattern);
  const [cmd = ''] = pattern.split(/\s/, 1);
  if (!programs.has(cmd) && !verbs.has(cmd))
    throw new PatternError(`must begin with a program, and ${JSON.stringify(cmd)} is not in the table of programs`);
  if (secretIn(forms.flat())) throw new PatternError('a secret can only stand on stdin');
  return { pattern, cmd, program: programs.get(cmd), forms: forms.map(form => form.slice(1)) };
}

function parsePath(pattern: string) {
  if (!/^(?:\/[A-Za-z0-9<>_-][A-Za-z0-9<>._-]*)+$/.test(pattern))
    throw new PatternError('must look like /etc/x/<user>: absolute, without "." or ".."');
  const file = parseArg(pattern);
  if (file.some(part => 'slot' in part && (part.slot.secret || !part.slot.never.includes('/'))))
    throw new PatternError('a slot in a path must be of a type that is no secret and holds no "/"');
  return { pattern, cmd: '@write', program: undefined, forms: [[file]] };
}

function secretIn(args: readonly Arg[]): boolean {
  return args.flat().some(part => 'slot' in part && part.slot.secret);
}

/** Whether each request of this rule is about one user, as `confirm: self` needs it. A line of a file may always be missing. */
function namesUser({ forms, stdin = [] }: Rule): boolean {
  const within = (args: readonly Arg[]) =>
    args.flat().some(part => 'slot' in part && ['user', 'samba-user'].includes(part.slot.name));
  return within(stdin) || forms.every(within);
}

/** A wholly literal command of the table, but for `<staged>`. */
function parseCommand(text: string): readonly string[] {
  const [cmd = '', ...args] = text.trim().split(/\s+/);
  const program = programs.get(cmd);
  if (!program) throw new PatternError(`${JSON.stringify(cmd)} is not in the table of programs`);
  if (args.some(word => word !== '<staged>' && /[<>()[\]|"]/.test(word)))
    throw new PatternError('must be literal, but for <staged>');
  return [program, ...args];
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const { data, error } = schema.safeParse(value);
  if (!error) return data;
  const [issue] = error.issues;
  throw new PatternError(`${issue?.path.join('.') || 'the rule'}: ${issue?.message}`);
}
