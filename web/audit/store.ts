// The mirror's tables: written in batches as the log grows, read newest first.
import type { Knex } from 'knex';
import {
  type AuditRow,
  type Ending,
  type Entry,
  endingOf,
  endOf,
  entrySchema,
  genesis,
  type RowOutcome,
  rowOf,
} from './entry.ts';

export interface LogRow {
  log: number;
  last_n: number;
  last_hash: string;
  seen_at: number;
  broken_at_n: number | null;
  broken_why: string | null;
}

/** The log that is being mirrored; the first is made when none is there. */
export async function currentLog(db: Knex, now: number): Promise<LogRow> {
  const row = await db<LogRow>('audit_logs').orderBy('log', 'desc').first();
  if (row) return { ...row, last_n: Number(row.last_n) };
  return beginLog(db, 1, now);
}

export async function beginLog(db: Knex, log: number, now: number): Promise<LogRow> {
  const row = { log, last_n: 0, last_hash: genesis, seen_at: now, broken_at_n: null, broken_why: null };
  await db<LogRow>('audit_logs').insert(row);
  return row;
}

export const logs = (db: Knex): Promise<LogRow[]> => db<LogRow>('audit_logs').orderBy('log', 'desc');

export async function markBroken(db: Knex, log: number, n: number, why: string): Promise<void> {
  await db<LogRow>('audit_logs')
    .where({ log })
    .update({ broken_at_n: n, broken_why: why.slice(0, 255) });
}

/** In one transaction, so that a killed dashboard goes on where it stopped. `entries` are in order and follow what is there. */
export async function addEntries(
  db: Knex,
  log: number,
  entries: readonly Entry[],
  hash: string,
  now: number,
): Promise<void> {
  const last = entries.at(-1);
  if (!last) return;
  const rows = new Map<number, AuditRow>();
  const endings: [number, Ending][] = [];
  for (const entry of entries) {
    const of = endOf(entry);
    if (of === undefined) rows.set(entry.n, rowOf(entry, log));
    else if (rows.has(of)) Object.assign(rows.get(of) ?? {}, endingOf(entry));
    else endings.push([of, endingOf(entry)]);
  }
  const raws = entries.map(entry => ({ log, n: entry.n, raw: JSON.stringify(entry) }));
  const words = wordsOf([...rows.values()]);
  await db.transaction(async trx => {
    if (rows.size > 0) await trx('audit_entries').insert([...rows.values()]);
    await trx('audit_raw').insert(raws);
    for (const [n, ending] of endings) await trx('audit_entries').where({ log, n }).update(ending);
    if (words.length > 0) await trx('audit_words').insert(words).onConflict(['kind', 'word']).ignore();
    await trx('audit_logs').where({ log }).update({ last_n: last.n, last_hash: hash, seen_at: now });
  });
}

function wordsOf(rows: readonly AuditRow[]): { kind: string; word: string }[] {
  const distinct = (kind: 'rule' | 'account') =>
    [...new Set(rows.map(row => row[kind]))].filter(word => word !== null).map(word => ({ kind, word }));
  return [...distinct('rule'), ...distinct('account')];
}

export const words = async (db: Knex, kind: 'rule' | 'account'): Promise<string[]> =>
  (await db('audit_words').where({ kind }).orderBy('word').limit(500)).map(row => String(row.word));

export interface Filter {
  log: number;
  text: string;
  rule: string;
  account: string;
  change: string;
  outcome: string;
  /** ms since 1970; entries from then on. */
  since: number | undefined;
  /** Only entries before this number. */
  before: number | undefined;
}

export interface Found {
  rows: AuditRow[];
  /** Where the next page begins, when there may be one. */
  next: number | undefined;
  /** The search read this far back and stopped, to answer in time. */
  stoppedAt: number | undefined;
}

const pageRows = 50;
/** So many entries are searched in one query; between two, the rest of the dashboard gets its turn. */
const windowEntries = 50_000;
const searchMs = 100;

