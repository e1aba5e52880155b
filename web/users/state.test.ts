import { expect, it } from 'vitest';
import type { User } from '../agent/results.ts';
import { readList } from '../list.ts';
import { choose, sorts, stateOf } from './state.ts';
import { user } from './user.fixture.ts';

const list = (query: Record<string, string>) => readList(query, { path: '/users', sorts, filters: ['q', 'state'] });
const logins = (users: User[]) => users.map(({ login }) => login);

it.each([
  [{}, 'active'],
  [{ locked: true, hasPassword: false }, 'no-password'],
  [{ locked: true, hasPassword: null }, 'no-password'],
  [{ locked: true }, 'password-locked'],
  [{ locked: true, expired: true }, 'locked'],
  [{ expired: true, hasPassword: false }, 'locked'],
  [{ locked: null, hasPassword: null }, 'unknown'],
])('calls %j %s', (fields, state) => {
  expect(stateOf(user('jo', fields))).toBe(state);
});

it('finds by login and by full name in small or capital letters', () => {
  const users = [user('jo', { fullName: 'Jo Example' }), user('kim', { fullName: 'ZOË O’Neil' })];
  expect(logins(choose(users, list({ q: 'EXAM' })))).toEqual(['jo']);
  expect(logins(choose(users, list({ q: 'zoë' })))).toEqual(['kim']);
  expect(logins(choose(users, list({ q: 'nobody' })))).toEqual([]);
});

it('sorts by what the URL says, and by login where that is equal', () => {
  const users = [user('c', { uid: 1002 }), user('a', { uid: 1001 }), user('b', { uid: 1001 })];
  expect(logins(choose(users, list({})))).toEqual(['a', 'b', 'c']);
  expect(logins(choose(users, list({ sort: 'uid', dir: 'desc' })))).toEqual(['c', 'b', 'a']);
  expect(logins(choose(users, list({ sort: 'state' })))).toEqual(['a', 'b', 'c']);
});

it('shows those of one state', () => {
  const users = [user('a', { expired: true }), user('b')];
  expect(logins(choose(users, list({ state: 'locked' })))).toEqual(['a']);
});
