// Does what was matched, checked, confirmed and recorded: runs the program, or one of the agent's own verbs.
import type { Match } from '../allowlist/match.ts';
import { Refused } from '../allowlist/refused.ts';
import type { Request } from '../allowlist/wire.ts';
import type { Agent } from './agent.ts';
import type { Caller } from './connection.ts';
import { type Ran, run } from './run.ts';
import { performVerb } from './verbs.ts';

/** How it ended: `ran` of a program, `result` of a verb, and `refused` where it was cut short or could not begin. */
export interface Performed {
  ran?: Ran;
  refused?: Refused;
  result?: object;
  ms: number;
}

export async function perform(agent: Agent, request: Request, caller: Caller, match: Match): Promise<Performed> {
  const began = performance.now();
  const { rule } = match;
  const cancelled = endsIt(caller.cancelled, rule.reads || rule.cancels);
  const ended = rule.program
    ? await run(agent.asking.host, match.argv, {
        stdin: request.stdin,
        env: rule.env,
        deadlineMs: rule.deadline,
        outputBytes: rule.output,
        cancelled,
        output: request.stream ? caller.output : undefined,
      })
    : await performVerb(agent, { request, caller, match, cancelled });
  const ms = Math.round(performance.now() - began);
  if (ended instanceof Refused) return { refused: ended, ms };
  if (!rule.program) return { result: ended, ms };
  const ran = ended as Ran;
  const why = {
    deadline: `after ${rule.deadline / 1000} s, its deadline`,
    cancel: 'because the request was cancelled',
  };
  if (!ran.endedBy) return { ran, ms };
  const problem = ran.endedBy === 'deadline' ? 'timed-out' : 'cancelled';
  return {
    ran,
    ms,
    refused: new Refused(problem, `${request.cmd} was ended ${why[ran.endedBy]}; look at what it had done.`),
  };
}

/** Who asks may always end what runs; that they are gone ends only what changes nothing, or what its rule says. */
function endsIt(cancelled: AbortSignal, goneEnds: boolean | undefined): AbortSignal {
  if (goneEnds) return cancelled;
  const asked = new AbortController();
  const take = () => cancelled.reason === 'asked' && asked.abort('asked');
  if (cancelled.aborted) take();
  else cancelled.addEventListener('abort', take, { once: true });
  return asked.signal;
}
