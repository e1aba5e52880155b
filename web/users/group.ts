// The acts on groups of users, each a pure function that gives the change. Exact commands: allowlist/rules/groups.yaml.
import type { HostUsers, User } from '../agent/results.ts';
import type { Change, HostCommand } from '../changes/change.ts';
import { t } from '../i18n/text.ts';
import { turning } from './fact.ts';

export type Group = HostUsers['groups'][number];

/** `gid` is the next number, as @status tells it: users and groups share one counter. */
export function makeGroup(name: string, gid: number): Change {
  return {
    title: t('groups.make.title', { name }),
    steps: [{ cmd: 'groupadd', args: ['-g', `${gid}`, name], says: t('groups.make.step') }],
    undo: [],
    inverse: [{ cmd: 'groupdel', args: [name], says: t('groups.remove.step') }],
    touches: [{ kind: 'group', name }],
  };
}

/** There is no way back: a group made later gets another number. */
export function removeGroup(name: string): Change {
  return {
    title: t('groups.remove.title', { name }),
    steps: [{ cmd: 'groupdel', args: [name], says: t('groups.remove.step') }],
    undo: [],
    touches: [{ kind: 'group', name }],
  };
}

export function putInGroup(user: User, name: string): Change {
  const title = t('groups.put-in.title', { login: user.login, name });
  const after = [...user.groups, name];
  return { title, ...membership(user, joining(user.login, name), leaving(user.login, name), after) };
}

export function takeOutOfGroup(user: User, name: string): Change {
  const title = t('groups.take-out.title', { login: user.login, name });
  const after = user.groups.filter(group => group !== name);
  return { title, ...membership(user, leaving(user.login, name), joining(user.login, name), after) };
}

function membership({ login, groups }: User, there: HostCommand, back: HostCommand, after: readonly string[]) {
  const text = (names: readonly string[]) => names.toSorted().join(', ');
  return { steps: [there], undo: [], inverse: [back], ...turning(login, 'groups', text(groups), text(after)) };
}

export const joining = (login: string, name: string): HostCommand => ({
  cmd: 'gpasswd',
  args: ['-a', login, name],
  says: t('groups.put-in.step', { name }),
});

const leaving = (login: string, name: string): HostCommand => ({
  cmd: 'gpasswd',
  args: ['-d', login, name],
  says: t('groups.take-out.step', { name }),
});
