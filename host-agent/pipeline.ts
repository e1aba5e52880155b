// What happens to a request, in order: match → turn → confirmed? → check the host → record intent → run → record outcome → reply.
import { displayOf } from '../allowlist/display.ts';
import type { Match } from '../allowlist/match.ts';
import { Refused } from '../allowlist/refused.ts';
import { type Command, type Done, limits, type Reply, type Request } from '../allowlist/wire.ts';
import type { Agent } from './agent.ts';
import { refusalFields } from './audit/entry.ts';
import { AuditUnavailable } from './audit/log.ts';
import { asksHost, userOf } from './checks/check.ts';
import { confirm } from './confirm.ts';
import { WrongCode } from './confirmation/confirmation.ts';
import type { Due } from './confirmation/tickets.ts';
import type { Caller } from './connection.ts';
import { type Performed, perform } from './perform.ts';
import { refusedFor } from './stop.ts';
import { gone } from './turns.ts';
import { performVerb, unmetNow, wouldWrite } from './verbs.ts';

/** Answers one request. Every way out but that of a dry run, and of what only tells, has left its entry in the audit log. */
export async function answer(agent: Agent, request: Request, caller: Caller): Promise<Reply> {
  let match: Match | undefined;
  const refuse = (refused: Refused) => refusal(agent, request, caller, refused, match);
  try {
    const found = request.cmd === '@confirm' ? undefined : agent.matcher.match(request);
    const no = request.dryRun && (await agent.dryRuns.turn(caller.peer.uid, caller.cancelled));
    if (no) return refuse(no);
    if (found instanceof Refused) return refuse(found);
    match = found;
    if (agent.stopping) return refuse(tooLate);
    if (match && tells(match) && !asksHost(match) && !request.dryRun) return await tell(agent, request, caller, match);
    // Whatever may start a program, if only to ask the host, waits for a place; what changes the host for its lock too.
    const lock = match && !match.rule.reads && !request.dryRun ? match.rule.lock : undefined;
    const turn = await agent.turns.take(caller.connection, lock, caller.cancelled);
    if (turn instanceof Refused) {
      // A step that never began counts as one that failed: who gives up half-way takes back what was done.
      const due = match && confirmed(agent, request, caller, match);
      if (due && !(due instanceof Refused)) due.ended(false);
      return refuse(turn);
    }
    try {
      if (!match) return await open(agent, request, caller);
      if (request.dryRun) return { id: request.id, event: 'plan', ...(await planOf(agent, request, match)) };
      return await checked(agent, request, caller, match);
    } finally {
      turn();
    }
  } catch (error) {
    console.error('unexpected failure while answering', error);
    const what = 'The agent failed unexpectedly; its journal says why. What ran is in the audit log.';
    return refuse(new Refused('failed', what));
  }
}

const tooLate = new Refused('busy', 'The agent is stopping and did nothing; ask again when it is back.');

/** The owner may ask for confirmation even here; then it is an act like any other. */
function tells({ rule }: Match): boolean {
  return rule.reads === true && !rule.program && rule.confirm === 'none';
}

async function tell(agent: Agent, request: Request, caller: Caller, match: Match): Promise<Reply> {
  const result = await performVerb(agent, { request, caller, match, cancelled: caller.cancelled });
  return result instanceof Refused
    ? refusal(agent, request, caller, result, match)
    : done(request, { rule: match.rule.id, result });
}

async function open(agent: Agent, request: Request, caller: Caller): Promise<Reply> {
  const opened = await confirm(agent, request, caller);
  if (opened instanceof Refused) return refusal(agent, request, caller, opened);
  const { entry, ...result } = opened;
  return done(request, { rule: '@confirm', entry, result });
}

async function checked(agent: Agent, request: Request, caller: Caller, match: Match): Promise<Reply> {
  const refuse = (refused: Refused) => refusal(agent, request, caller, refused, match);
  const due = caller.approved ? undefined : confirmed(agent, request, caller, match);
  if (due instanceof Refused) return refuse(due);
  const [unmet] = await unmetNow(agent, request, match);
  if (unmet !== undefined) {
    due?.ended(false);
    return refuse(new Refused('not-permitted-now', unmet));
  }
  if (match.rule.confirm === 'host' && !caller.approved) return park(agent, request, caller, match);
  if (tells(match)) return tell(agent, request, caller, match);
  if (agent.stopping) return refuse(tooLate);
  if (caller.cancelled.aborted) {
    due?.ended(false);
    return refuse(gone());
  }
  return act(agent, request, caller, match, due);
}

/** From the intent on: whatever happens now is told by an outcome. */
async function act(agent: Agent, request: Request, caller: Caller, match: Match, due: Due | undefined): Promise<Reply> {
  const refuse = (refused: Refused) => refusal(agent, request, caller, refused, match);
  const { rule, argv } = match;
  let entry: number;
  let making = false;
  try {
    if (due && !due.spend())
      return refuse(new Refused('needs-confirmation', 'Another request has used this step of the ticket.'));
    making = agent.audit.available() && beginAccount(agent, match);
    entry = await agent.audit.intent({ ...origin(request, caller), rule: rule.id, argv });
  } catch (error) {
    due?.giveBack();
    if (making) await settle(agent);
    if (error instanceof AuditUnavailable)
      return refuse(new Refused('audit-unavailable', `Nothing was run: ${error.message}`));
    return refuse(refusedFor(error, 'Nothing was run'));
  }
  agent.usage.count(rule.id, new Date());
  let performed: Performed;
  try {
    performed = await perform(agent, request, caller, match);
  } catch (error) {
    console.error(`unexpected failure of ${rule.id}, entry ${entry}`, error);
    const what = 'The agent failed unexpectedly while it ran this; its journal says why.';
    performed = { ms: 0, refused: new Refused('failed', what) };
  }
  const { ran, refused, result, ms } = performed;
  const ok = !refused && (ran?.code ?? 0) === 0 && !ran?.signal;
  const { code = refused ? null : 0, signal = null, stdoutBytes = 0, stderrBytes = 0 } = ran ?? {};
  const { problem, message } = refused ?? {};
  const told = { code, signal, ms, stdoutBytes, stderrBytes, ...(problem && { problem, message }) };
  agent.audit.outcome(entry, { ...told, ...caller.approved });
  if (!rule.reads) agent.asking.facts.forget();
  const user = userOf(match);
  if (user !== undefined && rule.confirm === 'code') agent.confirmation.tickets.endOwn(user, performance.now());
  if (making) await settle(agent);
  due?.ended(ok);
  if (refused) return { id: request.id, event: 'refused', problem: refused.problem, message: refused.message, entry };
  const { stdout = '', stderr = '', truncated = false } = ran ?? {};
  return done(request, {
    ok,
    code,
    signal,
    stdout,
    stderr,
    truncated,
    ms,
    rule: rule.id,
    entry,
    ...(result && { result }),
  });
}

