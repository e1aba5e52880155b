// The agent's own verbs that change the host: @write and @restore for files that a rule names, and the trash.
import { readFileSync } from 'node:fs';
import { contentFault, type Match } from '../allowlist/match.ts';
import { Refused } from '../allowlist/refused.ts';
import type { WriteRule } from '../allowlist/rule.ts';
import type { Request } from '../allowlist/wire.ts';
import type { Agent } from './agent.ts';
import type { Caller } from './connection.ts';
import { empty, trash, untrash } from './files/trash.ts';
import { listGenerations, planWrite, restorable, runWrite, type WritePlan, type WriteTarget } from './files/write.ts';

type Files = Pick<Agent, 'files'>;

/** What a write would change and what forbids it now; undefined where the request writes no file. */
export function wouldWrite(
  { files }: Files,
  { args, stdin }: Pick<Request, 'args' | 'stdin'>,
  match: Match,
): WritePlan | undefined {
  if (match.write !== '@write' && match.write !== '@restore') return undefined;
  const target = targetOf(files.host.root, match);
  const content = contentOf({ files }, target, { args, stdin }, match);
  return content instanceof Refused ? { unmet: [content.message] } : planWrite(files, target, content);
}

export function generationsOf({ files }: Files, match: Match): object {
  return listGenerations(files, targetOf(files.host.root, match));
}

export async function performFileVerb(
  { files, asking }: Agent,
  request: Request,
  caller: Caller,
  match: Match,
): Promise<object | Refused> {
  const login = request.args[0] as string;
  switch (request.cmd) {
    case '@write':
    case '@restore': {
      const target = targetOf(files.host.root, match);
      const content = contentOf({ files }, target, request, match);
      return content instanceof Refused ? content : runWrite(files, target, content);
    }
    case '@trash': {
      const account = await asking.facts.account(login);
      return account
        ? trash(files, account)
        : new Refused('not-permitted-now', `There is no user ${login} on this host.`);
    }
    case '@untrash':
      return untrash(files, login);
    default:
      return empty(files, login, line => request.stream && caller.output('stdout', line));
  }
}

/** What the file would hold: the text on stdin, or a kept generation whose lines the rule still allows. */
function contentOf(
  { files }: Files,
  target: WriteTarget,
  { args, stdin }: Pick<Request, 'args' | 'stdin'>,
  { rule, write }: Match,
): string | Refused {
  if (write === '@write') return stdin ?? '';
  return restorable(files, target, Number(args[1]), content => contentFault(rule, content));
}

/** The file that a matched write rule names, as it is to be. */
function targetOf(root: string, { rule, argv }: Match): WriteTarget {
  const { mode, secret, check, then, owner } = rule.write as WriteRule;
  const [user, group] = owner.split(':') as [string, string];
  return {
    path: argv[1] as string,
    mode,
    secret,
    check,
    then,
    owner: { uid: idIn(root, 'passwd', user), gid: idIn(root, 'group', group) },
  };
}

function idIn(root: string, file: 'passwd' | 'group', name: string): number {
  const line = readFileSync(`${root}/etc/${file}`, 'utf8')
    .split('\n')
    .find(entry => entry.startsWith(`${name}:`));
  if (!line) throw new Error(`the owner ${name} of a rule is not in /etc/${file}`);
  return Number(line.split(':')[2]);
}
