// How a request ended that nobody saw the end of: the audit log knows. It is read on from where it was read before.
import { z } from 'zod';
import type { Agent } from '../agent/agent.ts';
import type { HostCommand, Way } from './change.ts';
import type { Outcome } from './progress.ts';

const answerSchema = z.object({
  entries: z.array(
    z.looseObject({
      n: z.int().positive(),
      kind: z.string(),
      of: z.int().optional(),
      approval: z.int().optional(),
      claimed: z.looseObject({ change: z.string().optional() }).optional(),
      rule: z.string().optional(),
      code: z.int().nullable().optional(),
      signal: z.string().nullable().optional(),
      ms: z.int().optional(),
      problem: z.string().optional(),
      message: z.string().optional(),
    }),
  ),
});
type Entry = z.infer<typeof answerSchema>['entries'][number];

const askedEntries = 500;

/** What was looked for: the next request of a change, or one that was parked under a number. */
export type Sought = { change: string } | { approval: number };

/** `absent`: the log holds nothing of it. `going`: it began and has not ended. `away`: the agent does not tell. */
export type Found = Outcome | 'absent' | 'going' | 'away';

/** Looks at the entries after `after`; called again, only at those that came since. */
export function follow(
  agent: Agent,
  after: number,
  sought: Sought,
  command: HostCommand,
  way: Way,
): () => Promise<Found> {
  let begun: Entry | undefined;
  const isIts = (entry: Entry) =>
    'approval' in sought ? entry.approval === sought.approval : entry.claimed?.change === sought.change;

  function endIn(entry: Entry): Outcome | undefined {
    const { kind, n } = entry;
    if (begun && entry.of === begun.n) return kind === 'unknown' ? lost(begun) : ended(begun, entry, command);
    if (begun || (kind === 'started' && 'change' in sought)) return undefined;
    // What waits for approval waits in the agent's memory.
    if (kind === 'started') return { state: 'refused', problem: 'cancelled', message: 'The agent was started again.' };
    if (!isIts(entry)) return undefined;
    if (kind === 'intent') begun = entry;
    if (kind !== 'refused') return undefined;
    const { problem = '', message = '' } = entry;
    const isParked = way.level === 'host' && problem === 'needs-confirmation' && 'change' in sought;
    return isParked ? { state: 'parked', approval: n, entry: n } : { state: 'refused', problem, message, entry: n };
  }

  return async () => {
    for (;;) {
      const args = ['after', `${after}`, 'limit', `${askedEntries}`];
      const answer = await agent.ask({ cmd: '@audit', args }, { timeoutMs: 10_000 });
      if (answer.event !== 'done') return 'away';
      const { entries } = answerSchema.parse(answer.result);
      if (entries.length === 0) return begun ? 'going' : 'absent';
      for (const entry of entries) {
        after = entry.n;
        const end = endIn(entry);
        if (end) return end;
      }
    }
  };
}

const lost = ({ n, rule }: Entry): Outcome => ({ state: 'unknown', entry: n, rule: rule ?? null });

function ended({ n, rule }: Entry, { code, signal, ms, problem, message }: Entry, command: HostCommand): Outcome {
  const facts = { entry: n, rule: rule ?? null, code: code ?? null, ms: ms ?? null };
  if (problem) return { ...facts, state: 'failed', problem, message: message ?? '' };
  const good = isGood(command, code ?? null, !signal);
  return { ...facts, state: good ? 'done' : 'failed', message: good ? null : (signal ?? null) };
}

/** Whether this exit code is success; null: of a verb, or ended by a signal. */
export const isGood = ({ accept = [0] }: HostCommand, code: number | null, otherwise: boolean): boolean =>
  code === null ? otherwise : accept.includes(code);
