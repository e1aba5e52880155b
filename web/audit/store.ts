// The mirror's tables: written in batches as the log grows. find.ts searches them.
import type { Knex } from 'knex';
import {
  type AuditRow,
  type Ending,
  type Entry,
  endingOf,
  endOf,
  entrySchema,
  genesis,
  lineOf,
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
  const first = firstRow(1, now);
  // Two may come here at once, at the first start.
  await db<LogRow>('audit_logs').insert(first).onConflict('log').ignore();
  return first;
}

const firstRow = (log: number, now: number): LogRow => ({
  ...{ log, last_n: 0, last_hash: genesis, seen_at: now },
  ...{ broken_at_n: null, broken_why: null },
});

export async function beginLog(db: Knex, log: number, now: number): Promise<LogRow> {
  const row = firstRow(log, now);
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
  const raws = entries.map(entry => ({ log, n: entry.n, raw: lineOf(entry) }));
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

/** What the filters offer. */
export const words = async (db: Knex, kind: 'rule' | 'account' | 'user'): Promise<string[]> =>
  (await db('audit_words').where({ kind }).orderBy('word').limit(500)).map(row => String(row.word));

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

export async function firstSince(db: Knex, log: number, since: number): Promise<number> {
  const row = await db<AuditRow>('audit_entries').where({ log }).where('at', '>=', since).orderBy('at').first('n');
  return row ? Number(row.n) : Number.MAX_SAFE_INTEGER;
}

/** MariaDB gives big integers as text where they might be too large. */
export const numbers = (row: AuditRow): AuditRow => ({ ...row, n: Number(row.n), at: Number(row.at) });
