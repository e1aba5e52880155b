// The acts on users, each a pure function that gives the change. Exact commands: allowlist/rules/users.yaml.
import type { User } from '../agent/results.ts';
import type { Change, HostCommand, Undo } from '../changes/change.ts';
import { t } from '../i18n/text.ts';
import { passwordSteps, sambaFlags } from './credentials.ts';
import { subject, turning } from './fact.ts';
import { joining } from './group.ts';
import type { NewPassword } from './password.ts';

export interface NewUser {
  login: string;
  fullName: string;
  /** @status tells it; the agent refuses any other. */
  uid: number;
  password?: NewPassword | undefined;
}

const shells = { yes: '/bin/bash', no: '/usr/sbin/nologin' } as const;

/** Whether somebody with this shell gets further than the greeting. */
export const hasShell = ({ shell }: Pick<User, 'shell'>): boolean => !/\/(?:nologin|false)$/.test(shell);

export function makeUser({ login, fullName, uid, password }: NewUser): Change {
  const own = ['-m', '-K', 'HOME_MODE=0700', '-u', `${uid}`, '-g', 'users'];
  const later: HostCommand[] = password ? passwordSteps(login, password) : [];
  return {
    title: t('users.make.title', { login }),
    steps: [
      { cmd: 'useradd', args: [...own, '-s', shells.no, '-c', fullName, login], says: t('users.make.step') },
      ...later.map(step => ({ ...step, relies: true as const })),
    ],
    undo: [
      { of: 0, cmd: '@trash', args: [login], says: t('users.trash.step'), relies: true },
      { of: 0, cmd: 'userdel', args: [login], says: t('users.remove.step'), relies: true },
    ],
    touches: [subject(login)],
  };
}

export function renameUser({ login, fullName }: User, name: string): Change {
  const rename = (to: string) => ({
    cmd: 'usermod',
    args: ['-c', to, login],
    says: t('users.rename.step', { name: to }),
  });
  return {
    title: t('users.rename.title', { login }),
    steps: [rename(name)],
    undo: [],
    ...(fullName !== '' && { inverse: [rename(fullName)] }),
    ...turning(login, 'fullName', fullName, name),
  };
}

export function setShell({ login, shell }: User, allowed: keyof typeof shells): Change {
  const set = (to: string) => ({ cmd: 'usermod', args: ['-s', to, login], says: t('users.shell.step', { shell: to }) });
  const known = Object.values<string>(shells).includes(shell);
  return {
    title: t(`users.shell.title.${allowed}`, { login }),
    steps: [set(shells[allowed])],
    undo: [],
    ...(known && { inverse: [set(shell)] }),
    ...turning(login, 'shell', shell, shells[allowed]),
  };
}

/** Nothing lets them in any more, and what they run ends: also connections to file shares, which run under their name. */
export function lockUser(user: User): Change {
  const { login } = user;
  const steps: HostCommand[] = [lock(login)];
  if (user.samba) steps.push(sambaFlags(login, '[D]'));
  steps.push({ cmd: 'pkill', args: ['-KILL', '-u', login], accept: [0, 1], says: t('users.end.step') });
  const back = unlocking(user);
  return {
    title: t('users.lock.title', { login }),
    steps,
    undo: back.map((step, of): Undo => ({ ...step, of })),
    inverse: back,
    ...turning(login, 'locked', user.expired ? 'yes' : 'no', 'yes'),
  };
}

/** For a user who is locked out: by a lock, after a delete that stopped half way, or by hand at the host. */
export function unlockUser(user: User): Change {
  const { login, hasPassword } = user;
  const unlock = unlocking({ ...user, locked: hasPassword === false });
  return {
    title: t('users.unlock.title', { login }),
    steps: unlock,
    undo: [{ ...lock(login), of: 0 }],
    inverse: [lock(login), ...(user.samba ? [sambaFlags(login, '[D]')] : [])],
    ...turning(login, 'locked', user.expired ? 'yes' : 'no', 'no'),
  };
}

const lock = (login: string): HostCommand => ({
  cmd: 'usermod',
  args: ['-L', '-e', '1', login],
  says: t('users.lock.step'),
});

/** Step by step what a lock did. A password that was locked before stays so, and none is not made one. */
function unlocking({ login, locked, hasPassword, samba: inSamba }: User): HostCommand[] {
  const withPassword = locked === false && hasPassword !== false;
  const unlock = withPassword
    ? { cmd: 'usermod', args: ['-U', '-e', '', login], says: t('users.unlock-password.step') }
    : { cmd: 'usermod', args: ['-e', '', login], says: t('users.unlock.step') };
  return inSamba ? [unlock, sambaFlags(login, '[]')] : [unlock];
}

/** The groups of Gatehouse that this user is in: there are no others, beside `users` and one of their own. */
const joined = ({ login, groups }: User): string[] => groups.filter(name => name !== 'users' && name !== login);

/** Locked out first, so that nothing of theirs runs while the home moves. Their file-share password cannot be put back. */
export function deleteUser(user: User): Change {
  const { login } = user;
  const steps: HostCommand[] = [
    lock(login),
    { cmd: 'pkill', args: ['-KILL', '-u', login], accept: [0, 1], says: t('users.end.step') },
  ];
  if (user.samba) steps.push({ cmd: 'pdbedit', args: ['-d0', '-x', '-u', login], says: t('users.unshare.step') });
  const trash = steps.push({ cmd: '@trash', args: [login], says: t('users.trash.step') }) - 1;
  steps.push({ cmd: 'userdel', args: [login], says: t('users.remove.step'), relies: true });
  return {
    title: t('users.delete.title', { login }),
    steps,
    undo: [
      ...unlocking({ ...user, samba: false }).map(step => ({ ...step, of: 0 })),
      { of: trash, ...putBack(login), relies: true },
    ],
    inverse: [putBack(login), ...joined(user).map(name => ({ ...joining(login, name), relies: true as const }))],
    touches: [subject(login)],
  };
}

export function putBackUser(login: string): Change {
  return {
    title: t('users.put-back.title', { login }),
    steps: [putBack(login)],
    undo: [],
    touches: [subject(login)],
  };
}

const putBack = (login: string): HostCommand => ({ cmd: '@untrash', args: [login], says: t('users.untrash.step') });

/** There is no way back from this one. */
export function emptyTrash(login: string): Change {
  return only(login, '@empty', t('users.empty.title', { login }), t('users.empty.step'));
}

/** Of the keys that somebody keeps, only the one whose password it is puts any back. */
export function revokeKeys({ login }: User): Change {
  return only(login, '@revoke', t('users.own-keys.revoke.title', { login }), t('users.own-keys.revoke.step'));
}

/** Waits for a person at the host's terminal, as the next one does. */
export function takeOver(login: string): Change {
  return only(login, '@adopt', t('users.take-over.title', { login }), t('users.take-over.step'));
}

export function makeAdministrator(login: string): Change {
  return only(login, '@administrator', t('users.administrator.title', { login }), t('users.administrator.step'));
}

const only = (login: string, cmd: string, title: string, says: string): Change => ({
  title,
  steps: [{ cmd, args: [login], says }],
  undo: [],
  touches: [subject(login)],
});
