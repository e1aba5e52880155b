// One entry of the agent's audit log (contract §5), and the row that the mirror makes of it. Pure.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { shownArgv, visible } from '../changes/command.ts';

/** Of every kind, also of those a newer agent may write: what is not named here is kept in `raw` and shown there. */
const shape = z.looseObject({
  n: z.number().int().positive(),
  at: z.string(),
  kind: z.string(),
  prev: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Entry = z.infer<typeof shape>;

/** Gives the very object that was read: the order of its keys is part of what was hashed. */
export const entrySchema = z.custom<Entry>(value => shape.safeParse(value).success);

export const genesis = '0'.repeat(64);

/** Folded: an intent takes in the outcome that names it, so a command is one row. */
export type RowOutcome = 'open' | 'ok' | 'failed' | 'unknown' | 'refused' | 'note';

export interface AuditRow {
  log: number;
  n: number;
  at: number;
  kind: string;
  outcome: RowOutcome;
  rule: string | null;
  account: string | null;
  ip: string | null;
  change_id: string | null;
  /** The host user it is about: null where that was not asked yet, '' where it is about none. */
  user: string | null;
  /** The command. */
  line: string;
  /** What else a search finds it by. */
  also: string;
  code: number | null;
  ms: number | null;
  problem: string | null;
  /** The entry that says how it ended. */
  ended_n: number | null;
}

/** The line as the agent wrote it, which the entry's parts give back to the byte. */
export const lineOf = (entry: Entry): string => asWritten(JSON.stringify(entry));

/** What the next entry carries as `prev`. */
export const lineHash = (line: string): string => createHash('sha256').update(line).digest('hex');
export const entryHash = (entry: Entry): string => lineHash(lineOf(entry));

/** The agent writes what cannot be seen as \uXXXX; JSON.stringify only does so below U+0020. */
export function asWritten(json: string): string {
  return json.replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu, sign =>
    Array.from(
      { length: sign.length },
      (_, index) => `\\u${sign.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

const claimSchema = z.looseObject({
  account: z.string().optional().catch(undefined),
  change: z.string().optional().catch(undefined),
  ip: z.string().optional().catch(undefined),
});
const partsSchema = z.looseObject({
  rule: z.string().optional().catch(undefined),
  claimed: claimSchema.optional().catch(undefined),
  argv: z.array(z.unknown()).optional().catch(undefined),
  cmd: z.unknown().optional(),
  args: z.array(z.unknown()).optional().catch(undefined),
  problem: z.string().optional().catch(undefined),
  message: z.unknown().optional(),
  /** Of a confirmation: what the code opened. */
  requests: z
    .array(z.looseObject({ rule: z.string(), argv: z.array(z.string()) }))
    .optional()
    .catch(undefined),
  of: z.int().optional().catch(undefined),
  /** The number under which it waited, or waits, for a person at the host's terminal. */
  approval: z.int().optional().catch(undefined),
  /** Of a confirmation: the user whose own password opened it. */
  self: z.string().optional().catch(undefined),
  peer: z.looseObject({ pid: z.int(), uid: z.int() }).optional().catch(undefined),
  stdoutBytes: z.int().optional().catch(undefined),
  stderrBytes: z.int().optional().catch(undefined),
  code: z.int32().nullable().optional().catch(undefined),
  signal: z.string().nullable().optional().catch(undefined),
  ms: z.int32().optional().catch(undefined),
});
export type Parts = z.infer<typeof partsSchema>;

export const partsOf = (entry: Entry): Parts => partsSchema.parse(entry);

/** The entry that this one says the end of; undefined where it stands for itself. */
export const endOf = (entry: Entry): number | undefined =>
  entry.kind === 'outcome' || entry.kind === 'unknown' ? partsOf(entry).of : undefined;

export function rowOf(entry: Entry, log: number): AuditRow {
  const parts = partsOf(entry);
  const kind = kindOf(entry, parts);
  const line = commandOf(kind, parts);
  const outcome = entry.kind === 'intent' ? 'open' : entry.kind === 'refused' ? 'refused' : 'note';
  return {
    log,
    n: entry.n,
    at: Date.parse(entry.at) || 0,
    kind: visible(kind).slice(0, 24),
    outcome,
    rule: seen(parts.rule, 64),
    account: seen(parts.claimed?.account, 128),
    ip: seen(parts.claimed?.ip, 128),
    change_id: seen(parts.claimed?.change, 128),
    user: null,
    line,
    also: alsoOf(line, parts),
    code: null,
    ms: null,
    problem: seen(parts.problem, 32),
    ended_n: null,
  };
}

/** A confirmation by a user's own password is none by the owner's code, and is never to be taken for one. */
const kindOf = ({ kind }: Entry, { self }: Parts) =>
  kind === 'confirmed' && self !== undefined ? 'confirmed-self' : kind;

const seen = (text: string | undefined, longest: number) =>
  text === undefined ? null : visible(text).slice(0, longest);

export type Ending = Pick<AuditRow, 'outcome' | 'code' | 'ms' | 'ended_n' | 'problem'>;

/** What the end of an intent changes in its row. */
export function endingOf(entry: Entry): Ending {
  const { code, ms, problem } = partsOf(entry);
  const outcome = entry.kind === 'unknown' ? 'unknown' : code === 0 ? 'ok' : 'failed';
  return { outcome, code: code ?? null, ms: ms ?? null, ended_n: entry.n, problem: seen(problem, 32) };
}

/** The words of the command among them, where quoting changed them. */
function alsoOf(line: string, { rule, claimed, problem, message, requests, argv, args }: Parts): string {
  const words = (argv?.slice(1) ?? args ?? []).map(word => visible(textually(word)));
  const confirmed = requests?.map(request => request.argv.slice(1).join(' ')) ?? [];
  const texts = [
    rule,
    claimed?.account,
    claimed?.ip,
    problem,
    message,
    ...confirmed,
    ...words.filter(word => !line.includes(word)),
  ];
  return visible(texts.filter(text => typeof text === 'string' && text !== '').join(' ')).slice(0, 500);
}

const longestLine = 1_000;

/** The command in one line for eyes; programs by their bare name, as they were asked for. */
function commandOf(kind: string, { argv, cmd, args }: Parts): string {
  const words = argv ?? (cmd === undefined ? [kind] : [cmd, ...(args ?? [])]);
  const texts = words.map(textually);
  const bare = argv ? [texts[0]?.replace(/^.*\//, '') ?? '', ...texts.slice(1)] : texts;
  const line = shownArgv(bare).join(' ');
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}

/** A refused argument that was too long stands in the log as its start and the size of the rest. */
export function textually(word: unknown): string {
  if (typeof word === 'string') return word;
  const start = (word as { start?: unknown } | null)?.start;
  return typeof start === 'string' ? `${start}…` : JSON.stringify(word);
}
