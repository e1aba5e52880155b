// A change that runs. All it knows stands in its rows, so that it goes on from there, in whichever process, wherever it was cut off.
import type { Knex } from 'knex';
import type { Actor } from '../../allowlist/wire.ts';
import type { Agent } from '../agent/agent.ts';
import { type Change, compensation, type HostCommand, type Way } from './change.ts';
import { hold } from './lease.ts';
import { keepOutput } from './output.ts';
import { type End, finish, noteOutput, noteStep, type Outcome } from './progress.ts';
import { askStep } from './step.ts';
import { type ChangeState, findChange, type StepRow, type StepState, stepsOf } from './store.ts';
import { summarise } from './summary.ts';
import { follow } from './trail.ts';

export interface Job {
  id: string;
  change: Change;
  /** Of its steps, then of what puts them back. */
  ways: readonly Way[];
  actor: Actor;
  ticket?: string | undefined;
}

export interface Runner {
  db: Knex;
  agent: Agent;
  now: () => number;
  /** Names this process in the rows. */
  owner: string;
  /** How often the audit log is asked about what nobody sees the end of. */
  lookEveryMs: number;
  /** Somebody wants it to stop. */
  cancel: AbortSignal;
  /** The dashboard ends: what only waits is left to the next start. */
  stop: AbortSignal;
  /** Its rows are not what they were. */
  changed(): void;
  /** Before its end is told: what was read of the host is asked again. */
  acted(): Promise<void>;
}

/** How many looks, each after `lookEveryMs`, an agent that is away may take to come back. */
const awayLooks = 30;

/** Another process has taken it over, or this one ends while it waits: its rows say how far it came. */
export class LetGo extends Error {}

