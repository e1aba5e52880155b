// Reads rule files into rules, or says file, line and reason. Pure: whoever calls has read the texts, and checked who owns them.
import { isMap, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { z } from 'zod';
import { overlapOf } from './overlap.ts';
import { type Form, PatternError, parseArg, parsePattern } from './pattern.ts';
import { programs, ruledVerbs } from './programs.ts';
import type { Rule, WriteRule } from './rule.ts';
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

const id = z.string().regex(/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/, 'must look like users.create');
const sentence = z.string().min(8, 'must say it in words').max(200);
const confirm = z.enum(['none', 'code', 'self', 'host']);
const amount = (unit: RegExp, example: string) => z.string().regex(unit, `must look like ${example}`);
const shared = {
  id,
  why: sentence,
  confirm: confirm.exclude(['none']).optional(),
  danger: sentence.optional(),
  undo: id.optional(),
  lock: z
    .string()
    .regex(/^[a-z]+$/, 'must be one word in small letters')
    .optional(),
};
const runSchema = z.strictObject({
  ...shared,
  run: z.string(),
  stdin: z.union([z.string(), z.array(z.string()).min(1).max(8)]).optional(),
  reads: z.literal(true).optional(),
  cancels: z.literal(true).optional(),
  deadline: amount(/^[1-9][0-9]{0,4}s$/, '90s').optional(),
  output: amount(/^[1-9][0-9]?MiB$/, '4MiB').optional(),
  env: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string().regex(/^[^\0\n]*$/)).optional(),
});
const writeSchema = z.strictObject({
  ...shared,
  write: z.string().regex(/^(?:\/[A-Za-z0-9<>_-][A-Za-z0-9<>._-]*)+$/, 'must be an absolute path without "." or ".."'),
  lines: z.array(z.string()).min(1).max(16),
  mode: z
    .string()
    .regex(/^0[0-6][0-4][0-4]$/, 'must be octal, not executable, writable by its owner only, such as "0644"')
    .optional(),
  owner: z
    .string()
    .regex(/^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/, 'must look like root:root')
    .optional(),
  secret: z.literal(true).optional(),
  check: z.string().optional(),
  then: z.string().optional(),
});
const overrideSchema = z.union([z.strictObject({ id, off: z.literal(true) }), z.strictObject({ id, confirm })]);

/** Loads every rule of the files, in their order. Throws RuleError at the first that cannot stand. */
export function loadRules(files: readonly RuleFile[]): Rule[] {
  const rules = new Map<string, Rule>();
  for (const source of files)
    for (const { value, line } of entriesOf(source)) {
      const fail = (reason: string): never => {
        throw new RuleError(source.file, line, reason);
      };
      const known = rules.get(String(value.id));
      if (known && source.layer > 0)
        rules.set(known.id, { ...known, ...parse(overrideSchema, value, fail), by: 'owner' });
      else if (known) fail(`the id ${known.id} is taken by ${known.file}:${known.line}`);
      else {
        const rule = ruleOf(value, { file: source.file, line, by: source.layer === 0 ? 'shipped' : 'owner' }, fail);
        const other = overlapOf(rule, [...rules.values()]);
        if (other)
          fail(`${rule.id} overlaps ${other.id} (${other.file}:${other.line}): one request could satisfy both`);
        rules.set(rule.id, rule);
      }
    }
  for (const rule of rules.values())
    if (rule.undo !== null && !rules.has(rule.undo))
      throw new RuleError(rule.file, rule.line, `${rule.id}: there is no rule ${rule.undo} to undo it`);
  return [...rules.values()];
}

function entriesOf({ file, text }: RuleFile): { value: Record<string, unknown>; line: number }[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    strict: true,
    uniqueKeys: true,
    version: '1.2',
    schema: 'core',
    maxAliasCount: 0,
  } as object);
  const lineOf = (offset: number | undefined) => lineCounter.linePos(offset ?? 0).line || 1;
  const broken = document.errors[0] ?? document.warnings[0];
  if (broken) throw new RuleError(file, lineOf(broken.pos[0]), broken.message.split('\n')[0] ?? 'not YAML');
  if (document.contents === null) return [];
  if (!isSeq(document.contents)) throw new RuleError(file, 1, 'must be a list of rules, each beginning with "- id:"');
  return document.contents.items.map(item => {
    const line = lineOf((item as YAMLMap).range?.[0]);
    if (!isMap(item)) throw new RuleError(file, line, 'must be a rule, beginning with "- id:"');
    return { value: item.toJS(document) as Record<string, unknown>, line };
  });
}

