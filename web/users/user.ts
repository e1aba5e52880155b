// The acts on users, each a pure function that gives the change. Exact commands: allowlist/rules/users.yaml and keys.yaml.
import type { User } from '../agent/results.ts';
import type { Change, HostCommand } from '../changes/change.ts';
import { t } from '../i18n/text.ts';
import { type Key, keysFile } from './keys.ts';
import type { NewPassword } from './password.ts';

export interface NewUser {
  login: string;
  fullName: string;
  /** @status tells it; the agent refuses any other. */
  uid: number;
  password?: NewPassword | undefined;
}

export function makeUser({ login, fullName, uid, password }: NewUser): Change {
  const make = [
    '-m',
    '-K',
    'HOME_MODE=0700',
    '-u',
    `${uid}`,
    '-g',
    'users',
    '-s',
    '/usr/sbin/nologin',
    '-c',
    fullName,
    login,
  ];
  const later: HostCommand[] = password ? passwordSteps(login, password) : [];
  return {
    title: t('users.make.title', { login }),
    steps: [
      { cmd: 'useradd', args: make, says: t('users.make.step') },
      ...later.map(step => ({ ...step, relies: true as const })),
    ],
    undo: [
      { of: 0, cmd: '@trash', args: [login], says: t('users.trash.step') },
      { of: 0, cmd: 'userdel', args: [login], says: t('users.remove.step'), relies: true },
    ],
    touches: [user(login)],
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
    touches: [user(login)],
  };
}

/** For Linux and file shares together. The old ones cannot be put back: nobody knows them. */
export function setPassword(login: string, password: NewPassword): Change {
  return {
    title: t('users.password.title', { login }),
    steps: passwordSteps(login, password),
    undo: [],
    touches: [user(login)],
  };
}

function passwordSteps(login: string, { text, hash }: NewPassword): HostCommand[] {
  return [
    {
      cmd: 'chpasswd',
      args: ['-e'],
      stdin: `${login}:${hash}\n`,
      given: `${login}:•••`,
      says: t('users.password.step'),
    },
    {
      cmd: 'pdbedit',
      args: ['-d0', '-t', '-a', '-u', login],
      stdin: `${text}\n${text}\n`,
      given: t('users.samba.given'),
      says: t('users.samba.step'),
    },
  ];
}

export function addKey(login: string, keys: readonly Key[], key: Key): Change {
  return writeKeys(
    login,
    keys,
    [...keys, key],
    t('users.keys.add.title', { login }),
    t('users.keys.add.step', { name: key.name }),
  );
}

export function removeKey(login: string, keys: readonly Key[], key: Key): Change {
  const left = keys.filter(({ fingerprint }) => fingerprint !== key.fingerprint);
  return writeKeys(
    login,
    keys,
    left,
    t('users.keys.remove.title', { login }),
    t('users.keys.remove.step', { name: key.name }),
  );
}

function writeKeys(login: string, before: readonly Key[], after: readonly Key[], title: string, says: string): Change {
  const write = (keys: readonly Key[]) => ({ cmd: '@write', args: [keysPath(login)], stdin: keysFile(keys) });
  return {
    title,
    steps: [{ ...write(after), says }],
    undo: [],
    inverse: [{ ...write(before), says: t('users.keys.undo.step') }],
    touches: [user(login)],
  };
}

export const keysPath = (login: string): string => `/etc/gatehouse/keys/${login}`;

/** Locked out first, so that nothing of theirs runs while the home moves. Their file-share password cannot be put back. */
export function deleteUser({ login, samba }: User): Change {
  const steps: HostCommand[] = [
    { cmd: 'usermod', args: ['-L', '-e', '1', login], says: t('users.lock.step') },
    { cmd: 'pkill', args: ['-KILL', '-u', login], accept: [0, 1], says: t('users.end.step') },
  ];
  if (samba) steps.push({ cmd: 'pdbedit', args: ['-d0', '-x', '-u', login], says: t('users.unshare.step') });
  const trash = steps.push({ cmd: '@trash', args: [login], says: t('users.trash.step') }) - 1;
  steps.push({ cmd: 'userdel', args: [login], says: t('users.remove.step'), relies: true });
  return {
    title: t('users.delete.title', { login }),
    steps,
    undo: [
      { of: 0, cmd: 'usermod', args: ['-e', '', login], says: t('users.unlock.step') },
      { of: trash, cmd: '@untrash', args: [login], says: t('users.untrash.step'), relies: true },
    ],
    inverse: [{ cmd: '@untrash', args: [login], says: t('users.untrash.step') }],
    touches: [user(login)],
  };
}

export function putBackUser(login: string): Change {
  return {
    title: t('users.put-back.title', { login }),
    steps: [{ cmd: '@untrash', args: [login], says: t('users.untrash.step') }],
    undo: [],
    touches: [user(login)],
  };
}

/** For a user who is locked out: after a delete that stopped half way, or by hand at the host. */
export function letIn(login: string): Change {
  return {
    title: t('users.let-in.title', { login }),
    steps: [{ cmd: 'usermod', args: ['-e', '', login], says: t('users.unlock.step') }],
    undo: [],
    inverse: [{ cmd: 'usermod', args: ['-L', '-e', '1', login], says: t('users.lock.step') }],
    touches: [user(login)],
  };
}

const user = (name: string) => ({ kind: 'user', name }) as const;
