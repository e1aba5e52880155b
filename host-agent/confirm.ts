// @confirm: one code opens a list of exact requests.
import { displayOf } from '../allowlist/display.ts';
import { parseJson } from '../allowlist/json.ts';
import type { Match } from '../allowlist/match.ts';
import { Refused } from '../allowlist/refused.ts';
import { confirmSchema, type Request } from '../allowlist/wire.ts';
import type { Agent } from './agent.ts';
import type { Caller } from './connection.ts';
import { unmetNow } from './verbs.ts';

export interface Opened {
  ticket: string;
  /** What fails on the host now, by the place of the request. It is checked again when each runs. */
  unmet: { request: number; unmet: string[] }[];
  entry: number | null;
}

/** Nothing is opened unless some rule matches each request and the code is right. */
export async function confirm(agent: Agent, request: Request, caller: Caller): Promise<Opened | Refused> {
  if (request.args.length > 0 || request.dryRun || request.ticket !== undefined)
    return new Refused(
      'bad-request',
      '@confirm takes no arguments, no dryRun and no ticket; all it needs stands on stdin.',
    );
  const asked = parse(request.stdin);
  if (asked instanceof Refused) return asked;
  const matches = [];
  for (const [i, listed] of asked.requests.entries()) {
    const match = agent.matcher.match(listed);
    if (match instanceof Refused) return new Refused(match.problem, `Request ${i + 1} of the list: ${match.message}`);
    const other = asksOtherwise(match);
    if (other) return other;
    matches.push(match);
  }
  if (!agent.audit.available())
    return new Refused('audit-unavailable', 'The audit log cannot be written, so nothing could run; no code was used.');
  const unmet = [];
  for (const [i, match] of matches.entries())
    unmet.push({
      request: i + 1,
      unmet: await unmetNow(agent, asked.requests[i] as (typeof asked.requests)[number], match),
    });
  const right = agent.confirmation.checkCode(asked.code, new Date());
  if (right instanceof Refused) return right;
  const ticket = agent.confirmation.tickets.issue(caller.peer.uid, asked.requests, performance.now());
  const requests = matches.map((match, i) => ({
    rule: match.rule.id,
    argv: match.argv,
    ...(asked.requests[i]?.undo && { undo: true }),
  }));
  const entry =
    agent.audit.note('confirmed', { peer: caller.peer, ...(request.actor && { claimed: request.actor }), requests }) ??
    null;
  agent.tell(
    `confirmed by code, entry ${entry}: ${matches.map((match, i) => displayOf(match, asked.requests[i]?.stdin)).join('; ')}`,
  );
  return { ticket, unmet: unmet.filter(({ unmet: sentences }) => sentences.length > 0), entry };
}

/** What a code does not open, and neither does anything else for now. */
export function asksOtherwise({ rule }: Match): Refused | undefined {
  const whom = { host: "a person at the host's terminal", self: "the user's own password", code: '', none: '' }[
    rule.confirm
  ];
  const why = `${rule.id} asks for confirmation by ${whom}, which this version does not offer.`;
  return whom === '' ? undefined : new Refused('needs-confirmation', why);
}

function parse(stdin: string | undefined) {
  try {
    return confirmSchema.parse(parseJson(stdin ?? ''));
  } catch {
    return new Refused(
      'bad-request',
      'stdin of @confirm must be {"code":"123456","requests":[…]} with 1 to 32 requests of cmd, args, perhaps stdin and "undo": true.',
    );
  }
}
