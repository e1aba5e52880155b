// Passwords and their hashes. Both only ever travel on stdin.
import type { SlotType } from '../types.ts';

/** crypt(5): a complete sha512-crypt or yescrypt hash; never empty, never "!" or "*". */
export const passwordHash: SlotType = {
  name: 'password-hash',
  pattern:
    /^(?:\$6\$(?:rounds=[1-9][0-9]{3,8}\$)?[./0-9A-Za-z]{1,16}\$[./0-9A-Za-z]{86}|\$y\$[./0-9A-Za-z]{1,16}\$[./0-9A-Za-z]{1,86}\$[./0-9A-Za-z]{43})$/,
  maxBytes: 180,
  about: 'a complete sha512-crypt ($6$…) or yescrypt ($y$…) hash',
  example: '$6$…',
  never: ':\n',
  secret: true,
};
export const password: SlotType = {
  name: 'password',
  pattern: /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{8,127}$/u,
  maxBytes: 254,
  about: 'a password of 8 to 127 characters without control characters',
  example: 'four words and a fish',
  never: '\n\r',
  freeText: true,
  secret: true,
};
