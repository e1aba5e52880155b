import type { Knex } from 'knex';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { HostDeps } from '../agent/host-deps.ts';
import { emptyDatabase } from '../database.fixture.ts';
import { diskFigure, figuresOf, keepHistory, ranges, readHistory } from './history.ts';
import { addSample } from './store.ts';

const start = Date.UTC(2026, 0, 1, 12);
const host = {
  hostname: 'home-nas',
  system: '',
  kernel: '',
  uptimeMs: 1,
  cores: 4,
  load: [0.5, 0.4, 0.3] as [number, number, number],
  memory: { totalBytes: 8e9, availableBytes: 6e9 },
  disks: [{ path: '/', totalBytes: 100, freeBytes: 62 }],
  temperatures: [
    { name: 'cpu', celsius: 48 },
    { name: 'board', celsius: 51 },
  ],
};

let db: Knex;
beforeEach(async () => {
  db = await emptyDatabase();
});
afterEach(() => db.destroy());

it('takes load, shares and the hottest place from what the host tells', () => {
  expect(figuresOf(host)).toEqual({ load: 0.5, memory: 0.25, [diskFigure('/')]: 0.38, temperature: 51 });
  expect(figuresOf({ ...host, temperatures: [] })).not.toHaveProperty('temperature');
});

it('takes no more disks than a page can show, and none whose name would not fit', () => {
  const disks = Array.from({ length: 40 }, (_, at) => ({ path: `/${at}`, totalBytes: 1, freeBytes: 1 }));
  expect(Object.keys(figuresOf({ ...host, disks })).filter(name => name.startsWith('disk'))).toHaveLength(16);
  const long = { path: `/${'x'.repeat(200)}`, totalBytes: 1, freeBytes: 1 };
  expect(Object.keys(figuresOf({ ...host, disks: [long] }))).toEqual(['load', 'memory', 'temperature']);
});

it('asks every ten seconds, and leaves a gap where the host did not answer', async () => {
  // Only what the history itself waits for: the database answers on timers of its own.
  vi.useFakeTimers({ now: start, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  let away = false;
  const read = vi.fn(async () => ({ value: host, at: 1, stale: away ? { away: true, why: 'gone' } : undefined }));
  const deps = { db, reader: { read, forget() {} }, now: Date.now, log: { error: vi.fn() } } as unknown as HostDeps;
  const history = keepHistory(deps);
  const kept = async () => {
    const { lines } = await readHistory(db, start, start + 40_000, start + 40_000);
    return lines.load?.mean.filter(value => value !== null).length ?? 0;
  };
  const tick = async (samples: number) => {
    await vi.advanceTimersByTimeAsync(10_000);
    while ((await kept()) < samples) await new Promise(setImmediate);
  };
  await tick(1);
  away = true;
  await tick(1);
  away = false;
  await tick(2);
  await history.close();
  vi.useRealTimers();
  const { lines } = await readHistory(db, start, start + 40_000, start + 40_000);
  expect(lines.load?.mean).toEqual([null, 0.5, null, 0.5, null]);
  expect(read).toHaveBeenCalledTimes(3);
});

it('reads an hour by ten seconds, a day by five minutes, a month by the hour, a year by twelve', async () => {
  await addSample(db, start, { load: 1 });
  const widths = await Promise.all(
    Object.values(ranges).map(async ms => (await readHistory(db, start - ms, start, start)).width / 1000),
  );
  expect(widths).toEqual([10, 300, 3_600, 12 * 3_600]);
});

it('reads a part as finely as it is still kept', async () => {
  const hour = ranges.hour;
  const width = async (from: number) => (await readHistory(db, from, from + hour, start)).width / 1000;
  expect(await width(start - 3 * hour)).toBe(10);
  expect(await width(start - ranges.day - hour)).toBe(300);
  expect(await width(start - ranges.month - hour)).toBe(3_600);
});
