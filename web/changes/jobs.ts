// The changes that run: begun here, cancelled, taken over where nobody holds them any more, and told of to whoever looks.
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Problem } from '../../allowlist/refused.ts';
import type { Actor } from '../../allowlist/wire.ts';
import type { Agent } from '../agent/agent.ts';
import { statusSchema } from '../agent/results.ts';
import type { Deps } from '../feature.ts';
import { type Change, compensation, plain, type Way } from './change.ts';
import { type Job, LetGo, runJob } from './job.ts';
import { claim, leaseMs, release, renewAll, takeOver, unclaim } from './lease.ts';
import { askCancel, begin } from './progress.ts';
import { seal, sealingKey, unseal } from './seal.ts';
import { type ChangeRow, stepsOf } from './store.ts';

/** Why nothing was changed. */
export interface NotRun {
  problem: Problem | 'away';
  message: string;
}
/** `taken`: somebody pressed Run before. `busy`: that change has its hands on the same subject. */
export type Started = 'started' | 'taken' | { busy: ChangeRow } | NotRun;

export interface Jobs {
  /** `code`: the one-time code, or the password, where the preview asked for one. */
  start(id: string, change: Change, ways: readonly Way[], actor: Actor, code?: string): Promise<Started>;
  cancel(id: string): Promise<void>;
  /** Resolves when something of it may be new, after `ms` at the latest. */
  news(id: string, ms: number): Promise<void>;
  close(): Promise<void>;
}

const tickMs = leaseMs / 4;
/** How long the end of the dashboard waits for the steps that run; what comes after them is settled at the next start. */
const lastStepMs = 6_000;
const ticketSchema = z.object({ ticket: z.string() });
type Kept = Omit<Job, 'id'>;

export function openJobs(
  { db, log, now, secret }: Pick<Deps, 'db' | 'log' | 'now' | 'secret'>,
  agent: Agent,
  acted: () => Promise<void>,
  lookEveryMs = 1_000,
): Jobs {
  const owner = randomBytes(12).toString('base64url');
  const key = sealingKey(secret);
  const bound = (id: string) => `${id} runs`;
  const running = new Map<string, { ended: Promise<void>; cancel: AbortController }>();
  const starting = new Set<string>();
  const told = new EventEmitter().setMaxListeners(0);
  const stop = new AbortController();
  let ticking: Promise<void> | undefined;
  const tick = () => {
    ticking ??= keepHold()
      .catch(error => void log.error('the changes under way could not be looked after', { error }))
      .finally(() => {
        ticking = undefined;
      });
  };
  const timer = setInterval(tick, tickMs).unref();
  tick();

  async function keepHold(): Promise<void> {
    const mine = new Set([...running.keys(), ...starting]);
    if (mine.size > 0) await renewAll(db, owner, [...mine], now());
    for (const row of await takeOver(db, owner, mine, now())) if (!stop.signal.aborted) await resume(row);
  }

  async function resume(row: ChangeRow): Promise<void> {
    const rows = await stepsOf(db, row.id);
    // It was claimed, and not one of its steps was written down.
    if (rows.length === 0) return unclaim(db, row.id);
    const kept = row.sealed === null ? undefined : unseal<Kept>(row.sealed, key, bound(row.id));
    log.info('a change is settled that nobody runs any more', { change: row.id });
    launch({ id: row.id, ...(kept ?? rest(row, rows)) }, true);
  }

  function launch(job: Job, resumed: boolean): void {
    const cancel = new AbortController();
    const runner = { db, agent, now, owner, lookEveryMs, cancel: cancel.signal, stop: stop.signal, acted };
    const ended = runJob({ ...runner, changed: () => told.emit(job.id) }, job, resumed)
      .catch(async error => {
        if (error instanceof LetGo) await release(db, job.id, owner);
        // Its lease runs out, and it is settled.
        else log.error('a change could not be run to its end', { change: job.id, error });
      })
      .catch(error => void log.error('a change could not be let go', { change: job.id, error }))
      .finally(() => void running.delete(job.id));
    running.set(job.id, { ended, cancel });
  }

  return {
    async start(id, change, ways, actor, code) {
      const status = await agent.ask({ cmd: '@status', args: [] }, { timeoutMs: 10_000 });
      if (status.event !== 'done') return notRun(status);
      const auditFrom = statusSchema.parse(status.result).lastEntry;
      if (starting.has(id)) return 'taken';
      starting.add(id);
      try {
        const claimed = await claim(db, id, owner, change.touches, now());
        if (claimed === 'taken') return 'taken';
        if (claimed !== 'claimed') return { busy: claimed };
        const ticket = code === undefined ? undefined : await confirm(agent, change, ways, actor, code);
        if (typeof ticket === 'object') {
          await unclaim(db, id);
          return ticket;
        }
        const kept: Kept = { change, ways, actor, ticket };
        await begin(db, id, change, { sealed: seal(kept, key, bound(id)), auditFrom });
        launch({ id, change, ways, actor, ticket }, false);
        return 'started';
      } finally {
        starting.delete(id);
      }
    },
    async cancel(id) {
      await askCancel(db, id);
      running.get(id)?.cancel.abort();
      told.emit(id);
    },
    async news(id, ms) {
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(ms)]);
      await once(told, id, { signal }).catch(() => {});
    },
    async close() {
      clearInterval(timer);
      stop.abort();
      await ticking;
      const all = Promise.all([...running.values()].map(({ ended }) => ended));
      await Promise.race([all, delay(lastStepMs, undefined, { ref: false })]);
    },
  };
}

/** The ticket for exactly these requests, or why there is none. What waits for the terminal is not in its list. */
async function confirm(
  agent: Agent,
  change: Change,
  ways: readonly Way[],
  actor: Actor,
  code: string,
): Promise<string | NotRun> {
  const listed = [
    ...change.steps.map(plain),
    ...compensation(change).map(step => ({ ...plain(step), undo: true })),
  ].filter((_, index) => ways[index]?.level !== 'host');
  const answer = await agent.ask(
    { cmd: '@confirm', args: [], stdin: JSON.stringify({ code, requests: listed }) },
    { actor },
  );
  return answer.event === 'done' ? ticketSchema.parse(answer.result).ticket : notRun(answer);
}

function notRun(answer: Exclude<Awaited<ReturnType<Agent['ask']>>, { event: 'done' }>): NotRun {
  if (answer.event === 'away') return { problem: 'away', message: answer.why };
  if (answer.event === 'refused') return { problem: answer.problem, message: answer.message };
  throw new Error('The agent planned what it was asked to do');
}

/** What its rows tell where it cannot be unsealed: enough to find out what was done, not to put it back. */
function rest({ id, account, title }: ChangeRow, rows: Awaited<ReturnType<typeof stepsOf>>): Kept {
  const steps = rows.flatMap(({ puts_back, argv, says }) => {
    const [cmd = '', ...args] = JSON.parse(argv) as string[];
    return puts_back === null ? [{ cmd, args, says }] : [];
  });
  return { change: { title, steps, undo: [], touches: [] }, ways: [], actor: { account, change: id } };
}
