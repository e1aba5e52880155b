import type { SlotType } from '../types.ts';

/** The one uid that the agent's durable counter gives next. */
export const nextUid: SlotType = {
  name: 'next-uid',
  pattern: /^[1-9][0-9]{3,4}$/,
  maxBytes: 5,
  about: 'the next user number, as @status tells it',
  example: '1007',
  never: ':/.,=- ',
};
/** The same counter: a number is given once, to a user or to a group. */
export const nextGid: SlotType = {
  ...nextUid,
  name: 'next-gid',
  about: 'the next group number, as @status tells it',
};
export const generation: SlotType = {
  name: 'generation',
  pattern: /^[1-9][0-9]{0,8}$/,
  maxBytes: 9,
  about: 'the number of a kept generation of this file',
  example: '3',
  never: ':/.,=- ',
};
export const count: SlotType = {
  name: 'count',
  pattern: /^(?:0|[1-9][0-9]{0,14})$/,
  maxBytes: 15,
  about: 'a whole number',
  example: '500',
  never: ':/.,=- ',
};