/** Newest first. By text it reads back for about 0.1 s at most and says how far it came; all else has an index. */
export async function findEntries(db: Knex, filter: Filter, newest: number): Promise<Found> {
  const oldest = filter.since === undefined ? 1 : await firstSince(db, filter.log, filter.since);
  const started = performance.now();
  const rows: AuditRow[] = [];
  let before = Math.min(filter.before ?? newest + 1, newest + 1);
  while (rows.length <= pageRows && before > oldest) {
    if (performance.now() - started > searchMs) return { rows: rows.map(numbers), next: before, stoppedAt: before };
    const from = filter.text === '' ? oldest : Math.max(oldest, before - windowEntries);
    rows.push(...(await matching(db, filter, from, before).limit(pageRows + 1 - rows.length)));
    before = from;
  }
  const shown = rows.slice(0, pageRows).map(numbers);
  return { rows: shown, next: rows.length > pageRows ? shown.at(-1)?.n : undefined, stoppedAt: undefined };
}

/** `from` is taken in, `before` is not. */
function matching(
  db: Knex,
  { log, rule, account, change, outcome, since, text }: Filter,
  from: number,
  before: number,
) {
  const query = db<AuditRow>('audit_entries').where({ log }).where('n', '<', before).orderBy('n', 'desc');
  const exactly = { rule, account, change_id: change, outcome: outcome as RowOutcome };
  const asked = Object.entries(exactly).filter(([, value]) => value !== '');
  query.where(Object.fromEntries(asked));
  // The plus keeps SQLite from reading the whole span by the primary key where a filter has an index of its own.
  if (asked.length > 0 && text === '') query.whereRaw('+n >= ?', [from]);
  else query.where('n', '>=', from);
  // Where the host's clock was set back, later entries carry earlier times.
  if (since !== undefined) query.where('at', '>=', since);
  if (text !== '') {
    const like = `%${text.replace(/[!%_]/g, '!$&')}%`;
    query.whereRaw("(line like ? escape '!' or also like ? escape '!')", [like, like]);
  }
  return query;
}

async function firstSince(db: Knex, log: number, since: number): Promise<number> {
  const row = await db<AuditRow>('audit_entries').where({ log }).where('at', '>=', since).orderBy('at').first('n');
  return row ? Number(row.n) : Number.MAX_SAFE_INTEGER;
}

export interface Opened {
  row: AuditRow;
  entry: Entry;
  ending: Entry | undefined;
  /** The entries beside it, commands and refusals only. */
  newer: number | undefined;
  older: number | undefined;
}

/** `n` may be that of an outcome: what it ended is opened. */
export async function openEntry(db: Knex, log: number, n: number): Promise<Opened | undefined> {
  const asked = await rawOf(db, log, n);
  const row = await db<AuditRow>('audit_entries')
    .where({ log, n: (asked && endOf(asked)) ?? n })
    .first();
  const entry = row && (await rawOf(db, log, Number(row.n)));
  if (!entry) return undefined;
  const beside = (sign: '<' | '>') =>
    db<AuditRow>('audit_entries')
      .where({ log })
      .where('n', sign, row.n)
      .orderBy('n', sign === '<' ? 'desc' : 'asc')
      .first('n');
  const [older, newer] = [await beside('<'), await beside('>')];
  return {
    row: numbers(row),
    entry,
    ending: row.ended_n === null ? undefined : await rawOf(db, log, Number(row.ended_n)),
    newer: newer && Number(newer.n),
    older: older && Number(older.n),
  };
}

async function rawOf(db: Knex, log: number, n: number): Promise<Entry | undefined> {
  const row = await db('audit_raw').where({ log, n }).first('raw');
  return row && entrySchema.parse(JSON.parse(row.raw));
}

/** Refusals from `since` on, at most 1,000. */
export async function countRefused(db: Knex, log: number, since: number): Promise<number> {
  const first = await firstSince(db, log, since);
  const rows = await db('audit_entries')
    .where({ log, outcome: 'refused' })
    .where('n', '>=', first)
    .limit(1_000)
    .select('n');
  return rows.length;
}

export async function lastRefusal(db: Knex, log: number): Promise<AuditRow | undefined> {
  const row = await db<AuditRow>('audit_entries').where({ log, outcome: 'refused' }).orderBy('n', 'desc').first();
  return row && numbers(row);
}

/** MariaDB gives big integers as text where they might be too large. */
const numbers = (row: AuditRow): AuditRow => ({ ...row, n: Number(row.n), at: Number(row.at) });
