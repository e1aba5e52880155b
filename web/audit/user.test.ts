import { expect, it } from 'vitest';
import { insertPlan } from '../changes/store.ts';
import { emptyDatabase } from '../database.fixture.ts';
import type { Entry } from './entry.ts';
import { rules } from './log.fixture.ts';
import { addEntries, currentLog } from './store.ts';
import { formsOf, nameSome, userOf } from './user.ts';

const patterns = new Map(
  [
    ...rules,
    { id: 'users.remove', run: 'userdel <user>' },
    { id: 'users.create', run: 'useradd [-m] -c <full-name> <new-login>' },
    { id: 'users.back', run: '@untrash <trashed-user>' },
  ].map(rule => [rule.id, formsOf(rule)]),
);
const entry = (fields: object): Entry => ({ n: 1, at: '', kind: 'intent', prev: '0'.repeat(64), ...fields });

it.each<[string | undefined, object]>([
  ['jo', { rule: 'users.rename', argv: ['/usr/sbin/usermod', '-c', 'kim', 'jo'] }],
  ['jo', { rule: 'users.create', argv: ['/usr/sbin/useradd', '-c', 'kim', 'jo'] }],
  ['jo', { rule: 'users.create', argv: ['/usr/sbin/useradd', '-m', '-c', 'kim', 'jo'] }],
  ['jo', { rule: 'users.back', argv: ['@untrash', 'jo'] }],
  ['jo', { rule: 'keys.write', argv: ['@write', '/etc/gatehouse/keys/jo'] }],
  ['jo', { rule: 'keys.write', argv: ['@restore', '/etc/gatehouse/keys/jo', '3'] }],
  ['root', { kind: 'refused', rule: 'users.remove', cmd: 'userdel', args: ['root'] }],
  [
    'jo',
    {
      kind: 'confirmed',
      requests: [
        { rule: 'users.password', argv: ['/usr/sbin/chpasswd', '-e'] },
        { rule: 'users.remove', argv: ['/usr/sbin/userdel', 'jo'] },
      ],
    },
  ],
  ['jo', { kind: 'confirmed', self: 'jo', requests: [] }],
  [undefined, { rule: 'users.password', argv: ['/usr/sbin/chpasswd', '-e'] }],
  [undefined, { kind: 'refused', cmd: 'userdel', args: ['-r', 'jo'] }],
  [undefined, { rule: 'users.remove', argv: ['/usr/sbin/userdel'] }],
  [undefined, { rule: 'users.remove', argv: ['/usr/sbin/userdel', { start: 'x' }] }],
  [undefined, { rule: 'new.language', argv: ['thing', 'jo'] }],
  [undefined, { rule: 'constructor', argv: ['x', 'jo'] }],
  [undefined, { kind: 'started' }],
])('is %s of %j', (user, fields) => {
  expect(userOf(entry(fields), patterns)).toBe(user);
});

it('is the one that the change touches, where the command does not say', async () => {
  const db = await emptyDatabase();
  const row = {
    title: 't',
    state: 'planned',
    account_id: 'a',
    account: 'alex',
    again: '/',
    next: '/',
    planned_at: 0,
    expires_at: 0,
  };
  const none = { sealed: null, inverse: null, takes_back: null, started_at: null, ended_at: null };
  const touches = JSON.stringify([{ kind: 'user', name: 'jo' }]);
  await insertPlan(db, { id: 'c_1', touches, ...row, ...none } as never);
  await currentLog(db, 0);
  const argv = ['/usr/sbin/chpasswd', '-e'];
  const of = (n: number, change: string) => entry({ n, rule: 'users.password', argv, claimed: { change } });
  await addEntries(db, 1, [of(1, 'c_1'), of(2, 'c_unknown'), entry({ n: 3, kind: 'started' })], 'h', 0);
  expect(await nameSome(db, patterns)).toBe(true);
  expect(await nameSome(db, patterns)).toBe(false);
  expect((await db('audit_entries').orderBy('n')).map(({ user }) => user)).toEqual(['jo', '', '']);
  await db.destroy();
});
