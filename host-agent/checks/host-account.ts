// <host-account>: an account that another hand made, and that Gatehouse could manage as its own: nothing in it lets it further.
import type { Check } from './check.ts';
import { inForeignGroup, misplaced, privilegeOf } from './user.ts';

export const hostAccount: Check = async (login, asking) => {
  const { facts, registry, trashed } = asking;
  const account = await facts.account(login);
  if (!account) return `There is no account ${login} on this host.`;
  const refuse = (why: string) => `${login} cannot be taken over: ${why}.`;
  if (registry.uidOf(login) === account.uid) return refuse('Gatehouse manages it already');
  if (trashed().has(login)) return refuse('the trash keeps a deleted user of that name, which is to be emptied first');
  const twin = (await facts.accounts()).find(each => each.uid === account.uid && each.login !== login);
  if (twin) return refuse(`${twin.login} has the same uid ${twin.uid}`);
  const groups = await facts.groupsOf(login);
  const why = misplaced(account) ?? (await inForeignGroup(login, groups, asking));
  if (why) return refuse(why);
  const privilege = await privilegeOf(account, groups, asking);
  return privilege && refuse(`it is privileged, for ${privilege}`);
};
