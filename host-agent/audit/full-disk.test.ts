// On a small file system of its own, which root can make.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { denied, ended, rename } from './log.fixture.ts';
import { type AuditLog, AuditUnavailable, openAuditLog } from './log.ts';
import { verifyFiles } from './verify.ts';

const folder = fs.mkdtempSync(join(tmpdir(), 'gatehouse-disk-'));
const mount = () => execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'ignore' });
const unmount = () => execFileSync('umount', [folder], { stdio: 'ignore' });
const canMount = (() => {
  try {
    mount();
    unmount();
    return true;
  } catch {
    return false;
  }
})();

afterAll(() => fs.rmdirSync(folder));

describe.skipIf(!canMount)('a full disk', () => {
  const path = join(folder, 'audit.jsonl');
  const filler = join(folder, 'filler');
  let log: AuditLog;
  let nowMs = 0;
  beforeEach(() => {
    mount();
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    nowMs = Date.now();
    log = openAuditLog({ path, mode: 'dummy', reserveBytes: 512 << 10, clock: () => new Date(nowMs) });
  });
  afterEach(async () => {
    await log.close();
    vi.useRealTimers();
    unmount();
  });
  const leave = (bytes: number) => {
    const { bavail, bsize } = fs.statfsSync(folder);
    fs.appendFileSync(filler, Buffer.alloc(bavail * bsize - bytes));
  };
  const entries = () =>
    fs
      .readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line));
  /** Refusals until nothing more goes in, not even into the last block. */
  const fillUp = () => {
    leave(8192);
    for (const size of [2000, 100]) {
      do nowMs += 1001;
      while (log.refused({ ...denied, args: [`${'x'.repeat(size)}`] }) !== undefined);
    }
  };

  it('runs nothing within the reserve, and still records ends and refusals there', async () => {
    const running = await log.intent(rename);
    leave(400 << 10);
    await expect(log.intent(rename)).rejects.toThrow(AuditUnavailable);
    expect(log.available()).toBe(false);
    log.outcome(running, ended);
    expect(log.refused({ ...denied, problem: 'audit-unavailable' })).toBe(4);
    expect(entries().map(entry => entry.kind)).toEqual(['started', 'intent', 'outcome', 'refused']);
    fs.rmSync(filler);
    await expect(log.intent(rename)).resolves.toBe(5);
  });

  it('cuts a torn line back, keeps ends in order, and goes on by itself when there is room', async () => {
    const first = await log.intent(rename);
    const second = await log.intent(rename);
    fillUp();
    const text = fs.readFileSync(path, 'utf8');
    expect(text.endsWith('}\n')).toBe(true);
    const newest = log.lastEntry;
    log.outcome(second, { ...ended, note: 'y'.repeat(5000) });
    log.outcome(first, ended);
    expect(log.note('confirmed', {})).toBeUndefined();
    expect([log.lastEntry, fs.readFileSync(path, 'utf8')]).toEqual([newest, text]);
    expect(await verifyFiles([path])).toMatchObject({ ok: true, entries: newest });

    fs.rmSync(filler);
    vi.advanceTimersByTime(600);
    expect(entries().slice(newest, newest + 2)).toMatchObject([
      { kind: 'outcome', of: second },
      { kind: 'outcome', of: first },
    ]);
    nowMs += 1001;
    vi.advanceTimersByTime(600);
    expect(entries().at(-1)).toMatchObject({ kind: 'refused', count: 1 });
    const next = await log.intent(rename);
    expect(await verifyFiles([path])).toMatchObject({ ok: true, entries: next });
  });

  it('is no reason not to start: what a crash left is ended when there is room, before any intent', async () => {
    const running = await log.intent(rename);
    fillUp();
    await log.close();
    log = openAuditLog({ path, mode: 'dummy', reserveBytes: 0 });
    const before = log.lastEntry;
    await expect(log.intent(rename)).rejects.toThrow('ENOSPC');
    fs.rmSync(filler);
    await log.intent(rename);
    expect(entries().slice(before)).toMatchObject([
      { kind: 'unknown', of: running },
      { kind: 'started' },
      { kind: 'intent' },
    ]);
  });
});
