import { describe, expect, it } from 'vitest';
import { pageOf, readList } from './list.ts';

const shape = { path: '/users', sorts: ['login', 'name'], filters: ['q'], size: 2 } as const;

describe('a list in the URL', () => {
  it('stands at its defaults without a query', () => {
    const list = readList({}, shape);
    expect(list).toMatchObject({ sort: 'login', direction: 'asc', page: 1, filters: { q: '' } });
    expect(list.href({})).toBe('/users');
  });

  it('reads what it knows and writes it back', () => {
    const list = readList({ sort: 'name', dir: 'desc', page: '3', q: " o'neil " }, shape);
    expect(list).toMatchObject({ sort: 'name', direction: 'desc', page: 3, filters: { q: "o'neil" } });
    expect(list.href({ page: 2 })).toBe('/users?q=o%27neil&sort=name&dir=desc&page=2');
    expect(list.href({ sort: 'login', dir: 'asc' })).toBe('/users?q=o%27neil');
  });

  it.each([{ sort: 'password' }, { dir: 'up' }, { page: '-1' }, { page: '1e9' }, { sort: ['a'] }])(
    'ignores %j',
    query => {
      expect(readList(query, shape).href({})).toBe('/users');
    },
  );

  it('cuts a page out of rows, and draws a page that is too high back', () => {
    const rows = ['a', 'b', 'c'];
    expect(pageOf(rows, readList({ page: '2' }, shape))).toEqual({ rows: ['c'], page: 2, pages: 2, total: 3 });
    expect(pageOf(rows, readList({ page: '9' }, shape)).rows).toEqual(['c']);
    expect(pageOf([], readList({}, shape))).toEqual({ rows: [], page: 1, pages: 1, total: 0 });
  });
});
