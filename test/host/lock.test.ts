import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { withLock } from './lock.ts';

const name = () => `gatehouse-lock-test-${randomBytes(4).toString('hex')}`;

it('lets one in at a time, and the next when the first has failed', async () => {
  const lock = name();
  const seen: string[] = [];
  const visit = (who: string, fails = false) =>
    withLock(lock, async () => {
      seen.push(`${who} in`);
      await new Promise(resolve => setTimeout(resolve, 20));
      seen.push(`${who} out`);
      if (fails) throw new Error(who);
    });
  const visits = await Promise.allSettled([visit('a', true), visit('b', true), visit('c')]);
  expect(visits.filter(({ status }) => status === 'rejected')).toHaveLength(2);
  const order = seen.filter(line => line.endsWith(' in')).map(line => line[0]);
  expect(seen).toEqual(order.flatMap(who => [`${who} in`, `${who} out`]));
  expect(order.toSorted()).toEqual(['a', 'b', 'c']);
});

it('keeps locks of other names apart', async () => {
  expect(await withLock(name(), () => withLock(name(), async () => 'both'))).toBe('both');
});
