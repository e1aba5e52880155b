// For tests: a user as @users tells of one.
import type { User } from '../agent/results.ts';

export const user = (login: string, fields: Partial<User> = {}): User => ({
  login,
  uid: 1002,
  fullName: `${login} example`,
  home: `/home/${login}`,
  shell: '/usr/sbin/nologin',
  groups: ['users'],
  locked: false,
  hasPassword: true,
  expired: false,
  samba: true,
  lastSignIn: null,
  ...fields,
});
