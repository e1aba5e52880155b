// @users: who Gatehouse manages, which other accounts people have on this host and why they are out of reach, and who is in the trash.
import type { Asking } from './checks/check.ts';
import { freeUid } from './checks/next-uid.ts';
import { fileNaming } from './checks/policy.ts';
import { foreign, privilegedGroup } from './checks/user.ts';
import type { FilesDeps } from './files/deps.ts';
import { trashed } from './files/trash.ts';
import { uidRange } from './registry.ts';

/** Cheaper than the check of <user>, which also asks sudo for each; that one decides when something is done. */
export async function usersNow(asking: Asking, files: FilesDeps): Promise<object> {
  const { facts, registry, host } = asking;
  const [all, groups, states, samba] = await Promise.all([
    facts.accounts(),
    facts.groups(),
    facts.passwordStates(),
    facts.sambaLogins(),
  ]);
  const groupNames = new Map(groups.map(({ name, gid }) => [gid, name]));
  const groupsOf = new Map<string, string[]>();
  for (const { name, members } of groups)
    for (const member of members) groupsOf.set(member, [...(groupsOf.get(member) ?? []), name]);
  const users = [];
  const accounts = [];
  for (const { login, uid, gid, fullName, home, shell } of all) {
    if (uid < uidRange.first || uid > uidRange.last) continue;
    const own = [groupNames.get(gid) ?? String(gid), ...(groupsOf.get(login) ?? [])];
    const named = fileNaming(host.root, login, ['sudo', 'doas', 'polkit']);
    const why =
      privilegedGroup(login, own) ??
      (named && `${named} names it`) ??
      foreign({ login, uid, gid, fullName, home, shell }, registry.uidOf(login));
    if (why) accounts.push({ login, uid, fullName, why });
    else {
      const state = states.get(login);
      users.push({
        login,
        uid,
        fullName,
        home,
        shell,
        groups: own,
        locked: state === undefined ? null : state === 'L',
        samba: samba ? samba.has(login) : null,
      });
    }
  }
  return { users, accounts, trash: trashed(files), nextUid: await freeUid(asking) };
}
