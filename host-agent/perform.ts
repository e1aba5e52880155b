// Does what was matched, checked, confirmed and recorded: runs the program, or one of the agent's own verbs.
import type { Match } from '../allowlist/match.ts';
import { Refused } from '../allowlist/refused.ts';
import type { Request } from '../allowlist/wire.ts';
import type { Agent } from './agent.ts';
import type { Caller } from './connection.ts';
import { performFileVerb } from './file-verbs.ts';
import { type Ran, run } from './run.ts';

export interface Performed {
  ran?: Ran;
  refused?: Refused;
  result?: object;
  ms?: number;
}

export async function perform(agent: Agent, request: Request, caller: Caller, match: Match): Promise<Performed> {
  const began = performance.now();
  if (!match.rule.program) {
    const result = await performFileVerb(agent, request, caller, match);
    const ms = Math.round(performance.now() - began);
    return result instanceof Refused ? { refused: result, ms } : { result, ms };
  }
  const ran = await run(agent.asking.host, match.argv, {
    stdin: request.stdin,
    env: match.rule.env,
    deadlineMs: match.rule.deadlineMs,
    outputBytes: match.rule.outputBytes,
    cancelled: endsIt(caller.cancelled, match.rule.reads || match.rule.cancels),
    output: request.stream ? caller.output : undefined,
  });
  if (ran instanceof Refused) return { refused: ran };
  if (ran.endedBy === 'deadline')
    return {
      ran,
      refused: new Refused(
        'timed-out',
        `${request.cmd} was ended after ${match.rule.deadlineMs / 1000} s, its deadline; look at what it had done.`,
      ),
    };
  if (ran.endedBy === 'cancel')
    return {
      ran,
      refused: new Refused(
        'cancelled',
        `${request.cmd} was ended because the request was cancelled; look at what it had done.`,
      ),
    };
  return { ran };
}

/** Who asks may always end what runs; that they are gone ends only what changes nothing, or what its rule says. */
function endsIt(cancelled: AbortSignal, goneEnds: boolean): AbortSignal {
  if (goneEnds) return cancelled;
  const asked = new AbortController();
  const take = () => cancelled.reason === 'asked' && asked.abort('asked');
  if (cancelled.aborted) take();
  else cancelled.addEventListener('abort', take, { once: true });
  return asked.signal;
}
