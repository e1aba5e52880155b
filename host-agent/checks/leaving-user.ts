// <leaving-user>: a <user>, or one whose account is removed already and whose home is still there. The contract lists the steps so.
import { lstatSync } from 'node:fs';
import type { Check } from './check.ts';
import { user } from './user.ts';

export const leavingUser: Check = async (login, asking) => {
  const { facts, registry, host, trashed } = asking;
  const uid = registry.uidOf(login);
  const home = lstatSync(`${host.root}/home/${login}`, { throwIfNoEntry: false });
  if (uid === undefined || !home || trashed().has(login) || (await facts.account(login))) return user(login, asking);
  const holder = await facts.account(uid);
  return holder && `The uid ${uid} of the removed user ${login} is taken by ${holder.login}.`;
};
