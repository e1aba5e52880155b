// Keeps the mirror of the agent's audit log up to date, and checks its chain while doing so: each entry must carry the hash of the one before.
import type { Knex } from 'knex';
import type { Logger } from 'winston';
import { z } from 'zod';
import type { Agent } from '../agent/agent.ts';
import { follows } from './chain.ts';
import { type Entry, entryHash, entrySchema } from './entry.ts';
import { addEntries, beginLog, currentLog, type LogRow, markBroken } from './store.ts';
import { askPatterns, nameSome } from './user.ts';

const answerSchema = z.object({ entries: z.array(entrySchema) });
const askedEntries = 500;
const usedForMs = 60_000;
const everyMs = 2_000;
const idleEveryMs = 30_000;

interface MirrorState {
  log: LogRow;
  /** Why the newest entries may be missing. */
  behind: string | undefined;
}

export interface Mirror {
  /** What is known now; `withinMs` is the longest wait for newer entries. */
  catchUp(withinMs: number): Promise<MirrorState>;
  /** Somebody looks: ask every two seconds for a while. */
  use(): void;
  /** Calls back when there is something new to see, until the function that it gives is called. */
  watch(news: (log: LogRow) => void): () => void;
  /** Keeps what was mirrored apart, as the copy of another log, and begins with the agent's log as it is now. */
  beginAgain(): Promise<void>;
  close(): Promise<void>;
}

export function openMirror(db: Knex, agent: Agent, now: () => number, log: Logger): Mirror {
  let current: LogRow | undefined;
  let behind: string | undefined = 'not asked yet';
  /** Up to here every entry was asked whom it is about. */
  let named: number | undefined;
  let running: Promise<void> | undefined;
  let usedAt = now();
  let askedAt = 0;
  let closed = false;
  const watchers = new Set<(log: LogRow) => void>();
  const timer = setInterval(() => {
    if (now() - askedAt >= (now() - usedAt < usedForMs ? everyMs : idleEveryMs)) poll();
  }, everyMs);
  timer.unref();
  poll();

  function poll(): Promise<void> {
    if (closed) return Promise.resolve();
    askedAt = now();
    running ??= mirrorAll()
      .catch(error => {
        behind = 'the mirror failed';
        log.error('the audit log could not be mirrored', { error });
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  async function mirrorAll(): Promise<void> {
    const before = current;
    for (let more = true; more && !closed; ) more = await mirrorSome();
    if (behind === undefined && named !== current?.last_n) await nameUsers();
    if (current && current !== before) for (const tell of watchers) tell(current);
  }

  async function nameUsers(): Promise<void> {
    const patterns = await askPatterns(agent);
    while (patterns && !closed && (await nameSome(db, patterns)));
    if (patterns) named = current?.last_n;
  }

  /** Asks from the last entry that is known on, so that another log, or a shorter one, shows. True when there is more. */
  async function mirrorSome(): Promise<boolean> {
    current ??= await currentLog(db, now());
    if (current.broken_why !== null) return false;
    const known = current.last_n;
    const args = ['after', `${Math.max(0, known - 1)}`, 'limit', `${askedEntries}`];
    const answer = await agent.ask({ cmd: '@audit', args }, { timeoutMs: 10_000 });
    if (answer.event !== 'done') {
      behind = answer.event === 'away' ? answer.why : answer.event === 'refused' ? answer.message : 'no answer';
      return false;
    }
    const { entries } = answerSchema.parse(answer.result);
    const fresh = known === 0 ? entries : entries.slice(1);
    const broken = known > 0 && !isLast(entries[0], current) ? restarted(known) : fault(fresh, current);
    if (broken) {
      await markBroken(db, current.log, broken.n, broken.why);
      current = { ...current, broken_at_n: broken.n, broken_why: broken.why };
      log.error('the audit log is not the one that was mirrored', broken);
      return false;
    }
    behind = undefined;
    const last = fresh.at(-1);
    if (!last) return false;
    const hash = entryHash(last);
    await addEntries(db, current.log, fresh, hash, now());
    current = { ...current, last_n: last.n, last_hash: hash, seen_at: now() };
    return entries.length === askedEntries;
  }

  return {
    async catchUp(withinMs) {
      const soon = new Promise<void>(resolve => setTimeout(resolve, withinMs).unref());
      // What runs already may have asked before the newest entry was there.
      await Promise.race([running ? running.then(poll) : poll(), soon]);
      current ??= await currentLog(db, now());
      return { log: current, behind };
    },
    use() {
      usedAt = now();
    },
    watch(news) {
      watchers.add(news);
      return () => void watchers.delete(news);
    },
    async beginAgain() {
      await running;
      const before = current ?? (await currentLog(db, now()));
      current = await beginLog(db, before.log + 1, now());
      await poll();
    },
    async close() {
      closed = true;
      clearInterval(timer);
      await running;
    },
  };
}

const isLast = (entry: Entry | undefined, { last_n, last_hash }: LogRow) =>
  entry !== undefined && entry.n === last_n && entryHash(entry) === last_hash;

const restarted = (n: number) => ({ n, why: 'differs' });

/** The first entry that does not follow the one before it. */
function fault(entries: readonly Entry[], { last_n, last_hash }: LogRow): { n: number; why: string } | undefined {
  let [n, hash] = [last_n, last_hash];
  for (const entry of entries) {
    if (!follows(entry, { n, hash })) return { n: n + 1, why: 'chain' };
    [n, hash] = [entry.n, entryHash(entry)];
  }
  return undefined;
}