/** The ticket's step that this request would use, where one is given or the rule asks for one. */
function confirmed(agent: Agent, request: Request, caller: Caller, match: Match): Due | Refused | undefined {
  const { rule } = match;
  if (request.ticket !== undefined)
    return agent.confirmation.tickets.next(request.ticket, caller.peer.uid, request, performance.now());
  if (rule.confirm === 'none' || rule.confirm === 'host') return undefined;
  const what = rule.confirm === 'self' ? 'the password that the user has now' : "the owner's one-time code";
  const how = 'send it to @confirm with this exact request, and give the ticket';
  return new Refused('needs-confirmation', `${rule.id} asks for ${what}: ${how}.`);
}

/** Leaves the request to a person at the host's terminal; asked again, it waits under the number that it has. */
function park(agent: Agent, request: Request, caller: Caller, match: Match): Reply {
  const { approvals } = agent;
  const known = approvals.numberOf(request, caller.peer);
  if (known === undefined && approvals.isFull) {
    const full = `${limits.approvals} requests wait for approval at the host's terminal already; decide those first.`;
    return refusal(agent, request, caller, new Refused('busy', full), match);
  }
  const why = `${match.rule.id} waits for a person at the host's terminal, for 30 minutes: gatehouse-agent approve.`;
  const refused = new Refused('needs-confirmation', why);
  if (known !== undefined) return { ...refusal(agent, request, caller, refused, match), approval: known };
  // Its entry is its number, so a flood does not swallow it: at most sixteen wait.
  const approval = agent.audit.note('refused', refusalFields(refusalOf(request, caller, refused, match)));
  if (approval === undefined)
    return refusal(agent, request, caller, new Refused('audit-unavailable', 'The audit log cannot be written.'), match);
  approvals.park(approval, { request, match, peer: caller.peer, at: new Date() });
  agent.tell(`approval ${approval} waits for you: ${displayOf(match, request.stdin)}`);
  return { id: request.id, event: 'refused', ...refused, entry: approval, approval };
}

/** A number is used up before its account or group is made; afterwards that is Gatehouse's, or the number is lost. */
function beginAccount({ asking: { registry } }: Agent, { slots }: Match): boolean {
  const of = (type: string) => slots.find(slot => slot.type.name === type)?.value;
  const [login, uid, group, gid] = [of('new-login'), of('next-uid'), of('new-group'), of('next-gid')];
  if (login !== undefined && uid !== undefined) registry.begin(login, Number(uid));
  else if (group !== undefined && gid !== undefined) registry.beginGroup(group, Number(gid));
  else return false;
  return true;
}

export async function settle({ asking: { registry, facts } }: Pick<Agent, 'asking'>): Promise<void> {
  await registry.settle(
    async login => (await facts.account(login))?.uid,
    async name => (await facts.group(name))?.gid,
  );
}

/** What a request would do, decided with the same checks. Also what `gatehouse-agent check` shows. */
export async function planOf(agent: Pick<Agent, 'asking' | 'files'>, request: Command, match: Match) {
  const { rule, argv } = match;
  const diff = wouldWrite(agent, request, match)?.diff;
  const unmet = await unmetNow(agent, request, match);
  const display = displayOf(match, request.stdin);
  return {
    rule: rule.id,
    argv: [...argv],
    display,
    confirm: rule.confirm,
    danger: rule.danger,
    unmet,
    ...(diff !== undefined && { diff }),
  };
}

/** A refusal is recorded before it is answered, but for that of a dry run, and of what only tells. */
function refusal(agent: Agent, request: Request, caller: Caller, refused: Refused, match?: Match) {
  const fields = refusalOf(request, caller, refused, match);
  const record = () =>
    refused instanceof WrongCode ? agent.audit.note('refused', refusalFields(fields)) : agent.audit.refused(fields);
  const entry = (request.dryRun || (match && tells(match)) ? undefined : record()) ?? null;
  return { id: request.id, event: 'refused' as const, ...refused, entry };
}

function refusalOf(request: Request, caller: Caller, { problem, message }: Refused, match?: Match) {
  const { cmd, args } = request;
  return { ...origin(request, caller), problem, message, cmd, args, ...(match && { rule: match.rule.id }) };
}

function done({ id }: Request, fields: Pick<Done, 'rule'> & Partial<Done>): Reply {
  const plain = { ok: true, code: 0, signal: null, stdout: '', stderr: '', truncated: false, ms: 0, entry: null };
  return { id, event: 'done', ...plain, ...fields };
}

function origin({ actor }: Request, { peer, approved }: Caller) {
  return { peer, ...(actor && { claimed: actor }), ...approved };
}
