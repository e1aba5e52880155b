// @users: who Gatehouse manages, which other accounts people have on this host and why they are out of reach, and who is in the trash.
import { readFileSync } from 'node:fs';
import type { Asking } from './checks/check.ts';
import { freeUid } from './checks/next-uid.ts';
import { fileNaming, grantsOf } from './checks/policy.ts';
import { foreign, privilegedGroup } from './checks/user.ts';
import type { FilesDeps } from './files/deps.ts';
import { trashed } from './files/trash.ts';
import { uidRange } from './registry.ts';

/** Cheaper than the check of <user>, which also asks sudo for each; that one decides when something is done. */
export async function usersNow({ facts, registry, host }: Asking, files: FilesDeps): Promise<object> {
  const [all, groups, samba] = await Promise.all([facts.accounts(), facts.groups(), facts.sambaLogins()]);
  const shadow = shadowStates(host.root);
  const grants = grantsOf(host.root, 'sudo', 'doas', 'polkit');
  const users = [];
  const accounts = [];
  for (const account of all.filter(({ uid }) => uid >= uidRange.first && uid <= uidRange.last)) {
    const { login, uid, gid, fullName, home, shell } = account;
    const own = groups.filter(group => group.gid === gid || group.members.includes(login)).map(({ name }) => name);
    const file = fileNaming(grants, login);
    const why = privilegedGroup(login, own) ?? (file && `${file} names it`) ?? foreign(account, registry.uidOf(login));
    if (why) accounts.push({ login, uid, fullName, why });
    else
      users.push({
        login,
        uid,
        fullName,
        home,
        shell,
        groups: own,
        samba: samba?.has(login) ?? null,
        ...shadow(login),
      });
  }
  return { users, accounts, trash: trashed(files), nextUid: await freeUid({ facts, registry }) };
}

/** What shadow(5) says of a password, without the password; nulls where it has no line. */
function shadowStates(root: string) {
  const lines = readFileSync(`${root}/etc/shadow`, 'utf8').split('\n');
  const fields = new Map(
    lines
      .map(line => line.split(':'))
      .map(([login = '', hash = '', , , , , , expiry = '']) => [login, { hash, expiry }]),
  );
  const today = Date.now() / 86_400_000;
  return (login: string) => {
    const found = fields.get(login);
    if (!found) return { locked: null, hasPassword: null, expired: null };
    const { hash, expiry } = found;
    return {
      locked: hash.startsWith('!'),
      hasPassword: /^!?\$/.test(hash),
      expired: expiry !== '' && Number(expiry) <= today,
    };
  };
}
