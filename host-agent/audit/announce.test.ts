import fs from 'node:fs';
import { expect, it, vi } from 'vitest';
import { lineHash } from './entry.ts';
import { open, place } from './log.fixture.ts';

it('the newest hash is announced at start, each minute with news and at stop, once it is on disk', async () => {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  const sync = vi.spyOn(fs, 'fdatasync');
  const told: [string, number][] = [];
  // Not vi.waitFor: while it looks again and again it moves the clock.
  let heard = Promise.withResolvers<void>();
  const log = open({
    announce: (hash, n) => {
      expect(sync).toHaveBeenCalled();
      sync.mockClear();
      told.push([hash, n]);
      heard.resolve();
    },
  });
  await heard.promise;
  heard = Promise.withResolvers();
  vi.advanceTimersByTime(59_000);
  log.note('lock-out', {});
  log.note('lock-out', {});
  expect(told.length).toBe(1);
  vi.advanceTimersByTime(1_000);
  await heard.promise;
  expect(told.length).toBe(2);
  vi.advanceTimersByTime(300_000);
  await log.close();
  const lines = fs.readFileSync(place.path, 'utf8').split('\n');
  expect(told).toEqual([1, 3, 4].map(n => [lineHash(Buffer.from(lines[n - 1]!)), n]));
});
