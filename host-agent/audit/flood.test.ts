import fs from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Flood } from './flood.ts';
import { denied, open, peer, place, rename, written } from './log.fixture.ts';
import type { AuditLog } from './log.ts';
import { verifyFiles } from './verify.ts';

describe('more than ten refusals a second', () => {
  let log: AuditLog;
  const bursts: unknown[] = [];
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'Date'] });
    bursts.length = 0;
    log = open({ burst: burst => bursts.push(burst) });
  });
  const refuse = (count: number, uid = peer.uid) =>
    Array.from({ length: count }, () => log.refused({ ...denied, peer: { ...peer, uid } })).filter(n => n !== undefined)
      .length;
  const counted = () => written().filter(entry => entry.count !== undefined);

  it('give ten entries and one with the count of the rest, when the second is over', async () => {
    // Whatever waited already.
    vi.advanceTimersByTime(300);
    expect(refuse(25)).toBe(10);
    vi.advanceTimersByTime(999);
    expect(counted()).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(counted()).toMatchObject([
      { kind: 'refused', peer: { uid: 990 }, count: 15, problems: { 'not-allowed': 15 } },
    ]);
    expect(bursts).toEqual([{ uid: 990, count: 15, problems: { 'not-allowed': 15 } }]);
    vi.advanceTimersByTime(5000);
    expect(counted().length).toBe(1);
    expect(await verifyFiles([place.path])).toMatchObject({ ok: true });
  });

  it('are ten of each second, and ten at most are each an entry', () => {
    expect(refuse(10)).toBe(10);
    vi.advanceTimersByTime(1500);
    expect(refuse(10)).toBe(10);
    vi.advanceTimersByTime(1500);
    expect(counted()).toEqual([]);
  });

  it('of one uid leave the entries of another alone', () => {
    expect([refuse(30, 1001), refuse(5, 1002), refuse(5, 1001)]).toEqual([10, 5, 0]);
  });

  it('of several uids are counted each when their second is over', () => {
    refuse(11, 1001);
    vi.advanceTimersByTime(250);
    refuse(12, 1002);
    vi.advanceTimersByTime(750);
    expect(counted()).toMatchObject([{ count: 1 }]);
    vi.advanceTimersByTime(249);
    expect(counted().length).toBe(1);
    vi.advanceTimersByTime(1);
    expect(counted()).toMatchObject([{ count: 1 }, { count: 2 }]);
  });

  it('are tried again twice a second where their count finds no room', () => {
    refuse(11);
    const write = vi.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw new Error('ENOSPC');
    });
    vi.advanceTimersByTime(10_000);
    expect(write.mock.calls.length).toBeLessThan(25);
    write.mockRestore();
    vi.advanceTimersByTime(500);
    expect(counted()).toMatchObject([{ count: 1 }]);
  });

  it('are counted before the stop', async () => {
    refuse(12);
    await log.close();
    expect(written().slice(-2)).toMatchObject([{ kind: 'refused', count: 2 }, { kind: 'stopped' }]);
  });

  it('never hold up an intent', async () => {
    refuse(100);
    await expect(log.intent(rename)).resolves.toBe(12);
  });

  it('leave the file small: 3000 with 8 KB each', () => {
    const sizeBytes = fs.statSync(place.path).size;
    for (let i = 0; i < 3000; i++) log.refused({ ...denied, args: ['A'.repeat(8000)] });
    vi.advanceTimersByTime(2000);
    expect(fs.statSync(place.path).size - sizeBytes).toBeLessThan(30_000);
    expect(counted()).toMatchObject([{ count: 2990 }]);
  });
});

describe('the windows of the flood rule', () => {
  it('are bounded: beyond 64 uids a second the others share one', () => {
    const flood = new Flood();
    const bursts: unknown[] = [];
    let alone = 0;
    for (let uid = 0; uid < 10_000; uid++) {
      if (flood.standsAlone(uid, 0)) alone++;
      else flood.count(uid, 'not-allowed', 0);
    }
    flood.end(1000, burst => bursts.push(burst) > 0);
    expect(alone).toBe(64 + 10);
    expect(bursts).toEqual([{ uid: null, count: 10_000 - 74, problems: { 'not-allowed': 10_000 - 74 } }]);
    expect(flood.isQuiet).toBe(true);
  });

  it('end when the clock was set back', () => {
    const flood = new Flood();
    flood.standsAlone(1, 5000);
    flood.end(4999, () => true);
    expect(flood.isQuiet).toBe(true);
  });

  it('keep a count that could not be written', () => {
    const flood = new Flood();
    flood.count(1, 'busy', 0);
    flood.end(1000, () => false);
    const write = vi.fn(() => true);
    flood.end(2000, write);
    flood.end(3000, write);
    expect(write).toHaveBeenCalledExactlyOnceWith({ uid: 1, count: 1, problems: { busy: 1 } });
  });
});
