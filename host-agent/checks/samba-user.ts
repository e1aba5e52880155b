// <samba-user>: a user whom file shares let in. Setting a password lets in whoever was shut out, so that is the owner's to do.
import type { Check } from './check.ts';
import { user } from './user.ts';

export const sambaUser: Check = async (login, asking) => {
  const why = await user(login, asking);
  if (why) return why;
  if (await asking.facts.sambaServes(login)) return undefined;
  return `File shares do not let ${login} in: only with the owner's code can that be changed.`;
};
