// @confirm: one code, or a user's own password, opens a list of exact requests.
import { displayOf } from '../allowlist/display.ts';
import { parseJson } from '../allowlist/json.ts';
import type { Match } from '../allowlist/match.ts';
import { Refused } from '../allowlist/refused.ts';
import { type Command, type ConfirmLevel, confirmSchema, type Request } from '../allowlist/wire.ts';
import type { Agent } from './agent.ts';
import { userOf } from './checks/check.ts';
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
  const matches: Match[] = [];
  for (const [i, listed] of asked.requests.entries()) {
    const match = agent.matcher.match(listed);
    if (match instanceof Refused) return new Refused(match.problem, `Request ${i + 1} of the list: ${match.message}`);
    matches.push(match);
  }
  const self = whoProves(matches);
  if (self instanceof Refused) return self;
  if (!agent.audit.available())
    return new Refused('audit-unavailable', 'The audit log cannot be written, so nothing could run; no code was used.');
  const unmet = [];
  for (const [i, match] of matches.entries())
    unmet.push({ request: i + 1, unmet: await unmetNow(agent, asked.requests[i] as Command, match) });
  // Whose password it is was only checked by the host's state: where that is wrong, no password is tried at all.
  const first = self !== undefined && unmet.find(({ unmet: sentences }) => sentences.length > 0);
  if (first) return new Refused('not-permitted-now', first.unmet[0] as string);
  const fromMs = performance.now();
  const right = self
    ? await agent.proveSelf(self, asked.code, new Date())
    : agent.confirmation.checkCode(asked.code, new Date());
  if (right instanceof Refused) return right;
  const ticket = agent.confirmation.tickets.issue(caller.peer.uid, asked.requests, fromMs, self);
  const requests = matches.map((match, i) => ({
    rule: match.rule.id,
    argv: match.argv,
    ...(asked.requests[i]?.undo && { undo: true }),
  }));
  const who = { peer: caller.peer, ...(request.actor && { claimed: request.actor }), ...(self && { self }) };
  const entry = agent.audit.note('confirmed', { ...who, requests }) ?? null;
  const shown = matches.map((match, i) => displayOf(match, asked.requests[i]?.stdin)).join('; ');
  agent.tell(`confirmed by ${self ? `the password of ${self}` : 'code'}, entry ${entry}: ${shown}`);
  return { ticket, unmet: unmet.filter(({ unmet: sentences }) => sentences.length > 0), entry };
}

/** The user whose own password opens this list; undefined where the owner's code does. */
function whoProves(matches: readonly Match[]): string | undefined | Refused {
  const at = (level: ConfirmLevel) => matches.filter(({ rule }) => rule.confirm === level);
  const refuse = (why: string) => new Refused('needs-confirmation', why);
  const [host] = at('host');
  if (host)
    return refuse(
      `${host.rule.id} waits for a person at the host's terminal, whom no code replaces: ask it without a ticket.`,
    );
  const own = at('self');
  if (own.length === 0) return undefined;
  const users = new Set(own.map(userOf));
  const [user] = users;
  if (user === undefined || users.size > 1 || at('code').length > 0)
    return refuse('A password opens what one user asks for themselves, and nothing beside it: confirm the rest apart.');
  return user;
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
