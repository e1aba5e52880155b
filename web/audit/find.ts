// Searches the mirror: a page for eyes, newest first, or all that a filter finds, oldest first and batch by batch.
import type { Knex } from 'knex';
import type { AuditRow, RowOutcome } from './entry.ts';
import { firstSince, numbers } from './store.ts';

export interface Filter {
  log: number;
  text: string;
  rule: string;
  account: string;
  user: string;
  change: string;
  outcome: RowOutcome | '';
  /** ms since 1970: entries from `since` on and before `until`. */
  since: number | undefined;
  until: number | undefined;
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
  const span = await spanOf(db, filter, newest);
  const started = performance.now();
  const rows: AuditRow[] = [];
  let before = Math.min(filter.before ?? span.end, span.end);
  while (rows.length <= pageRows && before > span.first) {
    if (performance.now() - started > searchMs) return { rows: rows.map(numbers), next: before, stoppedAt: before };
    const from = filter.text === '' ? span.first : Math.max(span.first, before - windowEntries);
    rows.push(...(await matching(db, filter, from, before, 'desc').limit(pageRows + 1 - rows.length)));
    before = from;
  }
  const shown = rows.slice(0, pageRows).map(numbers);
  return { rows: shown, next: rows.length > pageRows ? shown.at(-1)?.n : undefined, stoppedAt: undefined };
}

const batchRows = 500;

/** All of them, however many: one batch is held at a time. `before` of the filter is left out. */
export async function* eachMatching(db: Knex, filter: Filter, newest: number): AsyncGenerator<AuditRow[], void> {
  const { first, end } = await spanOf(db, filter, newest);
  for (let from = first; from < end; ) {
    const until = filter.text === '' ? end : Math.min(end, from + windowEntries);
    const rows = (await matching(db, filter, from, until, 'asc').limit(batchRows)).map(numbers);
    if (rows.length > 0) yield rows;
    from = rows.length < batchRows ? until : (rows.at(-1)?.n ?? end) + 1;
  }
}

/** The numbers between which the filter's times lie; `end` is not taken in. */
async function spanOf(
  db: Knex,
  { log, since, until }: Filter,
  newest: number,
): Promise<{ first: number; end: number }> {
  const first = since === undefined ? 1 : await firstSince(db, log, since);
  const end = until === undefined ? newest + 1 : Math.min(newest + 1, await endBefore(db, log, until));
  return { first, end };
}

/** `from` is taken in, `before` is not. */
function matching(
  db: Knex,
  { log, rule, account, user, change, outcome, since, until, text }: Filter,
  from: number,
  before: number,
  direction: 'asc' | 'desc',
) {
  const query = db<AuditRow>('audit_entries').where({ log }).where('n', '<', before).orderBy('n', direction);
  const exactly = { rule, account, user, change_id: change, outcome };
  const asked = Object.entries(exactly).filter(([, value]) => value !== '');
  query.where(Object.fromEntries(asked));
  // The plus keeps SQLite from reading the whole span by the primary key where a filter has an index of its own.
  if (asked.length > 0 && text === '' && direction === 'desc') query.whereRaw('+n >= ?', [from]);
  else query.where('n', '>=', from);
  // Where the host's clock was set back, later entries carry earlier times.
  if (since !== undefined) query.where('at', '>=', since);
  if (until !== undefined) query.where('at', '<', until);
  if (text !== '') {
    const like = `%${text.replace(/[!%_]/g, '!$&')}%`;
    query.whereRaw("(line like ? escape '!' or also like ? escape '!')", [like, like]);
  }
  return query;
}

async function endBefore(db: Knex, log: number, until: number): Promise<number> {
  const last = db<AuditRow>('audit_entries').where({ log }).where('at', '<', until);
  const row = await last.orderBy('at', 'desc').orderBy('n', 'desc').first('n');
  return row ? Number(row.n) + 1 : 0;
}
