// The closed table of what a rule may run: programs by absolute path (Debian's), and verbs of the agent itself. No program here
// runs another one that a caller names.
export const programs: ReadonlyMap<string, string> = new Map(
  Object.entries({
    chpasswd: '/usr/sbin/chpasswd',
    getent: '/usr/bin/getent',
    gpasswd: '/usr/bin/gpasswd',
    groupadd: '/usr/sbin/groupadd',
    groupdel: '/usr/sbin/groupdel',
    hostnamectl: '/usr/bin/hostnamectl',
    pdbedit: '/usr/bin/pdbedit',
    pkill: '/usr/bin/pkill',
    true: '/usr/bin/true',
    useradd: '/usr/sbin/useradd',
    userdel: '/usr/sbin/userdel',
    usermod: '/usr/sbin/usermod',
  }),
);

/** Programs that only the agent's own checks ask, never a rule. */
export const askPrograms = {
  getent: '/usr/bin/getent',
  id: '/usr/bin/id',
  sudo: '/usr/bin/sudo',
  unix_chkpwd: '/usr/sbin/unix_chkpwd',
} as const;

/** Verbs that need a rule like any program. @confirm stands outside, and what a rule writes answers to @write and its kin. */
export const verbs: ReadonlySet<string> = new Set([
  ...['@status', '@rules', '@audit', '@host', '@users'],
  ...['@adopt', '@administrator', '@revoke', '@trash', '@untrash', '@empty'],
]);
