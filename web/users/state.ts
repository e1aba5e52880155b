// A user as the list shows it: one word of state, found, sorted and cut into pages here, since the host tells all at once.
import type { User } from '../agent/results.ts';
import type { List } from '../list.ts';

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

export const sorts = ['login', 'name', 'uid', 'shares', 'state'] as const;

export function choose(users: readonly User[], { filters, sort, direction }: List): User[] {
  const text = (filters.q ?? '').toLocaleLowerCase();
  const state = filters.state;
  const found = users.filter(
    user =>
      (text === '' || user.login.includes(text) || user.fullName.toLocaleLowerCase().includes(text)) &&
      (!state || stateOf(user) === state),
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
  state: (a, b) => states.indexOf(stateOf(a)) - states.indexOf(stateOf(b)),
};
