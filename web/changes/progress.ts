// What a change comes to while it runs, written before and after each step, so that it may be killed between any two writes.
import type { Knex } from 'knex';
import { type Change, compensation, type HostCommand } from './change.ts';
import type { ChangeRow, ChangeState, StepRow } from './store.ts';

export type Outcome = Partial<
  Pick<StepRow, 'state' | 'rule' | 'code' | 'ms' | 'entry' | 'problem' | 'message' | 'approval'>
>;

/** From here on it runs: its steps stand in the database, and sealed what another process needs to end it. */
export async function begin(
  db: Knex,
  id: string,
  change: Change,
  { sealed, auditFrom }: { sealed: string; auditFrom: number },
): Promise<void> {
  const row = (command: HostCommand, position: number, of?: number): StepRow => ({
    change_id: id,
    position,
    puts_back: of ?? null,
    relies: command.relies ?? false,
    says: command.says.slice(0, 255),
    argv: JSON.stringify([command.cmd, ...command.args]),
    state: 'waiting',
    ...{ rule: null, code: null, ms: null, entry: null, problem: null, message: null },
    ...{ output: null, printed: 0, approval: null },
  });
  const steps = change.steps.map((step, index) => row(step, index));
  const undo = compensation(change).map((step, index) => row(step, change.steps.length + index, step.of));
  await db.transaction(async trx => {
    await trx<ChangeRow>('changes').where({ id }).update({ sealed, audit_from: auditFrom });
    await trx<StepRow>('change_steps').insert([...steps, ...undo]);
  });
}

/** What the agent says is cut to what the table holds. The change is parked while a step is. */
export async function noteStep(db: Knex, id: string, position: number, outcome: Outcome): Promise<void> {
  const { rule, message, state } = outcome;
  const fitted = {
    ...(typeof rule === 'string' && { rule: rule.slice(0, 64) }),
    ...(typeof message === 'string' && { message: message.slice(0, 2_000) }),
  };
  await db.transaction(async trx => {
    await trx<StepRow>('change_steps')
      .where({ change_id: id, position })
      .update({ ...outcome, ...fitted });
    await trx<ChangeRow>('changes')
      .where({ id })
      .whereIn('state', ['running', 'parked'])
      .update({ state: state === 'parked' ? 'parked' : 'running' });
  });
}

export async function noteOutput(
  db: Knex,
  id: string,
  position: number,
  output: string,
  printed: number,
): Promise<void> {
  await db<StepRow>('change_steps').where({ change_id: id, position }).update({ output, printed });
}

export async function askCancel(db: Knex, id: string): Promise<void> {
  await db<ChangeRow>('changes').where({ id }).whereIn('state', ['running', 'parked']).update({ cancel_asked: true });
}

export interface End {
  state: ChangeState;
  at: number;
  /** Found out after the process that ran it was gone. */
  settled: boolean;
  /** Where it was not done: what puts back what still stands. */
  wayBack?: HostCommand[] | undefined;
}

/** The last write: its subjects are free again, and nothing sealed is left. */
export async function finish(db: Knex, id: string, { state, at, settled, wayBack }: End): Promise<void> {
  await db.transaction(async trx => {
    await trx('change_subjects').where('change_id', id).delete();
    await trx<ChangeRow>('changes')
      .where({ id })
      .update({
        ...{ state, ended_at: at, sealed: null, owner: null, lease_until: null },
        ...(settled && { settled_at: at }),
        ...(state !== 'done' && { inverse: wayBack ? JSON.stringify(wayBack) : null, leaves: null }),
      });
  });
}
