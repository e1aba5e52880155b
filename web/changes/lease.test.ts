import type { Knex } from 'knex';
import { beforeEach, expect, it } from 'vitest';
import { emptyDatabase } from '../database.fixture.ts';
import { claim, hold, leaseMs, release, takeOver } from './lease.ts';
import { insertPlan } from './store.ts';

const now = 1_800_000_000_000;
const jo = { kind: 'user', name: 'jo' } as const;
const none = new Set<string>();
let db: Knex;

beforeEach(async () => {
  db = await emptyDatabase();
  for (const id of ['c_one', 'c_two'])
    await insertPlan(db, {
      ...{ id, account_id: 'a', account: 'alex', title: 'x', state: 'planned', touches: '[]', again: '/', next: '/' },
      ...{ sealed: null, inverse: null, leaves: null, takes_back: null, planned_at: now, expires_at: now + 1 },
    });
});
const ids = async (taken: ReturnType<typeof takeOver>) => (await taken).map(({ id }) => id);

it('is got by one of two that want it, once', async () => {
  const both = await Promise.all(['here', 'there'].map(owner => claim(db, 'c_one', owner, [jo], now)));
  expect(both.toSorted()).toEqual(['claimed', 'taken']);
  expect(await claim(db, 'c_one', 'here', [jo], now + 10 * leaseMs)).toBe('taken');
});

it('is refused for a subject that another change has its hands on, which is named', async () => {
  expect(await claim(db, 'c_one', 'here', [jo], now)).toBe('claimed');
  expect(await claim(db, 'c_two', 'here', [{ kind: 'user', name: 'kim' }, jo], now)).toMatchObject({ id: 'c_one' });
  expect(await claim(db, 'c_two', 'here', [{ kind: 'group', name: 'jo' }], now)).toBe('claimed');
});

it('is not taken over while it is held, nor from oneself; afterwards by one of two', async () => {
  await claim(db, 'c_one', 'here', [jo], now);
  expect(await ids(takeOver(db, 'there', none, now + leaseMs - 1))).toEqual([]);
  expect(await ids(takeOver(db, 'here', new Set(['c_one']), now + leaseMs))).toEqual([]);
  const both = ['there', 'yonder'].map(owner => ids(takeOver(db, owner, none, now + leaseMs)));
  expect((await Promise.all(both)).flat()).toEqual(['c_one']);
});

it('is over for who lost it, whatever the time', async () => {
  await claim(db, 'c_one', 'here', [jo], now);
  expect(await hold(db, 'c_one', 'here', now)).toEqual({ cancelAsked: false });
  await takeOver(db, 'there', none, now + leaseMs);
  expect(await hold(db, 'c_one', 'here', now + leaseMs)).toBeUndefined();
  await release(db, 'c_one', 'here');
  expect(await ids(takeOver(db, 'yonder', none, now + leaseMs))).toEqual([]);
  expect(await hold(db, 'c_one', 'there', now + leaseMs)).toEqual({ cancelAsked: false });
});

it('is found by the next start once it is let go, or where the clock was set back', async () => {
  await claim(db, 'c_one', 'here', [jo], now);
  expect(await ids(takeOver(db, 'there', none, now - 10 * leaseMs))).toEqual(['c_one']);
  await release(db, 'c_one', 'there');
  expect(await ids(takeOver(db, 'yonder', none, now))).toEqual(['c_one']);
});
