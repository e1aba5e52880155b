// What `gatehouse-agent approve` asks over the second socket, which only uid 0 reaches: @approvals, @approve N, @refuse N.
import { Refused } from '../allowlist/refused.ts';
import type { Reply, Request } from '../allowlist/wire.ts';
import type { Agent } from './agent.ts';
import type { Parked } from './approvals.ts';
import type { Caller, Gate } from './connection.ts';
import { answer, planOf } from './pipeline.ts';

export function terminalGate(agent: Agent): Gate {
  return {
    answer: (request, caller) =>
      decide(agent, request, caller).catch(error => {
        console.error('unexpected failure while answering the terminal', error);
        return refused(request, `The host could not be asked: ${(error as Error).message}. The journal says more.`);
      }),
    recordBadLine: () => null,
  };
}

async function decide(agent: Agent, request: Request, caller: Caller): Promise<Reply> {
  // Who decides here sees the host as it is, not as it was a moment ago.
  agent.asking.facts.forget();
  const { cmd, args } = request;
  if (cmd === '@approvals') return told(request, { approvals: await listed(agent) });
  const approval = args.length === 1 && !request.dryRun ? Number(args[0]) : Number.NaN;
  const parked = cmd === '@approve' || cmd === '@refuse' ? agent.approvals.take(approval) : undefined;
  if (!parked)
    return refused(request, `Nothing waits under ${args.join(' ')}: it was decided, has lapsed or was never asked.`);
  if (cmd === '@approve') return approve(agent, request.id, caller, approval, parked);
  noteDecision(agent, approval, parked, "A person at the host's terminal refused it.");
  return told(request, {});
}

/** From here it is the request that was parked, asked by whom it was asked; the log also says who approved it. */
async function approve(
  agent: Agent,
  id: string,
  caller: Caller,
  approval: number,
  { request: { stream: _, ...request }, match, peer }: Parked,
): Promise<Reply> {
  agent.tell(`approval ${approval}, ${match.rule.id}: A person at the host's terminal approved it.`);
  // Not streamed: whoever asked is not there, and the terminal gets one answer.
  const reply = await answer(agent, request, { ...caller, peer, approved: { approval, approvedBy: caller.peer } });
  return { ...reply, id };
}

/** What came of a request that never ran, under its number. */
export function noteDecision(
  { audit, tell }: Agent,
  approval: number,
  { match, peer, request }: Parked,
  why: string,
): void {
  const claimed = request.actor && { claimed: request.actor };
  audit.note('refused', { peer, ...claimed, problem: 'cancelled', message: why, rule: match.rule.id, approval });
  tell(`approval ${approval}, ${match.rule.id}: ${why}`);
}

function listed(agent: Agent): Promise<object[]> {
  const each = agent.approvals.list().map(async ([approval, { request, match, peer, at }]) => {
    const plan = await planOf(agent, request, match);
    return { approval, at: at.toISOString(), peer, claimed: request.actor ?? null, why: match.rule.why, ...plan };
  });
  return Promise.all(each);
}

function told({ id }: Request, result: object): Reply {
  const nothing = { code: 0, signal: null, stdout: '', stderr: '', truncated: false, ms: 0, entry: null };
  return { id, event: 'done', ok: true, ...nothing, rule: '@approve', result };
}

function refused({ id }: Request, message: string): Reply {
  return { id, event: 'refused', ...new Refused('not-permitted-now', message), entry: null };
}
