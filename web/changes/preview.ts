// Asks the agent what a change would do, and does nothing: exact commands, diffs, what is unmet, what is dangerous, whether a code is asked for.
import { createHash } from 'node:crypto';
import type { Agent } from '../agent/agent.ts';
import type { AgentAway } from '../agent/away.ts';
import type { Answer } from '../agent/reply.ts';
import { type Change, compensation, type HostCommand } from './change.ts';
import { shownArgv, visible } from './command.ts';

interface ShownStep {
  says: string;
  rule: string;
  argv: string[];
  given: string | undefined;
  diff: string | undefined;
  danger: string | undefined;
  /** Checks that fail now although no earlier step makes them true. */
  unmet: string[];
  /** Checks that fail now and that an earlier step makes true. */
  later: string[];
  /** The agent's refusal: this step can never run as it is. */
  refused: string | undefined;
}

export interface Preview {
  steps: ShownStep[];
  undo: ShownStep[];
  needsCode: boolean;
  /** Some step waits for a person at the host's terminal or the user's own password: not from this page. */
  needsOther: boolean;
  /** Nothing stands in the way now. */
  possible: boolean;
  away: AgentAway | undefined;
  /** Of all that is shown but what is unmet: it comes back with Run, so that nothing else runs than what was looked at. */
  digest: string;
}

export async function previewChange(agent: Agent, change: Change): Promise<Preview> {
  const undo = compensation(change);
  const all = [...change.steps, ...undo];
  const answers = await Promise.all(all.map(step => agent.ask(plain(step), { dryRun: true, timeoutMs: 10_000 })));
  const away = answers.find(answer => answer.event === 'away');
  const shown = all.map((step, index) => show(step, answers[index]));
  const steps = shown.slice(0, change.steps.length);
  const levels = answers.map(answer => (answer.event === 'plan' ? answer.confirm : 'none'));
  const needsOther = levels.some(level => level === 'host' || level === 'self');
  return {
    steps,
    undo: shown.slice(change.steps.length),
    needsCode: levels.includes('code'),
    needsOther,
    possible:
      !away && !needsOther && shown.every(({ refused }) => !refused) && steps.every(({ unmet }) => unmet.length === 0),
    away,
    digest: digestOf(shown),
  };
}

const digestOf = (steps: readonly ShownStep[]) =>
  createHash('sha256')
    .update(JSON.stringify(steps.map(({ unmet: _, later: __, ...shown }) => shown)))
    .digest('base64url');

/** What goes over the wire, and into a ticket, of a command. */
export const plain = ({ cmd, args, stdin }: HostCommand) => ({ cmd, args, ...(stdin !== undefined && { stdin }) });

function show(step: HostCommand, answer: Answer | AgentAway | undefined): ShownStep {
  const plan = answer?.event === 'plan' ? answer : undefined;
  const unmet = plan?.unmet.map(visible) ?? [];
  return {
    says: step.says,
    rule: plan?.rule ?? '',
    argv: shownArgv(plan?.argv ?? [step.cmd, ...step.args]),
    given: step.given,
    diff: plan?.diff?.split('\n').map(visible).join('\n'),
    danger: plan?.danger ? visible(plan.danger) : undefined,
    unmet: step.relies ? [] : unmet,
    later: step.relies ? unmet : [],
    refused: answer?.event === 'refused' ? visible(answer.message) : undefined,
  };
}
