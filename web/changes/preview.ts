// Asks the agent what a change would do, and does nothing: exact commands, diffs, what is unmet, what is dangerous, how it is confirmed.
import { createHash } from 'node:crypto';
import type { ConfirmLevel } from '../../allowlist/wire.ts';
import type { Agent } from '../agent/agent.ts';
import type { AgentAway } from '../agent/away.ts';
import type { Reader } from '../agent/reader.ts';
import type { Answer } from '../agent/reply.ts';
import { rulesSchema } from '../agent/results.ts';
import { said } from '../agent/said.ts';
import { dangerOf } from '../rules/told.ts';
import { type Change, compensation, type HostCommand, plain, type Way } from './change.ts';
import { shownArgv, visible } from './command.ts';
import { type Drift, driftOf } from './drift.ts';

interface ShownStep {
  says: string;
  rule: string;
  level: ConfirmLevel;
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
  drift: Drift[];
  /** What is typed beside Run: the owner's one-time code, or the password that the user has now. */
  asks: 'nothing' | 'code' | 'self';
  /** Some step waits for a person at the host's terminal. */
  waitsForHost: boolean;
  /** Dangerous, and the host asks for nothing: then the dashboard wants a fresh proof of who this is. */
  needsProof: boolean;
  /** One list cannot be opened by a code and by a password. */
  mixed: boolean;
  /** It was for a user who had one of its logins before. */
  isForAnother: boolean;
  /** Nothing stands in the way now. */
  possible: boolean;
  away: AgentAway | undefined;
  /** Of all that is shown but what is unmet: it comes back with Run, so that nothing else runs than what was looked at. */
  digest: string;
}

export async function previewChange(agent: Agent, reader: Reader, change: Change): Promise<Preview> {
  const undo = compensation(change);
  const all = [...change.steps, ...undo];
  const [drift, ...answers] = await Promise.all([
    driftOf(reader, change.expects ?? []),
    ...all.map(step => agent.ask(plain(step), { dryRun: true, timeoutMs: 10_000 })),
  ]);
  const away = answers.find(answer => answer.event === 'away');
  const shown = all.map((step, index) => show(step, answers[index]));
  const steps = shown.slice(0, change.steps.length);
  const asked = (level: ConfirmLevel) => shown.some(step => step.level === level);
  const mixed = asked('code') && asked('self');
  const isForAnother = drift.some(({ what }) => what === 'uid');
  const free = steps.every(({ unmet }) => unmet.length === 0) && shown.every(({ refused }) => !refused);
  return {
    steps,
    undo: shown.slice(change.steps.length),
    drift: drift.map(one => ({ ...one, now: one.now === undefined ? undefined : visible(one.now) })),
    asks: asked('code') ? 'code' : asked('self') ? 'self' : 'nothing',
    waitsForHost: asked('host'),
    needsProof: steps.some(({ danger, level }) => danger && level === 'none'),
    mixed,
    isForAnother,
    possible: !away && !mixed && !isForAnother && free,
    away,
    digest: digestOf([shown, drift]),
  };
}

/** How each step is to be asked, for the job. */
export async function waysOf(agent: Agent, { steps, undo }: Preview): Promise<Way[]> {
  const answer = await agent.ask({ cmd: '@rules', args: [] }, { timeoutMs: 10_000 });
  const told = answer.event === 'done' ? rulesSchema.safeParse(answer.result) : undefined;
  const ended = new Set(told?.data?.rules.filter(({ cancels, reads }) => cancels || reads).map(({ id }) => id));
  return [...steps, ...undo].map(({ level, rule }) => ({ level, cancels: ended.has(rule) }));
}

const digestOf = ([steps, drift]: [readonly ShownStep[], readonly Drift[]]) =>
  createHash('sha256')
    .update(JSON.stringify([steps.map(({ unmet: _, later: __, ...shown }) => shown), drift]))
    .digest('base64url');

function show(step: HostCommand, answer: Answer | AgentAway | undefined): ShownStep {
  const plan = answer?.event === 'plan' ? answer : undefined;
  const unmet = plan?.unmet.map(one => visible(said(one))) ?? [];
  return {
    says: step.says,
    rule: plan?.rule ?? '',
    level: plan?.confirm ?? 'none',
    argv: shownArgv(plan?.argv ?? [step.cmd, ...step.args]),
    given: step.given,
    diff: plan?.diff?.split('\n').map(visible).join('\n'),
    danger: plan?.danger ? visible(dangerOf(plan.rule, plan.danger) ?? '') : undefined,
    unmet: step.relies ? [] : unmet,
    later: step.relies ? unmet : [],
    refused: answer?.event === 'refused' ? visible(said(answer.message)) : undefined,
  };
}
