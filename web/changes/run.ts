// Runs a planned change: the code becomes a ticket, the steps go in order, and what was done is put back when one fails.
import type { Knex } from 'knex';
import { z } from 'zod';
import type { Problem } from '../../allowlist/refused.ts';
import type { Actor } from '../../allowlist/wire.ts';
import type { Agent } from '../agent/agent.ts';
import { type Change, compensation, type HostCommand } from './change.ts';
import { plain } from './preview.ts';
import { begin, type ChangeState, claim, finish, noteStep, type StepState, stepsOf, unclaim } from './store.ts';
import { summarise } from './summary.ts';

export interface Running {
  db: Knex;
  agent: Agent;
  now: () => number;
}

/** `ran`: it began, and the database says what came of it. Otherwise nothing was changed. */
export type Ran = 'ran' | 'taken' | { problem: Problem | 'away'; message: string };

/** Problems of what had already begun. */
const begun: readonly Problem[] = ['timed-out', 'too-much-output', 'cancelled', 'failed'];

const ticketSchema = z.object({ ticket: z.string() });

/** `code` where the preview asked for one. */
export async function runChange(
  { db, agent, now }: Running,
  id: string,
  change: Change,
  actor: Actor,
  code?: string,
): Promise<Ran> {
  if (!(await claim(db, id, now()))) return 'taken';
  const ticket = code === undefined ? undefined : await confirm(agent, change, actor, code);
  if (typeof ticket === 'object') {
    await unclaim(db, id);
    return ticket;
  }
  await begin(db, id, change);
  const asking = { actor, ...(ticket !== undefined && { ticket }) };
  try {
    await finish(db, id, await runSteps(), now());
  } catch (error) {
    await finish(db, id, 'interrupted', now());
    throw error;
  }
  return 'ran';

  async function runSteps(): Promise<ChangeState> {
    for (const [position, step] of change.steps.entries()) {
      const state = await runStep(step, position);
      if (state === 'unknown') return 'interrupted';
      if (state !== 'done') return compensate(position);
    }
    return 'done';
  }

  /** Undoes the steps before `failed`, in the order of the plan. */
  async function compensate(failed: number): Promise<ChangeState> {
    for (const [index, undo] of compensation(change).entries()) {
      if (undo.of >= failed) continue;
      const state = await runStep(undo, change.steps.length + index);
      if (state === 'unknown') return 'interrupted';
      if (state !== 'done') return 'failed';
    }
    const { putBack, stays } = summarise(await stepsOf(db, id));
    return putBack.length > 0 && stays.length === 0 ? 'put-back' : 'failed';
  }

  async function runStep(step: HostCommand, position: number): Promise<StepState> {
    await noteStep(db, id, position, { state: 'running' });
    const answer = await agent.ask(plain(step), asking);
    if (answer.event === 'plan') throw new Error('The agent planned a step that it was asked to run');
    if (answer.event === 'away') {
      const state = answer.how === 'unreachable' ? 'refused' : 'unknown';
      await noteStep(db, id, position, { state, problem: 'away', message: answer.why });
      return state;
    }
    const { entry } = answer;
    if (answer.event === 'refused') {
      const { problem, message } = answer;
      const state = begun.includes(problem) ? 'failed' : 'refused';
      await noteStep(db, id, position, { state, entry, problem, message });
      return state;
    }
    const { rule, code: exit, ms } = answer;
    const good = exit === null ? answer.ok : (step.accept ?? [0]).includes(exit);
    const message = good ? null : (answer.stderr || answer.stdout || (answer.signal ?? '')).trim();
    const state = good ? 'done' : 'failed';
    await noteStep(db, id, position, { state, rule, code: exit, ms, entry, message });
    return state;
  }
}

/** The ticket for exactly these requests, or why there is none. */
async function confirm(
  agent: Agent,
  change: Change,
  actor: Actor,
  code: string,
): Promise<string | Exclude<Ran, string>> {
  const undo = compensation(change).map(step => ({ ...plain(step), undo: true }));
  const stdin = JSON.stringify({ code, requests: [...change.steps.map(plain), ...undo] });
  const answer = await agent.ask({ cmd: '@confirm', args: [], stdin }, { actor });
  if (answer.event === 'away') return { problem: 'away', message: answer.why };
  if (answer.event === 'refused') return { problem: answer.problem, message: answer.message };
  if (answer.event !== 'done') throw new Error('The agent planned a confirmation');
  return ticketSchema.parse(answer.result).ticket;
}
