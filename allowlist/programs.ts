// The closed table of programs a rule may run: absolute paths of Debian. None of them runs another program that a caller names.
const rootPrograms = {
  chpasswd: '/usr/sbin/chpasswd',
  getent: '/usr/bin/getent',
  passwd: '/usr/bin/passwd',
  pdbedit: '/usr/bin/pdbedit',
  pkill: '/usr/bin/pkill',
  true: '/usr/bin/true',
  useradd: '/usr/sbin/useradd',
  userdel: '/usr/sbin/userdel',
  usermod: '/usr/sbin/usermod',
} as const;
export const programs: ReadonlyMap<string, string> = new Map(Object.entries(rootPrograms));

/** Programs that only the agent's own checks ask, never a rule. */
export const askPrograms = { getent: '/usr/bin/getent', id: '/usr/bin/id', sudo: '/usr/bin/sudo' } as const;

/** Verbs of the agent that a rule must allow before they run; and those that only tell and need no rule. */
export const ruledVerbs = ['@trash', '@untrash', '@empty'] as const;
export const tellingVerbs = ['@status', '@rules', '@host', '@users', '@audit after <count> limit <count>'] as const;
