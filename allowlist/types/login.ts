// Logins. The pattern is stricter than any tool's; what sets the types apart is the check against the host.
import type { SlotType } from '../types.ts';

const shape = { pattern: /^[a-z][a-z0-9_-]{0,30}$/, maxBytes: 31, never: ':/.,= ' } as const;

export const user: SlotType = {
  ...shape,
  name: 'user',
  about: 'the login of a user that Gatehouse manages',
  example: 'jo',
};
export const sambaUser: SlotType = {
  ...shape,
  name: 'samba-user',
  about: 'the login of a user that Gatehouse manages, whom file shares let in',
  example: 'jo',
};
export const leavingUser: SlotType = {
  ...shape,
  name: 'leaving-user',
  about: 'the login of a user that Gatehouse manages, or managed until the account was removed',
  example: 'jo',
};
export const newLogin: SlotType = {
  ...shape,
  name: 'new-login',
  about: 'a login that is free: a small letter, then up to 30 of a-z 0-9 _ -',
  example: 'guest-room',
};
export const hostAccount: SlotType = {
  ...shape,
  name: 'host-account',
  about: 'the login of an account that people made on this host, without privilege, as Gatehouse would have made it',
  example: 'kim',
};
export const trashedUser: SlotType = {
  ...shape,
  name: 'trashed-user',
  about: 'the login of a deleted user whose home is in the trash',
  example: 'jo',
};
/** Any login of the host, for questions that change nothing. */
export const login: SlotType = {
  ...shape,
  pattern: /^[a-z_][a-z0-9_-]{0,31}$/,
  maxBytes: 32,
  name: 'login',
  about: 'a login of this host',
  example: 'debian',
};
