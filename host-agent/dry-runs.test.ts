import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DryRuns } from './dry-runs.ts';

const never = new AbortController().signal;

// Its own clock, so that no machine is too busy for what is asked.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], now: 10_000 }));
afterEach(() => void vi.useRealTimers());

it('lets 20 of a uid begin at once and then one every 50 ms, and lets another uid begin meanwhile', async () => {
  const dryRuns = new DryRuns();
  await vi.advanceTimersByTimeAsync(10_000);
  let begun = 0;
  for (let i = 0; i < 30; i++) void dryRuns.turn(1, never).then(() => begun++);
  await vi.advanceTimersByTimeAsync(0);
  expect(begun).toBe(20);
  expect(await dryRuns.turn(2, never)).toBeUndefined();
  await vi.advanceTimersByTimeAsync(49);
  expect(begun).toBe(20);
  await vi.advanceTimersByTimeAsync(1);
  expect(begun).toBe(21);
  await vi.advanceTimersByTimeAsync(450);
  expect(begun).toBe(30);
});
