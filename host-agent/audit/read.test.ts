import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { installedFiles } from './files.ts';
import { type AnyEntry, denied, fill, open, place, rename, written } from './log.fixture.ts';
import type { AuditLog } from './log.ts';

describe('entries', () => {
  let log: AuditLog;
  beforeEach(async () => {
    log = open({ rotateBytes: 2000 });
    await fill(log, 60);
    expect(installedFiles(place.path).length).toBeGreaterThan(10);
  });

  it('are given in order, across files, after any n and up to a limit', async () => {
    const all = written();
    for (let after = 0; after <= log.lastEntry; after++) {
      expect(await log.entries(after, 7)).toEqual(all.slice(after, after + 7));
    }
    expect(await log.entries(0, 1000)).toEqual(all);
    expect(await log.entries(log.lastEntry, 10)).toEqual([]);
    expect(await log.entries(0, 0)).toEqual([]);
  });

  it('near the end are read without the files before', async () => {
    for (const file of installedFiles(place.path).slice(0, -2)) {
      fs.rmSync(file);
      fs.mkdirSync(file);
    }
    expect((await log.entries(log.lastEntry - 5, 10)).length).toBe(5);
    await expect(log.entries(0, 10)).rejects.toThrow('EISDIR');
  });

  it('stay whole while the log grows and rotates', async () => {
    let after = 0;
    let writing = true;
    const writer = fill(log, 300).finally(() => {
      writing = false;
    });
    while (writing || after < log.lastEntry) {
      const some = (await log.entries(after, 50)) as AnyEntry[];
      expect(some.map(entry => entry.n)).toEqual(some.map((_, i) => after + 1 + i));
      after += some.length;
      await new Promise(setImmediate);
    }
    await writer;
    expect(after).toBe(log.lastEntry);
  });

  it('leave no gap where the log rotates while they are read', async () => {
    await log.close();
    const other = open({ path: `${place.folder}/other.jsonl`, rotateBytes: 600_000 });
    const grow = (count: number) => {
      for (let i = 0; i < count; i++) other.note('lock-out', { text: 'x'.repeat(5000) });
    };
    grow(180);
    const reading = other.entries(100, 1000);
    grow(120);
    const some = (await reading) as AnyEntry[];
    expect(some.length).toBeGreaterThan(10);
    expect(some.map(entry => entry.n)).toEqual(some.map((_, i) => 101 + i));
  });

  it('are at most 1000, and about 1 MiB', async () => {
    await fill(log, 600);
    expect((await log.entries(0, 5000)).length).toBe(1000);
    for (let i = 0; i < 12; i++) await log.intent({ ...rename, argv: Array(64).fill('x'.repeat(8000)) });
    const some = await log.entries(log.lastEntry - 24, 1000);
    expect(some.filter(entry => (entry as AnyEntry).kind === 'intent').length).toBe(3);
  });

  it('of every kind read as they were written', async () => {
    log.refused(denied);
    expect(await log.entries(log.lastEntry - 1, 1)).toMatchObject([{ ...denied, n: log.lastEntry }]);
  });
});
