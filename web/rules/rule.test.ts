import { expect, it } from 'vitest';
import { rule } from './rule.fixture.ts';
import { choose, type Rule, useOf } from './rule.ts';

const now = Date.parse('2026-11-21T10:00:00Z');
const day = (ago: number) => new Date(now - ago * 86_400_000).toISOString();

it.each<[string, Partial<Rule>]>([
  ['used', { lastUsed: day(89) }],
  ['idle', { lastUsed: day(91) }],
  ['never', { lastUsed: null }],
  ['off', { off: true, lastUsed: day(1) }],
  ['uncounted', { cmd: '@status', reads: true }],
  ['never', { cmd: 'getent', reads: true }],
])('is %s with %j', (use, fields) => {
  expect(useOf(rule('x.y', fields), now)).toBe(use);
});

const rules = [
  rule('users.lock', {
    file: '/rules/users.yaml',
    line: 9,
    confirm: 'code',
    uses: 3,
    lastUsed: day(1),
    danger: 'Nobody gets in.',
  }),
  rule('users.create', {
    file: '/rules/users.yaml',
    line: 2,
    run: 'useradd <new-login>',
    uses: 7,
    lastUsed: day(100),
  }),
  rule('keys.write', { file: '/rules/keys.yaml', why: 'set the keys', confirm: 'host', by: 'owner', off: true }),
];
const chosen = (wanted: object) =>
  choose(rules, { text: '', confirm: '', show: '', sort: 'subject', direction: 'asc', ...wanted }, now).map(
    ({ id }) => id,
  );

it('is sorted by subject as the files have it, or by level, uses and last use', () => {
  expect(chosen({})).toEqual(['keys.write', 'users.create', 'users.lock']);
  expect(chosen({ sort: 'confirm' })).toEqual(['users.create', 'users.lock', 'keys.write']);
  expect(chosen({ sort: 'uses', direction: 'desc' })).toEqual(['users.create', 'users.lock', 'keys.write']);
  expect(chosen({ sort: 'last' })).toEqual(['keys.write', 'users.create', 'users.lock']);
});

it('is found by its words, its level and its state', () => {
  expect(chosen({ text: 'USERADD' })).toEqual(['users.create']);
  expect(chosen({ text: 'nobody gets' })).toEqual(['users.lock']);
  expect(chosen({ confirm: 'code' })).toEqual(['users.lock']);
  expect(chosen({ show: 'idle' })).toEqual(['users.create']);
  expect(chosen({ show: 'off' })).toEqual(['keys.write']);
  expect(chosen({ show: 'owner' })).toEqual(['keys.write']);
  expect(chosen({ show: 'danger' })).toEqual(['users.lock']);
  expect(chosen({ text: 'keys', confirm: 'code' })).toEqual([]);
});
