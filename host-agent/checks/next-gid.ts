// <next-gid>: the same counter as <next-uid>, so that a number is given once, to a user or to a group.
import type { Check } from './check.ts';
import { notNext } from './next-uid.ts';
import { fileNaming, grantsOf } from './policy.ts';

export const nextGid: Check = async (value, asking) => {
  const fault = await notNext(value, 'gid', asking);
  if (fault) return fault;
  const file = fileNaming(grantsOf(asking.host.root, 'sudo', 'doas', 'polkit'), value);
  return file && `${file} names the number ${value}, so a new group would be privileged.`;
};
