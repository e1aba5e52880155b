// 20 kills -9 under load; `node test/agent/kills.ts 200 1` is the whole.
import { expect, it } from 'vitest';
import { kills } from './kills.ts';

it('leaves no intent without an end, no effect without an intent and an audit log that verifies', async () => {
  const result = await kills(20, 1);
  expect(result.faults).toEqual([]);
  expect(result.intents).toBeGreaterThan(40);
  expect(result.unknown).toBeGreaterThan(0);
  expect(result.usersMade).toBeGreaterThan(1);
}, 180_000);