function ruleOf(
  value: Record<string, unknown>,
  origin: Pick<Rule, 'file' | 'line' | 'by'>,
  fail: (reason: string) => never,
): Rule {
  const pattern = <T>(what: string, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      if (error instanceof PatternError) return fail(`${what}: ${error.message}`);
      throw error;
    }
  };
  const common = {
    ...origin,
    off: false,
    deadlineMs: limits.deadlineMs,
    outputBytes: limits.outputBytes,
    env: {},
    reads: false,
    cancels: false,
  };
  if ('write' in value) {
    const rule = parse(writeSchema, value, fail);
    const file = pattern('write', () => parseArg(rule.write));
    if (file.some(part => 'slot' in part && !part.slot.never.includes('/')))
      fail('write: a slot in a path must be of a type that holds no "/"');
    const write: WriteRule = {
      file,
      lines: rule.lines.map(line => pattern('lines', () => parseArg(line))),
      mode: Number.parseInt(rule.mode ?? '0644', 8),
      owner: rule.owner ?? 'root:root',
      secret: rule.secret ?? false,
      check: rule.check === undefined ? null : literalArgv(rule.check, 'check', fail),
      then: rule.then === undefined ? null : literalArgv(rule.then, 'then', fail),
    };
    if (write.check && !write.check.includes('<staged>')) fail('check: must name the staged copy as <staged>');
    return {
      ...common,
      ...whole(rule),
      pattern: rule.write,
      cmd: '@write',
      forms: [[file]],
      write,
      lock: rule.lock ?? rule.id,
    };
  }
  const rule = parse(runSchema, value, fail);
  const forms = pattern('run', () => parsePattern(rule.run));
  const cmd = commandOf(forms, fail);
  if (rule.reads && rule.confirm) fail('reads: a rule that changes nothing needs no confirmation');
  if (rule.run.includes('<password')) fail('run: a secret can only stand on stdin');
  return {
    ...common,
    ...whole(rule),
    pattern: rule.run,
    cmd,
    ...(programs.has(cmd) ? { program: programs.get(cmd) as string } : {}),
    forms: forms.map(form => form.slice(1)),
    ...(rule.stdin === undefined
      ? {}
      : { stdin: [rule.stdin].flat().map(line => pattern('stdin', () => parseArg(line))) }),
    reads: rule.reads ?? false,
    cancels: rule.cancels ?? false,
    ...(rule.deadline === undefined ? {} : { deadlineMs: Number.parseInt(rule.deadline, 10) * 1000 }),
    ...(rule.output === undefined ? {} : { outputBytes: Number.parseInt(rule.output, 10) * 2 ** 20 }),
    env: rule.env ?? {},
    lock: rule.lock ?? 'host',
  };
}

function whole(rule: z.infer<typeof runSchema> | z.infer<typeof writeSchema>) {
  const { id, why, confirm = 'none', danger = null, undo = null } = rule;
  return { id, why, confirm, danger, undo } as const;
}

function commandOf(forms: readonly Form[], fail: (reason: string) => never): string {
  const first = forms[0]?.[0]?.[0];
  const cmd =
    first && 'literal' in first && forms.every(form => form[0]?.length === 1)
      ? first.literal
      : fail('run: must begin with a program');
  if (!programs.has(cmd) && !(ruledVerbs as readonly string[]).includes(cmd))
    fail(`run: ${JSON.stringify(cmd)} is not in the table of programs`);
  return cmd;
}

/** `check:` and `then:` are wholly literal; their program comes from the same table. */
function literalArgv(text: string, field: string, fail: (reason: string) => never): string[] {
  const [cmd = '', ...args] = text.trim().split(/\s+/);
  if (args.some(arg => arg !== '<staged>' && /[<>()[\]|"]/.test(arg)))
    fail(`${field}: must be literal, but for <staged>`);
  return [programs.get(cmd) ?? fail(`${field}: ${JSON.stringify(cmd)} is not in the table of programs`), ...args];
}

function parse<T>(schema: z.ZodType<T>, value: unknown, fail: (reason: string) => never): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  return fail(`${issue?.path.join('.') || 'the rule'}: ${issue?.message ?? 'is not understood'}`);
}
