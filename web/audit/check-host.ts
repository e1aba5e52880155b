// Whether the log on the host is whole, as the agent gives it now, and the same as the copy that is kept here.
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import type { Agent } from '../agent/agent.ts';
import { type Line, type Link, walk } from './chain.ts';
import { entryHash, entrySchema } from './entry.ts';

const answerSchema = z.object({ entries: z.array(entrySchema) });
const pageLines = 500;

export interface HostCheck {
  /** `line`: this line was changed or put in. `short`: nothing is given from this one on. `differs`: it is whole, and another log. */
  host: 'sound' | 'line' | 'short' | 'differs' | 'away' | 'not-asked';
  host_n: number | null;
}

/** Up to `end`, the last line of the copy. */
export async function checkHost(agent: Agent, end: Link, tell: (done: number) => void): Promise<HostCheck> {
  let isAway = false;
  async function* pages(): AsyncGenerator<Line[], void> {
    for (let after = 0; after < end.n; ) {
      const args = ['after', `${after}`, 'limit', `${pageLines}`];
      const answer = await agent.ask({ cmd: '@audit', args }, { timeoutMs: 30_000 });
      isAway = answer.event === 'away';
      const told = answer.event === 'done' ? answerSchema.safeParse(answer.result) : undefined;
      const entries = told?.data?.entries ?? [];
      const last = entries.at(-1);
      if (!last || last.n <= after) return;
      yield entries
        .filter(({ n }) => n <= end.n)
        .map(entry => ({ n: entry.n, prev: entry.prev, hash: entryHash(entry) }));
      after = last.n;
      tell(Math.min(after, end.n));
      await setImmediate();
    }
  }
  const { last, fault } = await walk(pages(), end.hash);
  if (fault !== undefined) return { host: 'line', host_n: fault };
  if (isAway) return { host: 'away', host_n: null };
  if (last.n < end.n) return { host: 'short', host_n: last.n + 1 };
  return last.hash === end.hash ? { host: 'sound', host_n: null } : { host: 'differs', host_n: null };
}
