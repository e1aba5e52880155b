// Changes in the database: planned and sealed, then with what came of each step, written before and after it runs.
import type { Knex } from 'knex';
import { type Change, compensation, type HostCommand, type Subject } from './change.ts';

/** `put-back`: a step failed, and what had been done was undone. `interrupted`: nobody saw how it ended; the audit log did. */
export type ChangeState = 'planned' | 'running' | 'done' | 'failed' | 'put-back' | 'interrupted';
export type StepState = 'waiting' | 'running' | 'done' | 'failed' | 'refused' | 'unknown';

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
  sealed: string | null;
  inverse: string | null;
  takes_back: string | null;
  planned_at: number;
  expires_at: number;
  started_at: number | null;
  ended_at: number | null;
}

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
  entry: number | null;
  problem: string | null;
  message: string | null;
}
export type Outcome = Partial<Pick<StepRow, 'state' | 'rule' | 'code' | 'ms' | 'entry' | 'problem' | 'message'>>;

const dayMs = 86_400_000;

export async function insertPlan(db: Knex, row: ChangeRow): Promise<void> {
  await db('changes')
    .where('state', 'planned')
    .where('expires_at', '<', row.planned_at - dayMs)
    .delete();
  await db<ChangeRow>('changes').insert({ ...row, title: row.title.slice(0, 255) });
}

export const findChange = (db: Knex, id: string): Promise<ChangeRow | undefined> =>
  db<ChangeRow>('changes').where({ id }).first();

export const stepsOf = (db: Knex, id: string): Promise<StepRow[]> =>
  db<StepRow>('change_steps').where('change_id', id).orderBy('position');

/** Of two that press Run at once, one gets it. */
export async function claim(db: Knex, id: string, now: number): Promise<boolean> {
  const changed = await db<ChangeRow>('changes')
    .where({ id, state: 'planned' })
    .update({ state: 'running', started_at: now });
  return changed === 1;
}

/** The host did not open it (a wrong code): it stays as it was planned. */
export async function unclaim(db: Knex, id: string): Promise<void> {
  await db<ChangeRow>('changes').where({ id, state: 'running' }).update({ state: 'planned', started_at: null });
}

/** From here on it runs: its steps stand in the database, its secrets no longer. */
export async function begin(db: Knex, id: string, change: Change): Promise<void> {
  const row = (command: HostCommand, position: number, of?: number): StepRow => ({
    change_id: id,
    position,
    puts_back: of ?? null,
    relies: command.relies ?? false,
    says: command.says.slice(0, 255),
    argv: JSON.stringify([command.cmd, ...command.args]),
    state: 'waiting',
    ...{ rule: null, code: null, ms: null, entry: null, problem: null, message: null },
  });
  const steps = change.steps.map((step, index) => row(step, index));
  const undo = compensation(change).map((step, index) => row(step, change.steps.length + index, step.of));
  await db.transaction(async trx => {
    await trx<ChangeRow>('changes').where({ id }).update({ sealed: null });
    await trx<StepRow>('change_steps').insert([...steps, ...undo]);
  });
}

/** What the agent says is cut to what the table holds. */
export async function noteStep(db: Knex, id: string, position: number, outcome: Outcome): Promise<void> {
  const { rule, message } = outcome;
  const fitted = {
    ...(typeof rule === 'string' && { rule: rule.slice(0, 64) }),
    ...(typeof message === 'string' && { message: message.slice(0, 2_000) }),
  };
  await db<StepRow>('change_steps')
    .where({ change_id: id, position })
    .update({ ...outcome, ...fitted });
}

export async function finish(db: Knex, id: string, state: ChangeState, now: number): Promise<void> {
  await db<ChangeRow>('changes').where({ id }).update({ state, ended_at: now });
}

/** At start: what ran when the dashboard was killed. */
export async function markInterrupted(db: Knex, now: number): Promise<void> {
  await db.transaction(async trx => {
    const running = trx('changes').select('id').where('state', 'running');
    await trx('change_steps').where('state', 'running').whereIn('change_id', running).update({ state: 'unknown' });
    await trx('changes').where('state', 'running').update({ state: 'interrupted', ended_at: now, sealed: null });
  });
}

export interface ChangePage {
  rows: ChangeRow[];
  total: number;
}

/** Newest first; those that were only planned are left out. */
export async function listChanges(db: Knex, page: number, size: number): Promise<ChangePage> {
  const counted = await db('changes').whereNotNull('started_at').count({ total: '*' }).first();
  const rows = await db<ChangeRow>('changes')
    .whereNotNull('started_at')
    .orderBy('started_at', 'desc')
    .limit(size)
    .offset((page - 1) * size);
  return { rows, total: Number(counted?.total ?? 0) };
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
