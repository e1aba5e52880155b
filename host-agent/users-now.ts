// @users: who Gatehouse manages and in which groups of its own, which other accounts people have on this host and why they are out of
// reach, and who is in the trash.
import type { Asking } from './checks/check.ts';
import { isOurs } from './checks/group.ts';
import { freeUid } from './checks/next-uid.ts';
import { fileNaming, grantsOf } from './checks/policy.ts';
import { shadowStates } from './checks/shadow.ts';
import { foreignGroup, misplaced, notMadeHere } from './checks/user.ts';
import type { FilesDeps } from './files/deps.ts';
import { trashed } from './files/trash.ts';
import { lastSignIns } from './last-sign-in.ts';
import { uidRange } from './registry.ts';

/** Cheaper than the checks of <user> and <host-account>, which also ask sudo for each; those decide when something is done. */
export async function usersNow({ facts, registry, host }: Asking, files: FilesDeps): Promise<object> {
  const [all, groups, samba] = await Promise.all([
    facts.accounts(),
    facts.groups(),
    facts.sambaLogins().catch(() => undefined),
  ]);
  const people = all.filter(({ uid }) => uid >= uidRange.first && uid <= uidRange.last);
  const ours = groups.filter(group => isOurs(group, { registry }));
  const names = new Set(ours.map(({ name }) => name));
  const grants = grantsOf(host.root, 'sudo', 'doas', 'polkit');
  const granted = ours.map(({ name }) => [name, fileNaming(grants, name)] as const).filter(([, file]) => file);
  const granting = new Map(granted);
  const nameOf = new Map(groups.map(({ gid, name }) => [gid, name]));
  const joined = Map.groupBy(
    groups.flatMap(({ name, members }) => members.map(login => ({ login, name }))),
    ({ login }) => login,
  );
  const shadow = shadowStates(host.root);
  const signedIn = lastSignIns(
    host.root,
    people.map(({ uid }) => uid),
  );
  const users = [];
  const accounts = [];
  for (const account of people) {
    const { login, uid, gid, fullName, home, shell } = account;
    const within = [...new Set([nameOf.get(gid) ?? String(gid), ...(joined.get(login) ?? []).map(({ name }) => name)])];
    const file = fileNaming(grants, login);
    const served = within.find(name => granting.has(name));
    const strange =
      foreignGroup(login, within, names) ??
      (file && `${file} names it`) ??
      (served && `${granting.get(served)} names the group ${served} that it is in`) ??
      misplaced(account);
    const why = strange ?? notMadeHere(account, registry.uidOf(login));
    if (why) accounts.push({ login, uid, fullName, why, mayTakeOver: strange === undefined });
    else
      users.push({
        ...{ login, uid, fullName, home, shell },
        groups: within,
        samba: samba?.has(login) ?? null,
        lastSignIn: signedIn.get(uid) ?? null,
        ...shadow(login),
      });
  }
  return { users, accounts, groups: ours, trash: trashed(files), nextUid: await freeUid({ facts, registry }) };
}
