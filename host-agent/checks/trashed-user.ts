// <trashed-user>: a deleted user of Gatehouse whose home is in the trash, and whose name and uid nobody else has taken.
import type { Check } from './check.ts';
import { fileNaming, grantsOf } from './policy.ts';

export const trashedUser: Check = async (login, { host, facts, registry, trashed }) => {
  const uid = trashed().get(login);
  if (uid === undefined) return `There is no deleted user ${login} in the trash.`;
  if (registry.uidOf(login) !== uid)
    return `The uid ${uid} of the deleted user ${login} is not the one that Gatehouse made it with.`;
  const holder = await facts.account(uid);
  const account = await facts.account(login);
  if ((holder && holder.login !== login) || (account && account.uid !== uid))
    return `The login ${login} or its uid ${uid} is taken by another account of this host.`;
  const file = fileNaming(grantsOf(host.root, 'sudo', 'doas', 'polkit'), login);
  return file && `The login ${login} is named in ${file}, so the user would come back privileged.`;
};
