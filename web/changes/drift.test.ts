import { expect, it } from 'vitest';
import type { Reader } from '../agent/reader.ts';
import { user } from '../users/user.fixture.ts';
import type { Fact } from './change.ts';
import { driftOf } from './drift.ts';

const subject = { kind: 'user', name: 'jo' } as const;
const about = (what: Fact['what'], value: string): Fact => ({ subject, what, value });
const expected = [about('fullName', 'Jo Example'), about('groups', 'family, users'), about('locked', 'no')];
const stale = { away: true, why: 'gone' };
/** What the host says of its users, its name and the file of keys. */
const telling = (users: object[] | undefined, more: object = {}) =>
  ({
    read: async ({ cmd }: { cmd: string }) => ({
      value: users && { '@users': { users }, '@host': { hostname: 'nas' }, '@generations': { content: 'a key' } }[cmd],
      ...more,
    }),
  }) as unknown as Reader;
const jo = user('jo', { fullName: 'Jo Example', groups: ['users', 'family'], expired: false });

it('is nothing where all is as it was', async () => {
  const all = [...expected, about('keys', 'a key'), about('hostName', 'nas')];
  expect(await driftOf(telling([jo]), all)).toEqual([]);
});

it('is what another hand has changed, each with what it is now', async () => {
  const changed = { ...jo, fullName: 'Somebody', expired: true };
  const all = [...expected, about('keys', 'another'), about('hostName', 'attic')];
  expect((await driftOf(telling([changed]), all)).map(({ what, now }) => [what, now])).toEqual([
    ['fullName', 'Somebody'],
    ['locked', 'yes'],
    ['keys', 'a key'],
    ['hostName', 'nas'],
  ]);
});

it('is that somebody is gone', async () => {
  expect((await driftOf(telling([]), expected)).map(({ now }) => now)).toEqual([undefined, undefined, undefined]);
});

it.each([
  ['told once, and does not tell now', telling([{ ...jo, fullName: 'Somebody' }], { stale })],
  ['never told', telling(undefined)],
])('is not guessed at where the host %s', async (_, reader) => {
  expect(await driftOf(reader, [...expected, about('keys', 'x'), about('hostName', 'x')])).toEqual([]);
});
