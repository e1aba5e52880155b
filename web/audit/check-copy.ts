// Whether the copy that is kept here is whole: its lines by their chain, and the rows that the list shows by their lines.
import { setImmediate } from 'node:timers/promises';
import type { Knex } from 'knex';
import { type Line, type Link, walk } from './chain.ts';
import { type AuditRow, asWritten, type Entry, endingOf, endOf, entrySchema, lineHash, rowOf } from './entry.ts';

const pageLines = 500;

export interface CopyCheck {
  /** `line`: this line was changed, cut out or put in. `row`: the list shows another thing than the line says. */
  copy: 'sound' | 'line' | 'row';
  copy_n: number | null;
}

/** Up to `end`, the last line that was taken in. `tell` hears how many were looked at. */
export async function checkCopy(db: Knex, log: number, end: Link, tell: (done: number) => void): Promise<CopyCheck> {
  const rows = rowCheck(db, log, end.n);
  async function* pages(): AsyncGenerator<Line[], void> {
    for (let after = 0; after < end.n; ) {
      const raws: { n: number; raw: string }[] = await db('audit_raw')
        .where({ log })
        .where('n', '>', after)
        .where('n', '<=', end.n)
        .orderBy('n')
        .limit(pageLines);
      const upTo = raws.length < pageLines ? end.n : Number(raws.at(-1)?.n);
      const read = raws.map(({ raw }) => ({ entry: entryOf(raw), hash: lineHash(asWritten(raw)) }));
      yield read.map(({ entry, hash }) => ({ n: entry?.n ?? 0, prev: entry?.prev ?? '', hash }));
      await rows.look(
        read.flatMap(({ entry }) => entry ?? []),
        after,
        upTo,
      );
      after = upTo;
      tell(after);
      // Others get their turn.
      await setImmediate();
    }
  }
  const { last, fault } = await walk(pages(), end.hash);
  const missing = last.n < end.n ? last.n + 1 : last.hash === end.hash ? undefined : last.n;
  const line = fault ?? missing;
  if (line !== undefined) return { copy: 'line', copy_n: line };
  const row = rows.fault();
  return row === undefined ? { copy: 'sound', copy_n: null } : { copy: 'row', copy_n: row };
}

function entryOf(raw: string): Entry | undefined {
  try {
    return entrySchema.parse(JSON.parse(raw));
  } catch {
    return undefined;
  }
}

/** What a row has from its own line, and what from the line that ended it. Whom it is about is worked out from elsewhere. */
const told = ['at', 'kind', 'rule', 'account', 'ip', 'change_id', 'line', 'also'] as const;
const ended = ['outcome', 'code', 'ms', 'problem', 'ended_n'] as const;

/** Makes the rows anew from the lines and compares. Whoever changes what `rowOf` gives makes the rows of old again in a migration. */
function rowCheck(db: Knex, log: number, end: number) {
  let first: number | undefined;
  /** Rows that say how they ended, until the line comes that says so. */
  const waiting = new Map<number, AuditRow>();
  const blame = (n: number) => {
    first = Math.min(first ?? n, n);
  };
  return {
    async look(entries: readonly Entry[], after: number, upTo: number): Promise<void> {
      const rows = await db<AuditRow>('audit_entries').where({ log }).where('n', '>', after).where('n', '<=', upTo);
      const known = new Map(rows.map(row => [Number(row.n), row]));
      for (const entry of entries) {
        const of = endOf(entry);
        if (of !== undefined) {
          const row = waiting.get(of);
          if (row && Number(row.ended_n) !== entry.n) continue;
          if (!row || !same(row, endingOf(entry), ended)) blame(of);
          waiting.delete(of);
          continue;
        }
        const row = known.get(entry.n);
        const made = rowOf(entry, log);
        known.delete(entry.n);
        if (!row || !same(row, made, told)) blame(entry.n);
        else if (row.ended_n !== null) waiting.set(entry.n, row);
        else if (!same(row, made, ended)) blame(entry.n);
      }
      for (const n of known.keys()) blame(n);
    },
    fault(): number | undefined {
      for (const [n, { ended_n }] of waiting) if (Number(ended_n) <= end) blame(n);
      return first;
    },
  };
}

/** Databases may give numbers as text. */
function same<K extends keyof AuditRow>(row: AuditRow, made: Pick<AuditRow, K>, fields: readonly K[]): boolean {
  return fields.every(field => String(row[field]) === String(made[field]));
}
