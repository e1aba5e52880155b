// Groups that Gatehouse makes. What sets the types apart is the check against the host.
import type { SlotType } from '../types.ts';

const shape = { pattern: /^[a-z][a-z0-9_-]{0,30}$/, maxBytes: 31, never: ':/.,= ' } as const;

export const group: SlotType = {
  ...shape,
  name: 'group',
  about: 'the name of a group that Gatehouse made',
  example: 'family',
};
export const emptyGroup: SlotType = {
  ...shape,
  name: 'empty-group',
  about: 'the name of a group that Gatehouse made and that nobody is in',
  example: 'family',
};
export const newGroup: SlotType = {
  ...shape,
  name: 'new-group',
  about: 'a name that is free: a small letter, then up to 30 of a-z 0-9 _ -',
  example: 'family',
};
