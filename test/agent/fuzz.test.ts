// 50,000 hostile frames; `node test/agent/fuzz.ts 1000000 1` is the whole.
import { expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';

it('serves a good client all along, crashes at nothing and stays small', async () => {
  const { alive, goodFailures, goodRequests, anonymousMbAfter, replies, unexpected, verify } = await fuzz(50_000, 1);
  expect({ alive, goodFailures, unexpected, verify }).toEqual({
    ...{ alive: true, goodFailures: [], unexpected: [] },
    verify: expect.stringMatching(/^ok: \d+ entries/),
  });
  expect(goodRequests).toBeGreaterThan(20);
  expect(anonymousMbAfter).toBeLessThanOrEqual(64);
  // Most frames reached the decision, and some lawful ones ran.
  expect(Object.values(replies).reduce((a, b) => a + b, 0)).toBeGreaterThan(10_000);
  for (const event of ['done', 'not-allowed', 'bad-request', 'not-permitted-now', 'needs-confirmation', 'plan'])
    expect(replies[event], event).toBeGreaterThan(0);
}, 180_000);
