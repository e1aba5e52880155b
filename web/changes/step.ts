// One step: asked of the agent, its output kept, and what it came to.
import type { Problem } from '../../allowlist/refused.ts';
import type { Agent } from '../agent/agent.ts';
import type { Answer } from '../agent/reply.ts';
import { type HostCommand, plain } from './change.ts';
import { type Output, withoutSecrets } from './output.ts';
import type { Outcome } from './progress.ts';
import { isGood } from './trail.ts';

/** Longer than any deadline of a rule; what answers later than this is found in the audit log. */
const timeoutMs = 3_600_000;

/** Problems of what may have begun before; what is refused with any other was never done. */
const cutShort: readonly Problem[] = ['timed-out', 'too-much-output', 'cancelled', 'failed'];

type Asking = Parameters<Agent['ask']>[1];

/** undefined: the request had left, and nobody saw how it ended. */
export async function askStep(
  agent: Agent,
  command: HostCommand,
  asking: Asking,
  output: Output,
): Promise<Outcome | undefined> {
  // Output in pieces could hold a secret in two halves.
  const streams = command.given === undefined && { onOutput: ({ text }: { text: string }) => output.add(text) };
  const answer = await agent.ask(plain(command), { ...asking, timeoutMs, ...streams });
  if (answer.event === 'done') output.add(withoutSecrets(answer.stdout + answer.stderr, secretOf(command)));
  const printed = await output.end();
  if (answer.event === 'plan') throw new Error('The agent planned a step that it was asked to run');
  if (answer.event !== 'away') return outcomeOf(command, answer, printed);
  return answer.how === 'unreachable' ? { state: 'refused', problem: 'away', message: answer.why } : undefined;
}

const secretOf = ({ given, stdin }: HostCommand) => (given === undefined ? '' : (stdin ?? ''));

function outcomeOf(command: HostCommand, answer: Exclude<Answer, { event: 'plan' }>, printed: string): Outcome {
  if (answer.event === 'refused') {
    const { problem, message, entry, approval } = answer;
    if (approval !== undefined) return { state: 'parked', approval, entry };
    return { state: cutShort.includes(problem) ? 'failed' : 'refused', problem, message, entry };
  }
  const { rule, code, ms, entry, signal } = answer;
  const good = isGood(command, code, answer.ok);
  const message = good ? null : (printed || signal || '').trim().slice(-2_000);
  return { state: good ? 'done' : 'failed', rule, code, ms, entry, message };
}
