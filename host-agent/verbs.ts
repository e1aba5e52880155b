// The agent's own verbs: what tells of the agent and the host, and what the agent does to files itself.
import { readFileSync } from 'node:fs';
import { contentFault, type Match } from '../allowlist/match.ts';
import { textOf } from '../allowlist/match-arg.ts';
import { Refused } from '../allowlist/refused.ts';
import { type Command, type Request, wireVersion } from '../allowlist/wire.ts';
import { makeAdministrator } from './administrator.ts';
import type { Agent } from './agent.ts';
import { unmetOf } from './checks/check.ts';
import { freeUid } from './checks/next-uid.ts';
import type { Caller } from './connection.ts';
import { ownKeysOf } from './files/key-files.ts';
import { empty, trash, untrash } from './files/trash.ts';
import { listGenerations, planWrite, restorable, runWrite, type WritePlan, type WriteTarget } from './files/write.ts';
import { hostNow } from './host-now.ts';
import { usersNow } from './users-now.ts';

interface Asked {
  request: Request;
  caller: Caller;
  match: Match;
  /** Aborted where this request may be ended. */
  cancelled: AbortSignal;
}
type Verb = (agent: Agent, asked: Asked) => object | Promise<object>;

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Each gives its `result`, or a Refused. A Map, so that no request can name what an object inherits. */
const verbs: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['@status', status],
  ['@rules', rules],
  ['@host', agent => hostNow(agent.asking.host.root)],
  ['@users', agent => usersNow(agent.asking, agent.files)],
  [
    '@audit',
    async (agent, { request: { args } }) => ({ entries: await agent.audit.entries(Number(args[1]), Number(args[3])) }),
  ],
  ['@generations', ({ files }, { match }) => listGenerations(files, targetOf(files.host.root, match))],
  ['@write', write],
  ['@restore', write],
  ['@revoke', revoke],
  ['@trash', moveToTrash],
  ['@untrash', ({ files }, { request: { args } }) => untrash(files, args[0] as string)],
  ['@empty', emptyTrash],
  ['@adopt', adopt],
  ['@administrator', (agent, { request: { args } }) => makeAdministrator(agent, args[0] as string)],
]);

/** Does what a matched verb says. */
export async function performVerb(agent: Agent, asked: Asked): Promise<object> {
  return (verbs.get(asked.match.cmd) as Verb)(agent, asked);
}

/** What a write would change and what forbids it now; undefined where the request writes no file. */
export function wouldWrite({ files }: Pick<Agent, 'files'>, request: Command, match: Match): WritePlan | undefined {
  if (match.cmd !== '@write' && match.cmd !== '@restore') return undefined;
  const target = targetOf(files.host.root, match);
  const content = contentOf({ files }, target, request, match);
  return content instanceof Refused ? { unmet: [content.message] } : planWrite(files, target, content);
}

/** Everything that forbids this request now: the checks of its slots, and what stands in the way of a file. */
export async function unmetNow(
  agent: Pick<Agent, 'asking' | 'files'>,
  request: Command,
  match: Match,
): Promise<string[]> {
  return [...(await unmetOf(match, agent.asking)), ...(wouldWrite(agent, request, match)?.unmet ?? [])];
}

async function write({ files }: Agent, { request, match }: Asked): Promise<object> {
  const target = targetOf(files.host.root, match);
  const content = contentOf({ files }, target, request, match);
  return content instanceof Refused ? content : runWrite(files, target, content);
}

/** What the file would hold: the text on stdin, or a kept generation whose lines the rule still allows. */
function contentOf(
  { files }: Pick<Agent, 'files'>,
  target: WriteTarget,
  { args, stdin }: Command,
  { rule, cmd }: Match,
): string | Refused {
  if (cmd === '@write') return stdin ?? '';
  return restorable(files, target, Number(args[1]), content => contentFault(rule, content));
}

/** The file that a matched write rule names, as it is to be. */
function targetOf(root: string, { rule, argv }: Match): WriteTarget {
  if (!rule.write) throw new Error(`${rule.id} names no file`);
  const { mode, secret = false, check, then, owner } = rule.write;
  const [uid = 0, gid = 0] = owner
    .split(':')
    .map((name, i) => idIn(`${root}/etc/${i === 0 ? 'passwd' : 'group'}`, name));
  return { path: argv[1] as string, mode, secret, check, then, owner: { uid, gid } };
}

function idIn(file: string, name: string): number {
  const line = readFileSync(file, 'utf8').match(new RegExp(`^${name}:[^:]*:(\\d+)`, 'm'));
  if (!line) throw new Error(`the owner ${name} of a rule is not in ${file}`);
  return Number(line[1]);
}

/** Of an account that was removed before, its full name and shell are not known any more. */
async function moveToTrash({ files, asking: { facts, registry } }: Agent, { request }: Asked): Promise<object> {
  const login = request.args[0] as string;
  const removed = { login, uid: registry.uidOf(login) ?? -1, fullName: '', home: `/home/${login}` };
  return trash(files, (await facts.account(login)) ?? { ...removed, shell: '/usr/sbin/nologin' });
}

async function adopt({ asking: { facts, registry } }: Agent, { request: { args } }: Asked): Promise<object> {
  const login = args[0] as string;
  const account = await facts.account(login);
  if (!account) return new Refused('not-permitted-now', `There is no account ${login} on this host.`);
  registry.adopt(login, account.uid);
  return { login, uid: account.uid };
}

/** A user's own keys end whoever wrote them, and are kept as a generation. */
function revoke({ files }: Agent, { request: { args } }: Asked): Promise<object> {
  return runWrite(files, { path: ownKeysOf(args[0] as string), mode: 0o644, secret: false, takeOver: true }, '');
}

async function emptyTrash({ files, asking }: Agent, { request, caller, cancelled }: Asked): Promise<object> {
  const login = request.args[0] as string;
  const emptied = await empty(files, login, line => request.stream && caller.output('stdout', line), cancelled);
  if (!(emptied instanceof Refused)) asking.registry.forget(login);
  return emptied;
}

async function status({ settings, startedMs, audit, asking, confirmation }: Agent): Promise<object> {
  return {
    version,
    wire: wireVersion,
    mode: settings.mode,
    uptimeMs: Math.round(performance.now() - startedMs),
    lastEntry: audit.lastEntry,
    nextUid: await freeUid(asking),
    confirmation: confirmation.enrolled(),
    auditAvailable: audit.available(),
  };
}

function rules({ matcher, usage }: Agent): object {
  const told = matcher.rules.map(({ forms: _, pattern, stdin, write, ...rule }) => ({
    ...rule,
    ...(write
      ? { ...write, write: pattern, lines: write.lines.map(textOf), mode: write.mode.toString(8).padStart(4, '0') }
      : { run: pattern, ...(stdin && { stdin: stdin.map(textOf) }) }),
    ...usage.of(rule.id),
  }));
  return { rules: told };
}
