// What happens to a request, in order: match → turn → check the host → confirmed? → record intent → run → record outcome → reply.
import { displayOf } from '../allowlist/display.ts';
import type { Match } from '../allowlist/match.ts';
import { Refused } from '../allowlist/refused.ts';
import type { Reply, Request } from '../allowlist/wire.ts';
import type { Agent } from './agent.ts';
import { AuditUnavailable } from './audit/unavailable.ts';
import { unmetOf } from './checks/check.ts';
import { confirm } from './confirm.ts';
import type { Due } from './confirmation/tickets.ts';
import type { Caller } from './connection.ts';
import { wouldWrite } from './file-verbs.ts';
import { type Performed, perform } from './perform.ts';
import { tell, tells } from './tell.ts';

/** Answers one request. Every way out but a plan and what only tells has left its entry in the audit log. */
export async function answer(agent: Agent, request: Request, caller: Caller): Promise<Reply> {
  if (request.cmd === '@confirm') return answerConfirm(agent, request, caller);
  const match = agent.matcher.match(request);
  if (request.dryRun) return plan(agent, request, caller, match);
  if (match instanceof Refused) return refuse(agent, request, caller, match);
  if (tells(match)) return tell(agent, request, match);
  const turn = await agent.turns.take(
    caller.connection,
    match.rule.reads ? undefined : match.rule.lock,
    caller.cancelled,
  );
  if (turn instanceof Refused) return refuse(agent, request, caller, turn, match);
  try {
    const due = confirmed(agent, request, caller, match);
    if (due instanceof Refused) return refuse(agent, request, caller, due, match);
    const unmet = (await unmetOf(match, agent.asking))[0] ?? wouldWrite(agent, request, match)?.unmet[0];
    if (unmet !== undefined) {
      due?.failed();
      return refuse(agent, request, caller, new Refused('not-permitted-now', unmet), match);
    }
    return await act(agent, request, caller, match, due);
  } finally {
    turn();
  }
}

/** From the intent on: whatever happens now is told by an outcome. */
async function act(agent: Agent, request: Request, caller: Caller, match: Match, due: Due | undefined): Promise<Reply> {
  if (due && !due.spend())
    return refuse(
      agent,
      request,
      caller,
      new Refused('needs-confirmation', 'Another request has used this step of the ticket.'),
      match,
    );
  const settle = beginAccount(agent, match);
  let entry: number;
  try {
    entry = await agent.audit.intent({ ...origin(request, caller), rule: match.rule.id, argv: match.argv });
  } catch (error) {
    due?.giveBack();
    settle?.(false);
    if (!(error instanceof AuditUnavailable)) throw error;
    return refuse(agent, request, caller, new Refused('audit-unavailable', `Nothing was run: ${error.message}`), match);
  }
  agent.usage.count(match.rule.id, new Date());
  const performed = await perform(agent, request, caller, match).catch((error: unknown): Performed => {
    console.error(`unexpected failure of ${match.rule.id}, entry ${entry}`, error);
    return { refused: new Refused('failed', 'The agent failed unexpectedly while it ran this; its journal says why.') };
  });
  const { ran, refused, result } = performed;
  const ok = !refused && (ran ? ran.code === 0 : true);
  agent.audit.outcome(entry, {
    code: ran ? ran.code : ok ? 0 : null,
    signal: ran?.signal ?? null,
    ms: ran?.ms ?? performed.ms ?? 0,
    stdoutBytes: ran?.stdoutBytes ?? 0,
    stderrBytes: ran?.stderrBytes ?? 0,
    ...(refused && { problem: refused.problem, message: refused.message }),
  });
  if (!match.rule.reads) agent.asking.facts.forget();
  settle?.(ok);
  if (!ok) due?.failed();
  if (refused) return { id: request.id, event: 'refused', problem: refused.problem, message: refused.message, entry };
  const { stdout = '', stderr = '', code = 0, signal = null, truncated = false } = ran ?? {};
  const reply = {
    id: request.id,
    event: 'done',
    ok,
    code,
    signal,
    stdout,
    stderr,
    truncated,
    ms: ran?.ms ?? 0,
    rule: match.rule.id,
    entry,
  } as const;
  return result ? { ...reply, result } : reply;
}

/** The ticket's step that this request would use, where one is given or the rule asks for one. */
function confirmed(agent: Agent, request: Request, caller: Caller, { rule }: Match): Due | Refused | undefined {
  if (rule.confirm === 'host' || rule.confirm === 'self')
    return new Refused(
      'needs-confirmation',
      `${rule.id} asks for confirmation by ${rule.confirm === 'host' ? "a person at the host's terminal" : "the user's own password"}, which this version does not offer.`,
    );
  if (request.ticket !== undefined)
    return agent.confirmation.tickets.next(request.ticket, caller.peer.uid, request, performance.now());
  if (rule.confirm === 'none') return undefined;
  return new Refused(
    'needs-confirmation',
    `${rule.id} asks for the owner's one-time code: send it to @confirm with this exact request, and give the ticket.`,
  );
}

/** A uid is used up before its account is made; afterwards the account is Gatehouse's, or the uid is lost. */
function beginAccount(agent: Agent, { slots }: Match): ((made: boolean) => void) | undefined {
  const uid = slots.find(({ type }) => type.name === 'next-uid')?.value;
  const login = slots.find(({ type }) => type.name === 'new-login')?.value;
  return uid !== undefined && login !== undefined ? agent.asking.registry.begin(login, Number(uid)) : undefined;
}

async function plan(agent: Agent, request: Request, caller: Caller, match: Match | Refused): Promise<Reply> {
  await agent.dryRuns.turn(caller.peer.uid);
  if (match instanceof Refused)
    return { id: request.id, event: 'refused', problem: match.problem, message: match.message, entry: null };
  return { id: request.id, event: 'plan', ...(await planOf(agent, request, match)) };
}

/** What a request would do, decided with the same checks. Also what `gatehouse-agent check` shows. */
export async function planOf(
  agent: Pick<Agent, 'asking' | 'files'>,
  request: Pick<Request, 'args' | 'stdin'>,
  match: Match,
) {
  const { rule } = match;
  const written = wouldWrite(agent, request, match);
  return {
    rule: rule.id,
    argv: [...match.argv],
    display: displayOf(match, request.stdin),
    confirm: rule.confirm,
    danger: rule.danger,
    unmet: [...(await unmetOf(match, agent.asking)), ...(written?.unmet ?? [])],
    ...(written?.diff !== undefined && { diff: written.diff }),
  };
}

async function answerConfirm(agent: Agent, request: Request, caller: Caller): Promise<Reply> {
  const opened = await confirm(agent, request, caller);
  if (opened instanceof Refused) return refuse(agent, request, caller, opened);
  const { entry, ...result } = opened;
  return {
    id: request.id,
    event: 'done',
    ok: true,
    code: 0,
    signal: null,
    stdout: '',
    stderr: '',
    truncated: false,
    ms: 0,
    rule: '@confirm',
    entry,
    result,
  };
}

/** A refusal is recorded before it is answered. */
function refuse(agent: Agent, request: Request, caller: Caller, { problem, message }: Refused, match?: Match): Reply {
  const { cmd, args } = request;
  const entry =
    agent.audit.refused({
      ...origin(request, caller),
      problem,
      message,
      cmd,
      args,
      ...(match && { rule: match.rule.id }),
    }) ?? null;
  return { id: request.id, event: 'refused', problem, message, entry };
}

function origin({ actor }: Request, { peer }: Caller) {
  return { peer, ...(actor && { claimed: actor }) };
}
