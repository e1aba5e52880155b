// What a filter finds, as a file: CSV for tables, or the lines as the agent wrote them. One batch is held at a time.
import type { Knex } from 'knex';
import { type AuditRow, asWritten } from './entry.ts';
import { eachMatching, type Filter } from './find.ts';

const columns = [
  'n',
  'time',
  'outcome',
  'kind',
  'rule',
  'account',
  'ip',
  'user',
  'change',
  'command',
  'problem',
  'code',
  'ms',
];

/** RFC 4180, with a header. */
export async function* csv(db: Knex, filter: Filter, newest: number): AsyncGenerator<string, void> {
  yield record(columns);
  for await (const rows of eachMatching(db, filter, newest)) yield rows.map(row => record(fieldsOf(row))).join('');
}

const fieldsOf = ({ n, at, outcome, kind, rule, account, ip, user, change_id, line, problem, code, ms }: AuditRow) => [
  n,
  new Date(at).toISOString(),
  outcome,
  kind,
  rule,
  account,
  ip,
  user,
  change_id,
  line,
  problem,
  code,
  ms,
];

export const record = (fields: readonly (string | number | null)[]): string => `${fields.map(cell).join(',')}\r\n`;

/** A spreadsheet takes text that begins like this for a formula; the quote before it says that it is none. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;

function cell(value: string | number | null): string {
  if (typeof value !== 'string') return String(value ?? '');
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const batchLines = 500;

/** Without a filter it is the agent's log itself, line by line, for `gatehouse-agent verify`. */
export async function* wholeLog(db: Knex, log: number): AsyncGenerator<string, void> {
  for (let after = 0; ; ) {
    const rows: Raw[] = await db('audit_raw').where({ log }).where('n', '>', after).orderBy('n').limit(batchLines);
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(lineOf).join('');
    after = Number(last.n);
  }
}

/** Each command that the filter finds, and behind it the line that says how it ended. */
export async function* jsonLines(db: Knex, filter: Filter, newest: number): AsyncGenerator<string, void> {
  for await (const rows of eachMatching(db, filter, newest)) {
    const wanted = rows.flatMap(({ n, ended_n }) => (ended_n === null ? [n] : [n, Number(ended_n)]));
    const raws: Raw[] = await db('audit_raw').where({ log: filter.log }).whereIn('n', wanted);
    const lines = new Map(raws.map(raw => [Number(raw.n), lineOf(raw)]));
    yield wanted.map(n => lines.get(n) ?? '').join('');
  }
}

interface Raw {
  n: number;
  raw: string;
}

const lineOf = ({ raw }: Raw) => `${asWritten(raw)}\n`;
