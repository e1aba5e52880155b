// An account as the list shows it: one word of state, found, sorted and cut into pages here, since there are few.
import type { List } from '../list.ts';
import { type ListedAccount, roles } from './store.ts';

const states = ['active', 'recovery', 'invited', 'lapsed'] as const;
type State = (typeof states)[number];

export const toneOf = { active: 'ok', recovery: 'warn', invited: 'wait', lapsed: 'warn' } as const satisfies Record<
  State,
  string
>;

/** Without a password an account waits for its link to be used, or needs a new one; with one, only the host's terminal made it a link. */
export function stateOf({ hasPassword, invitedUntil }: ListedAccount, now: number): State {
  const open = invitedUntil !== null && now < invitedUntil;
  if (hasPassword) return open ? 'recovery' : 'active';
  return open ? 'invited' : 'lapsed';
}

export const sorts = ['login', 'name', 'role', 'user', 'seen'] as const;

export function choose(accounts: readonly ListedAccount[], { filters, sort, direction }: List): ListedAccount[] {
  const text = (filters.q ?? '').toLocaleLowerCase();
  const found = accounts.filter(
    ({ login, name, role, user }) =>
      [login, name, user ?? ''].some(word => word.toLocaleLowerCase().includes(text)) &&
      (!filters.role || role === filters.role),
  );
  const way = direction === 'desc' ? -1 : 1;
  const order = orders[sort as (typeof sorts)[number]];
  return found.sort((a, b) => way * (order(a, b) || orders.login(a, b)));
}

type Order = (a: ListedAccount, b: ListedAccount) => number;
const names = new Intl.Collator('en', { sensitivity: 'base', numeric: true });
const orders: Record<(typeof sorts)[number], Order> = {
  login: (a, b) => names.compare(a.login, b.login),
  name: (a, b) => names.compare(a.name, b.name),
  role: (a, b) => roles.indexOf(a.role) - roles.indexOf(b.role),
  user: (a, b) => names.compare(a.user ?? '', b.user ?? ''),
  seen: (a, b) => (b.signedInAt ?? 0) - (a.signedInAt ?? 0),
};