/** `resumed`: nobody saw how the step under way ended. It is found out, no other is begun, and what was done is put back. */
export async function runJob(runner: Runner, job: Job, resumed: boolean): Promise<void> {
  const { db, agent, now, owner, changed } = runner;
  const { id, change, ways } = job;
  const commands: readonly HostCommand[] = [...change.steps, ...compensation(change)];
  const rows = await stepsOf(db, id);
  // What only waited for approval goes on as if nothing had been.
  const settled = resumed && !rows.some(({ state }) => state === 'parked');
  const auditFrom = (await findChange(db, id))?.audit_from ?? 0;

  const state = await forward();
  await runner.acted();
  await finish(db, id, await endIn(state));
  changed();

  async function forward(): Promise<ChangeState> {
    for (const position of change.steps.keys()) {
      const state = await through(position, cancelAsked => !settled && !cancelAsked);
      if (state === 'unknown') return 'interrupted';
      if (state !== 'done') return putBack(position);
    }
    return 'done';
  }

  /** Undoes the steps before `stopped`, in the order of the plan. */
  async function putBack(stopped: number): Promise<ChangeState> {
    if (rows[stopped]?.state === 'waiting' && stopped > 0) await giveUp(rows[stopped]);
    for (const [index, undo] of compensation(change).entries()) {
      if (undo.of >= stopped) continue;
      const state = await through(change.steps.length + index, () => true);
      if (state === 'unknown') return 'interrupted';
      if (state !== 'done') return 'failed';
    }
    const { putBack, stays } = summarise(rows);
    return putBack.length > 0 && stays.length === 0 ? 'put-back' : 'failed';
  }

  async function endIn(state: ChangeState): Promise<End> {
    const cancelled = (state === 'failed' || state === 'put-back') && (await held()).cancelAsked;
    return { state: cancelled ? 'cancelled' : state, at: now(), settled, wayBack: wayBack(change, rows) };
  }

  /** Brings one step to its end, wherever it stands, unless it waits and may not begin. */
  async function through(position: number, mayBegin: (cancelAsked: boolean) => boolean): Promise<StepState> {
    const row = rows[position] as StepRow;
    if (row.state === 'running') await findOut(row);
    if (row.state === 'waiting' && mayBegin((await held()).cancelAsked)) await begin(row);
    if (row.state === 'parked') await note(row, await endOf(row, { approval: row.approval ?? 0 }));
    return row.state;
  }

  async function begin(row: StepRow): Promise<void> {
    const { position } = row;
    const { level, cancels } = wayOf(position);
    await note(row, { state: 'running' });
    const output = keepOutput(async (kept, printed) => {
      await noteOutput(db, id, position, kept, printed);
      changed();
    });
    const ticket = level === 'host' ? undefined : job.ticket;
    const asking = { actor: job.actor, ...(ticket && { ticket }), ...(cancels && { signal: runner.cancel }) };
    const lost = {
      state: 'refused',
      problem: 'away',
      message: 'It was lost on its way to the agent, and was not run.',
    } as const;
    // An agent that is started again knows what it owes a ticket: what puts back waits for it a while.
    for (let left = position < change.steps.length ? 0 : awayLooks; ; left--) {
      const outcome = await askStep(agent, commands[position] as HostCommand, asking, output);
      if (!outcome) await findOut(row);
      if (outcome ? outcome.problem !== 'away' : row.state !== 'waiting') return outcome && note(row, outcome);
      if (left === 0) return note(row, outcome ?? lost);
      await pause();
      await held();
    }
  }

  /** The undo of a ticket is due once a step failed; one that is cancelled before it begins counts as such. */
  async function giveUp(row: StepRow): Promise<void> {
    const { ticket, actor } = job;
    if (ticket === undefined || wayOf(row.position).level === 'host') return;
    await note(row, { state: 'running' });
    const command = commands[row.position] as HostCommand;
    const outcome = await askStep(
      agent,
      command,
      { actor, ticket, givenUp: true },
      keepOutput(async () => {}),
    );
    if (!outcome) return findOut(row);
    await note(row, outcome.state === 'done' ? outcome : { state: 'waiting' });
  }

  /** What the audit log holds of the step under way; where it holds nothing, it never began. */
  async function findOut(row: StepRow): Promise<void> {
    await note(row, await endOf(row, { change: id }));
  }

  async function endOf(row: StepRow, sought: { change: string } | { approval: number }): Promise<Outcome> {
    const after = 'approval' in sought ? sought.approval : Math.max(auditFrom, ...rows.map(({ entry }) => entry ?? 0));
    const look = follow(agent, after, sought, commands[row.position] as HostCommand, wayOf(row.position));
    for (let absent = 0; ; ) {
      const found = await look();
      if (typeof found === 'object') return found;
      // What was on its way to the agent is in the log by the second look.
      absent = found === 'absent' ? absent + 1 : 0;
      if (absent === 2 && 'change' in sought) return { state: 'waiting' };
      await pause();
    }
  }

  async function note(row: StepRow, outcome: Outcome): Promise<void> {
    await noteStep(db, id, row.position, outcome);
    Object.assign(row, outcome);
    changed();
  }

  async function held(): Promise<{ cancelAsked: boolean }> {
    const still = await hold(db, id, owner, now());
    if (!still) throw new LetGo('another process runs it');
    return still;
  }

  function wayOf(position: number): Way {
    return ways[position] ?? { level: 'none', cancels: false };
  }

  function pause(): Promise<void> {
    const { stop, lookEveryMs } = runner;
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        reject(new LetGo('the dashboard ends'));
      };
      if (stop.aborted) return reject(new LetGo('the dashboard ends'));
      const timer = setTimeout(() => {
        stop.removeEventListener('abort', end);
        resolve();
      }, lookEveryMs);
      stop.addEventListener('abort', end, { once: true });
    });
  }
}

/** What puts back what still stands, as a change of its own; not what needs a secret that nobody keeps. */
function wayBack(change: Change, rows: readonly StepRow[]): HostCommand[] | undefined {
  const standing = new Set(summarise(rows).stays.map(({ position }) => position));
  const undo = compensation(change).filter(
    ({ of, given }, index) =>
      standing.has(of) && given === undefined && rows[change.steps.length + index]?.state !== 'done',
  );
  return undo.length > 0 ? undo.map(({ of: _, ...command }) => command) : undefined;
}
