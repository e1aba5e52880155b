// The acts on what lets a user in, by the owner for any user or by the users for themselves: each keeps files of keys and has rules of
// its own, which ask for the owner's code or for the user's old password. Exact commands: allowlist/rules/users.yaml and keys.yaml.
import type { User } from '../agent/results.ts';
import type { Change, HostCommand } from '../changes/change.ts';
import { t } from '../i18n/text.ts';
import { subject, turning } from './fact.ts';
import { type Key, keysFile } from './keys.ts';
import type { NewPassword } from './password.ts';

export type Keeper = 'owner' | 'self';

const ways = {
  owner: { chpasswd: ['-e'], pdbedit: ['-d0', '-t', '-a', '-u'], keys: '/etc/gatehouse/keys' },
  self: { chpasswd: ['--encrypted'], pdbedit: ['-d0', '-a', '-t', '-u'], keys: '/etc/gatehouse/own-keys' },
} as const;

/** For Linux and file shares together. The old ones cannot be put back: nobody knows them. */
export function setPassword(
  user: Pick<User, 'login' | 'expired' | 'samba'>,
  password: NewPassword,
  by: Keeper = 'owner',
): Change {
  const { login } = user;
  const [linux, shares] = passwordSteps(login, password, by);
  // Whom file shares do not let in, they let in by the owner's code only.
  const steps = by === 'owner' || user.samba ? [linux, shares] : [linux];
  // pdbedit lets in whose password it sets, and Samba does not ask whether the account is expired.
  if (user.expired) steps.push(sambaFlags(login, '[D]'));
  return {
    title: t('users.password.title', { login }),
    steps,
    undo: [],
    touches: [subject(login)],
  };
}

export function passwordSteps(
  login: string,
  { text, hash }: NewPassword,
  by: Keeper = 'owner',
): [linux: HostCommand, shares: HostCommand] {
  return [
    {
      cmd: 'chpasswd',
      args: ways[by].chpasswd,
      stdin: `${login}:${hash}\n`,
      given: `${login}:•••`,
      says: t('users.password.step'),
    },
    {
      cmd: 'pdbedit',
      args: [...ways[by].pdbedit, login],
      stdin: `${text}\n${text}\n`,
      given: t('users.samba.given'),
      says: t('users.samba.step'),
    },
  ];
}

/** Shut out of file shares with the password kept, or let in again. */
export function sambaFlags(login: string, flags: '[D]' | '[]'): HostCommand {
  const says = flags === '[D]' ? t('users.samba.off.step') : t('users.samba.on.step');
  return { cmd: 'pdbedit', args: ['-d0', '-r', '-c', flags, '-u', login], says };
}

/** A file of keys as the host has it now. */
export interface KeptKeys {
  keys: readonly Key[];
  content: string;
}

export function addKey(login: string, kept: KeptKeys, key: Key, by: Keeper = 'owner'): Change {
  const title = t('users.keys.add.title', { login });
  const says = t('users.keys.add.step', { name: key.name });
  return writeKeys(login, kept, [...kept.keys, key], by, {
    title,
    says,
    back: { says: t('users.keys.add.undo', { name: key.name }), edit: { out: keysFile([key]) } },
  });
}

export function removeKey(login: string, kept: KeptKeys, key: Key, by: Keeper = 'owner'): Change {
  const left = kept.keys.filter(({ fingerprint }) => fingerprint !== key.fingerprint);
  const title = t('users.keys.remove.title', { login });
  const says = t('users.keys.remove.step', { name: key.name });
  return writeKeys(login, kept, left, by, {
    title,
    says,
    back: { says: t('users.keys.remove.undo', { name: key.name }), edit: { back: keysFile([key]) } },
  });
}

function writeKeys(
  login: string,
  { keys, content }: KeptKeys,
  after: readonly Key[],
  by: Keeper,
  { title, says, back }: { title: string; says: string; back: Pick<HostCommand, 'says' | 'edit'> },
): Change {
  const write = (to: readonly Key[]) => ({ cmd: '@write', args: [keysPath(login, by)], stdin: keysFile(to) });
  return {
    title,
    steps: [{ ...write(after), says }],
    undo: [],
    inverse: [{ ...write(keys), ...back }],
    touches: [subject(login)],
    // Facts tell of the owner's file alone.
    ...(by === 'owner' && turning(login, 'keys', content, keysFile(after))),
  };
}

export const keysPath = (login: string, by: Keeper = 'owner'): string => `${ways[by].keys}/${login}`;
