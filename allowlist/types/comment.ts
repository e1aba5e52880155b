import type { SlotType } from '../types.ts';

export const comment: SlotType = {
  name: 'comment',
  pattern: /^# [\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,100}$/u,
  maxBytes: 402,
  about: 'a comment: "# " and up to 100 printable characters',
  example: '# laptop',
  never: '\n\r',
};
