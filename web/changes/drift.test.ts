import { expect, it } from 'vitest';
import type { Reader } from '../agent/reader.ts';
import { user } from '../users/user.fixture.ts';
import type { Fact } from './change.ts';
import { asNow, boundToUids, driftOf } from './drift.ts';

const subject = { kind: 'user', name: 'jo' } as const;
const about = (what: Fact['what'], value: string): Fact => ({ subject, what, value });
const expected = [about('fullName', 'Jo Example'), about('groups', 'family, users'), about('locked', 'no')];
const stale = { away: true, why: 'gone' };
/** What the host says of its users, its name and the file of keys. */
const telling = (users: object[] | undefined, more: object = {}, trash: object[] = []) =>
  ({
    read: async ({ cmd }: { cmd: string }) => ({
      value:
        users &&
        { '@users': { users, trash }, '@host': { hostname: 'nas' }, '@generations': { content: 'a key' } }[cmd],
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

it('is that a login is of another user, also where they lie in the trash', async () => {
  const change = { title: 'x', steps: [], undo: [], inverse: [], touches: [subject], leaves: [about('shell', 'x')] };
  const { expects, leaves = [] } = await boundToUids(telling([{ ...jo, uid: 1002 }]), change);
  expect([expects, leaves]).toEqual([[about('uid', '1002')], [about('uid', '1002'), about('shell', 'x')]]);
  const uid = leaves.slice(0, 1);
  const trashed = (uid: number) => [{ login: 'jo', uid, fullName: '', at: '' }];
  expect(await driftOf(telling([{ ...jo, uid: 1002 }]), uid)).toEqual([]);
  expect(await driftOf(telling([], {}, trashed(1002)), uid)).toEqual([]);
  expect(await driftOf(telling([], {}, trashed(1009)), uid)).toMatchObject([{ what: 'uid', now: '1009' }]);
  expect(await driftOf(telling([{ ...jo, uid: 1009 }]), uid)).toMatchObject([{ what: 'uid', now: '1009' }]);
  // What brings them to be has no number yet, and what cannot be taken back needs none.
  expect(await boundToUids(telling([]), change)).toMatchObject({ expects: [] });
  expect(await boundToUids(telling([jo]), { ...change, inverse: undefined } as never)).not.toHaveProperty('expects');
});

it('leaves in a file what came into it since, and takes out or puts back what a way back is about', async () => {
  const write = { cmd: '@write', args: ['/etc/gatehouse/keys/jo'], says: 'x', stdin: 'as it was\n' };
  const holding = (content: string, more = {}) =>
    ({ read: async () => ({ value: { content, generations: [] }, ...more }) }) as unknown as Reader;
  const now = async (content: string, edit?: { out: string } | { back: string }, more = {}) =>
    (await asNow(holding(content, more), { ...write, ...(edit && { edit }) })).stdin;
  expect(await now('# a\nA\n# b\nB\n', { out: '# a\nA\n' })).toBe('# b\nB\n');
  expect(await now('# b\nB\n', { out: '# a\nA\n' })).toBe('# b\nB\n');
  expect(await now('# b\nB\n', { back: '# a\nA\n' })).toBe('# b\nB\n# a\nA\n');
  expect(await now('# a\nA\n', { back: '# a\nA\n' })).toBe('# a\nA\n');
  expect(await now('# a\nA\n')).toBe('as it was\n');
  expect(await now('# a\nA\n', { out: '# a\nA\n' }, { stale })).toBe('as it was\n');
  expect(await asNow(holding(''), { ...write, edit: { out: 'x' } })).not.toHaveProperty('edit');
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
