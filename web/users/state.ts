// A user as the list shows it: one word of state, found, sorted and cut into pages here, since the host tells all at once.
import type { User } from '../agent/results.ts';
import { time } from '../i18n/figures.ts';
import { t } from '../i18n/text.ts';
import type { List } from '../list.ts';
import { hasShell } from './user.ts';

export const states = ['active', 'no-password', 'password-locked', 'locked', 'unknown'] as const;
export type State = (typeof states)[number];

export const toneOf = {
  active: 'ok',
  'no-password': 'warn',
  'password-locked': 'warn',
  locked: 'lock',
  unknown: 'off',
} as const satisfies Record<State, string>;

/** Locked is who may not in at all, by key or password. A user who never had a password counts as such, although the host writes that as a lock. */
export function stateOf({ locked, hasPassword, expired }: User): State {
  if (expired) return 'locked';
  if (hasPassword === false || (locked && hasPassword === null)) return 'no-password';
  if (locked) return 'password-locked';
  return locked === null ? 'unknown' : 'active';
}

/** In words: the host may not know, or nobody may have come. */
export function lastSignIn({ lastSignIn }: User): string {
  return lastSignIn === null ? t('users.state.unknown') : lastSignIn === 0 ? t('users.never') : time(lastSignIn);
}

export const sorts = ['login', 'name', 'uid', 'shares', 'shell', 'seen', 'state'] as const;

export function choose(users: readonly User[], { filters, sort, direction }: List): User[] {
  const text = (filters.q ?? '').toLocaleLowerCase();
  const { state, group } = filters;
  const found = users.filter(
    user =>
      (text === '' || user.login.includes(text) || user.fullName.toLocaleLowerCase().includes(text)) &&
      (!state || stateOf(user) === state) &&
      (!group || user.groups.includes(group)),
  );
  const way = direction === 'desc' ? -1 : 1;
  const order = orders[sort as (typeof sorts)[number]] ?? orders.login;
  return found.sort((a, b) => way * (order(a, b) || orders.login(a, b)));
}

const names = new Intl.Collator('en', { sensitivity: 'base', numeric: true });
const orders: Record<(typeof sorts)[number], (a: User, b: User) => number> = {
  login: (a, b) => names.compare(a.login, b.login) || (a.login < b.login ? -1 : 1),
  name: (a, b) => names.compare(a.fullName, b.fullName),
  uid: (a, b) => a.uid - b.uid,
  shares: (a, b) => Number(b.samba ?? false) - Number(a.samba ?? false),
  shell: (a, b) => Number(hasShell(b)) - Number(hasShell(a)),
  seen: (a, b) => (b.lastSignIn ?? 0) - (a.lastSignIn ?? 0),
  state: (a, b) => states.indexOf(stateOf(a)) - states.indexOf(stateOf(b)),
};
