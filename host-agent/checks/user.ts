// <user>: an account that Gatehouse made, as it made it, without privilege. All others are out of reach.
import { uidRange } from '../registry.ts';
import type { Asking, Check } from './check.ts';
import type { Account } from './facts.ts';
import { fileNaming, fileServingUsers, grantsOf } from './policy.ts';

export const user: Check = async (login, asking) => {
  const account = await asking.facts.account(login);
  if (!account) return `There is no user ${login} on this host.`;
  const why =
    foreign(account, asking.registry.uidOf(login)) ?? privilegedGroup(login, await asking.facts.groupsOf(login));
  if (why) return `${login} is not a user that Gatehouse manages: ${why}.`;
  const privilege = await privilegeOf(account, asking);
  return privilege && `${login} is privileged: ${privilege}. It is changed only at the host's terminal.`;
};

/** Why an account is not one of ours by its passwd entry. */
export function foreign({ login, uid, home }: Account, madeWith: number | undefined): string | undefined {
  if (madeWith === undefined) return 'it was made by another hand';
  if (uid !== madeWith) return `its uid is ${uid}, and Gatehouse made it with ${madeWith}`;
  if (uid < uidRange.first || uid > uidRange.last) return `its uid ${uid} is not in ${uidRange.first}–${uidRange.last}`;
  return home === `/home/${login}` ? undefined : `its home is not /home/${login}`;
}

export function privilegedGroup(login: string, groups: readonly string[]): string | undefined {
  const other = groups.find(group => group !== 'users' && group !== login);
  return other === undefined ? undefined : `it is in the group ${other}`;
}

async function privilegeOf({ login, uid }: Account, { host, facts }: Asking): Promise<string | undefined> {
  if (await facts.sudoServes(login)) return 'sudo would run commands for it';
  const grants = grantsOf(host.root, 'doas', 'polkit');
  const file = fileNaming(grants, login) ?? fileNaming(grants, String(uid)) ?? fileServingUsers(grants);
  return file && `${file} names it or the group users`;
}
