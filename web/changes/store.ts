// Changes in the database: as they are planned, looked for and shown. progress.ts and lease.ts write what comes of them.
import type { Knex } from 'knex';
import type { Subject } from './change.ts';

/**
 * `parked`: a step waits for approval at the host's terminal. `put-back`: a step failed, and what had been done was undone.
 * `cancelled`: somebody stopped it. `interrupted`: nobody knows how a step ended, not even the audit log.
 */
export const changeStates = ['running', 'parked', 'done', 'failed', 'put-back', 'cancelled', 'interrupted'] as const;
export type ChangeState = 'planned' | (typeof changeStates)[number];
export type StepState = 'waiting' | 'running' | 'parked' | 'done' | 'failed' | 'refused' | 'unknown';

export interface ChangeRow {
  id: string;
  account_id: string;
  account: string;
  title: string;
  state: ChangeState;
  touches: string;
  /** Where the act was asked for, to be asked again. */
  again: string;
  /** Where to go when it is done. */
  next: string;
  /** The plan, then what runs, with its secrets; gone when it has ended. */
  sealed: string | null;
  /** What takes it back: all of it when it is done, what still stands when it is not. */
  inverse: string | null;
  leaves: string | null;
  takes_back: string | null;
  planned_at: number;
  expires_at: number;
  started_at: number | null;
  ended_at: number | null;
  owner: string | null;
  lease_until: number | null;
  audit_from: number | null;
  cancel_asked: boolean | number;
  settled_at: number | null;
}
type Plan = Omit<
  ChangeRow,
  'started_at' | 'ended_at' | 'owner' | 'lease_until' | 'audit_from' | 'cancel_asked' | 'settled_at'
>;

export interface StepRow {
  change_id: string;
  position: number;
  puts_back: number | null;
  relies: boolean | number;
  says: string;
  argv: string;
  state: StepState;
  rule: string | null;
  code: number | null;
  ms: number | null;
  /** n of its intent, or of its refusal, in the audit log. */
  entry: number | null;
  problem: string | null;
  message: string | null;
  output: string | null;
  printed: number;
  approval: number | null;
}

const dayMs = 86_400_000;

export async function insertPlan(db: Knex, row: Plan): Promise<void> {
  await db('changes')
    .where('state', 'planned')
    .where('expires_at', '<', row.planned_at - dayMs)
    .delete();
  await db<ChangeRow>('changes').insert({ ...row, title: row.title.slice(0, 255) });
}

export async function findChange(db: Knex, id: string): Promise<ChangeRow | undefined> {
  const row = await db<ChangeRow>('changes').where({ id }).first();
  return row && numbers(row);
}

export async function stepsOf(db: Knex, id: string): Promise<StepRow[]> {
  const rows = await db<StepRow>('change_steps').where('change_id', id).orderBy('position');
  return rows.map(row => ({
    ...row,
    entry: number(row.entry),
    approval: number(row.approval),
    printed: Number(row.printed),
  }));
}

export interface ChangeFilter {
  account?: string;
  /** Only those of this account's id. */
  accountId?: string;
  /** The name of what they touch. */
  subject?: string;
  state?: string;
  /** ms since 1970; those that began from then on. */
  since?: number;
}
export interface ChangePage {
  rows: ChangeRow[];
  total: number;
}

/** Newest first; those that were only planned are left out. */
export async function listChanges(
  db: Knex,
  page: number,
  size: number,
  filter: ChangeFilter = {},
): Promise<ChangePage> {
  const counted = await chosen(db, filter).count({ total: '*' }).first();
  const rows = await chosen(db, filter)
    .orderBy([
      { column: 'started_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(size)
    .offset((page - 1) * size);
  return { rows: rows.map(numbers), total: Number(counted?.total ?? 0) };
}

function chosen(db: Knex, { account, accountId, subject, state, since }: ChangeFilter) {
  const query = db<ChangeRow>('changes').whereNotNull('started_at').whereNot('state', 'planned');
  if (account) query.where({ account });
  if (accountId) query.where({ account_id: accountId });
  if (state) query.where('state', state);
  if (since !== undefined) query.where('started_at', '>=', since);
  if (subject) query.whereRaw("touches like ? escape '!'", [`%"name":${like(JSON.stringify(subject))}%`]);
  return query;
}

const like = (text: string) => text.replace(/[!%_]/g, '!$&');

/** Whose changes there are, for the filter. */
export async function accountsOf(db: Knex): Promise<string[]> {
  const rows = await db('changes').distinct('account').whereNotNull('started_at').orderBy('account').limit(200);
  return rows.map(({ account }) => String(account));
}

export const touchesOf = (row: ChangeRow): Subject[] => JSON.parse(row.touches) as Subject[];

/** Of these changes, those that were taken back, each with the change that did it. */
export async function takenBack(db: Knex, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db<ChangeRow>('changes')
    .whereIn('takes_back', [...ids])
    .where('state', 'done')
    .select('id', 'takes_back');
  return new Map(rows.map(({ id, takes_back }) => [String(takes_back), id]));
}

/** By id; it has no other keys, since the ids may be anybody's. */
export async function titlesOf(db: Knex, ids: readonly string[]): Promise<Record<string, string>> {
  const titles: Record<string, string> = Object.create(null);
  if (ids.length === 0) return titles;
  const rows = await db<ChangeRow>('changes')
    .whereIn('id', [...new Set(ids)])
    .select('id', 'title');
  for (const { id, title } of rows) titles[id] = title;
  return titles;
}

/** MariaDB may give big integers as text. */
const number = (value: number | string | null) => (value === null ? null : Number(value));
const numbers = (row: ChangeRow): ChangeRow => ({
  ...row,
  planned_at: Number(row.planned_at),
  expires_at: Number(row.expires_at),
  started_at: number(row.started_at),
  ended_at: number(row.ended_at),
  lease_until: number(row.lease_until),
  audit_from: number(row.audit_from),
  settled_at: number(row.settled_at),
});
