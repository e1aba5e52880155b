// Reads rule files into rules, or says file, line and reason. Pure: whoever calls has read the texts, and checked who owns them.
import { isMap, isSeq, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { overlapOf } from './overlap.ts';
import { type Arg, type Form, PatternError, parseArg, parsePattern } from './pattern.ts';
import { programs, verbs } from './programs.ts';
import { limits } from './wire.ts';

export class RuleError extends Error {
  constructor(file: string, line: number, reason: string) {
    super(`${file}:${line}: ${reason}`);
  }
}

/** One rule file. `layer` 0 is what Gatehouse ships; in later layers the owner adds, switches off or changes `confirm`. */
export interface RuleFile {
  file: string;
  text: string;
  layer: number;
}

/** A rule as it stands in a file (contract §3, docs/rules.md), with what loading made of it. */
export interface Rule extends Fields {
  /** The pattern as written, and the forms it stands for, without the command. */
  pattern: string;
  forms: readonly Form[];
  /** What a request names: a program of the table, whose path is `program`, or a verb. */
  cmd: string;
  program?: string | undefined;
  /** Where it stands, and whether the owner of the host wrote or changed it. */
  file: string;
  line: number;
  by: 'shipped' | 'owner';
  off: boolean;
}
type Fields = z.infer<typeof runSchema> & { write?: z.infer<typeof writeSchema> & { file: Arg } };

const sentence = z.string().min(8, 'must say it in words').max(200);
const matching = (pattern: RegExp, like: string) => z.string().regex(pattern, `must look like ${like}`);
const id = matching(/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/, 'users.create');
const level = z.enum(['none', 'code', 'self', 'host']);
/** A pattern of one argument or line, parsed where it stands. */
const arg = z.string().transform((text, context): Arg => {
  try {
    return parseArg(text);
  } catch (error) {
    context.addIssue((error as Error).message);
    return z.NEVER;
  }
});
/** A wholly literal command of the table, but for `<staged>`. */
const command = z.string().transform((text, context): readonly string[] => {
  const [cmd = '', ...args] = text.trim().split(/\s+/);
  const program = programs.get(cmd);
  if (!program) context.addIssue(`${JSON.stringify(cmd)} is not in the table of programs`);
  if (args.some(word => word !== '<staged>' && /[<>()[\]|"]/.test(word)))
    context.addIssue('must be literal, but for <staged>');
  return [program ?? '', ...args];
});

const shared = z.strictObject({
  id,
  /** For people: what it allows. */
  why: sentence,
  confirm: level.default('none'),
  danger: sentence.nullable().default(null),
  /** The rule that takes it back. */
  undo: id.nullable().default(null),
  /** Requests of rules with the same lock run one after the other. */
  lock: matching(/^[a-z]+$/, 'accounts').default('host'),
});
const runSchema = shared.extend({
  /** The lines of stdin, each by its pattern. */
  stdin: z.union([arg.transform(line => [line]), z.array(arg).min(1).max(8)]).optional(),
  /** Changes nothing: not locked, and cancelled with its connection. */
  reads: z.literal(true).optional(),
  /** Ended when its connection is gone, although it changes the host. */
  cancels: z.literal(true).optional(),
  /** Milliseconds; written as seconds. */
  deadline: matching(/^[1-9][0-9]{0,4}s$/, '90s')
    .transform(text => Number.parseInt(text, 10) * 1000)
    .default(limits.deadlineMs),
  /** Bytes kept of each stream. */
  output: matching(/^[1-9][0-9]?MiB$/, '4MiB')
    .transform(text => Number.parseInt(text, 10) * 2 ** 20)
    .default(limits.outputBytes),
  env: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string().regex(/^[^\0\n]*$/)).default({}),
});
const writeSchema = z.strictObject({
  /** Each line of the content matches one of these. */
  lines: z.array(arg).min(1).max(16),
  mode: matching(/^0[0-6][0-4][0-4]$/, '"0644": octal, not executable, writable by its owner only')
    .transform(text => Number.parseInt(text, 8))
    .default(0o644),
  owner: matching(/^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/, 'root:root').default('root:root'),
  /** Its content is never shown. */
  secret: z.literal(true).optional(),
  /** Run on the staged copy; its exit status and stderr decide. */
  check: command.refine(argv => argv.includes('<staged>'), 'must name the staged copy as <staged>').optional(),
  /** Run after the file is in place. */
  then: command.optional(),
});
const overrideSchema = z.union([z.strictObject({ id, off: z.literal(true) }), z.strictObject({ id, confirm: level })]);
const path = matching(/^(?:\/[A-Za-z0-9<>_-][A-Za-z0-9<>._-]*)+$/, '/etc/x/<user>: absolute, without "." or ".."');

/** Loads every rule of the files, in their order. Throws RuleError at the first that cannot stand. */
export function loadRules(files: readonly RuleFile[]): Rule[] {
  const rules = new Map<string, Rule>();
  for (const { file, text, layer } of files)
    for (const { value, line } of entriesOf(file, text))
      try {
        const known = rules.get(String(value.id));
        if (known && layer === 0) throw new PatternError(`the id ${known.id} is taken by ${known.file}:${known.line}`);
        const where = { file, line, off: false, by: layer === 0 ? 'shipped' : 'owner' } as const;
        const rule: Rule = known
          ? { ...known, ...parse(overrideSchema, value), by: 'owner' }
          : { ...ruleOf(value), ...where };
        const other = known ? undefined : overlapOf(rule, [...rules.values()]);
        if (other) throw new PatternError(`${rule.id} overlaps ${other.id}: one request could satisfy both`);
        rules.set(rule.id, rule);
      } catch (error) {
        throw error instanceof PatternError ? new RuleError(file, line, error.message) : error;
      }
  for (const { file, line, id, undo } of rules.values())
    if (undo !== null && !rules.has(undo))
      throw new RuleError(file, line, `${id}: there is no rule ${undo} to undo it`);
  return [...rules.values()];
}

function entriesOf(file: string, text: string): { value: Record<string, unknown>; line: number }[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, schema: 'core' });
  const lineOf = (offset = 0) => lineCounter.linePos(offset).line || 1;
  const broken = document.errors[0] ?? document.warnings[0];
  if (broken) throw new RuleError(file, lineOf(broken.pos[0]), broken.message.split('\n')[0] ?? 'is not YAML');
  if (document.contents === null) return [];
  if (!isSeq(document.contents)) throw new RuleError(file, 1, 'must be a list of rules, each beginning with "- id:"');
  return document.contents.items.map(item => {
    if (!isMap(item)) throw new RuleError(file, 1, 'must be a list of rules, each beginning with "- id:"');
    return { value: item.toJS(document, { maxAliasCount: 0 }), line: lineOf(item.range?.[0]) };
  });
}

function ruleOf(value: Record<string, unknown>): Omit<Rule, 'file' | 'line' | 'by' | 'off'> {
  if ('write' in value) {
    const { write, lines, mode, owner, secret, check, then, ...rest } = value;
    const pattern = parse(path, write, 'write');
    const file = parse(arg, pattern, 'write');
    if (file.some(part => 'slot' in part && !part.slot.never.includes('/')))
      throw new PatternError('write: a slot in a path must be of a type that holds no "/"');
    const how = parse(writeSchema, JSON.parse(JSON.stringify({ lines, mode, owner, secret, check, then })));
    const fields = runSchema.omit({ stdin: true, reads: true, cancels: true, deadline: true, output: true, env: true });
    const rule = runSchema.parse(parse(fields, { lock: 'files', ...rest }));
    return { ...rule, pattern, cmd: '@write', forms: [[file]], write: { ...how, file } };
  }
  const { run, ...rest } = value;
  const pattern = parse(z.string(), run, 'run');
  const rule = parse(runSchema, rest);
  if (rule.reads && rule.confirm !== 'none')
    throw new PatternError('reads: what changes nothing needs no confirmation');
  const forms = parsePattern(pattern);
  const cmd = commandOf(forms);
  if (forms.flat(2).some(part => 'slot' in part && part.slot.secret))
    throw new PatternError('run: a secret can only stand on stdin');
  return { ...rule, pattern, cmd, program: programs.get(cmd), forms: forms.map(form => form.slice(1)) };
}

function commandOf(forms: readonly Form[]): string {
  const first = forms[0]?.[0]?.[0];
  if (!first || !('literal' in first) || forms.some(form => form[0]?.length !== 1))
    throw new PatternError('run: must begin with a program');
  if (!programs.has(first.literal) && !verbs.has(first.literal))
    throw new PatternError(`run: ${JSON.stringify(first.literal)} is not in the table of programs`);
  return first.literal;
}

function parse<T>(schema: z.ZodType<T>, value: unknown, field = 'the rule'): T {
  const { data, error } = schema.safeParse(value);
  if (data !== undefined) return data;
  const issue = error?.issues[0];
  throw new PatternError(`${issue?.path.join('.') || field}: ${issue?.message ?? 'is not understood'}`);
}
