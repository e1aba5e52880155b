// <user>: an account that Gatehouse made, as it made it, without privilege. All others are out of reach.
import { uidRange } from '../registry.ts';
import type { Asking, Check } from './check.ts';
import type { Account } from './facts.ts';
import { groupsMadeHere } from './group.ts';
import { fileNaming, fileServingUsers, grantsOf } from './policy.ts';
import { reservedNames } from './reserved.ts';

export const user: Check = async (login, asking) => {
  const account = await asking.facts.account(login);
  if (!account) return `There is no user ${login} on this host.`;
  const groups = await asking.facts.groupsOf(login);
  const why =
    notMadeHere(account, asking.registry.uidOf(login)) ??
    misplaced(account) ??
    (await inForeignGroup(login, groups, asking));
  if (why) return `${login} is not a user that Gatehouse manages: ${why}.`;
  const privilege = await privilegeOf(account, groups, asking);
  return privilege && `${login} is privileged: ${privilege}. It is changed only at the host's terminal.`;
};

/** Why an account is none that Gatehouse made or took over. */
export function notMadeHere({ uid }: Account, madeWith: number | undefined): string | undefined {
  if (madeWith === undefined) return 'it was made by another hand';
  return uid === madeWith ? undefined : `its uid is ${uid}, and Gatehouse made it with ${madeWith}`;
}

/** Why an account is not as Gatehouse would make one, by its passwd entry. */
export function misplaced({ login, uid, home }: Account): string | undefined {
  if (uid < uidRange.first || uid > uidRange.last) return `its uid ${uid} is not in ${uidRange.first}–${uidRange.last}`;
  return home === `/home/${login}` ? undefined : `its home is not /home/${login}`;
}

/** Only `users`, a group of its own and `ours`, those that Gatehouse made, let nobody further. */
export function foreignGroup(login: string, names: readonly string[], ours: ReadonlySet<string>): string | undefined {
  const own = (name: string) => (name === login && !reservedNames.has(name)) || ours.has(name);
  const other = names.find(name => name !== 'users' && !own(name));
  return other === undefined ? undefined : `it is in the group ${other}`;
}

/** The same, asking the host for its groups only where it matters. */
export async function inForeignGroup(login: string, names: readonly string[], asking: Asking) {
  return foreignGroup(login, names, new Set()) && foreignGroup(login, names, await groupsMadeHere(asking));
}

/** What lets an account further than others; `groups` are the names of those it is in. */
export async function privilegeOf(
  { login, uid }: Account,
  groups: readonly string[],
  { host, facts }: Asking,
): Promise<string | undefined> {
  if (await facts.sudoServes(login)) return 'sudo would run commands for it';
  const grants = grantsOf(host.root, 'doas', 'polkit');
  const file = fileNaming(grants, login) ?? fileNaming(grants, String(uid)) ?? fileServingUsers(grants);
  if (file) return `${file} names it or the group users`;
  const served = groups.find(name => name !== 'users' && fileNaming(grants, name));
  return served && `${fileNaming(grants, served)} names the group ${served} that it is in`;
}
