import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lastlogFile, lastSignIns, recordBytes, timeBytes } from './last-sign-in.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-lastlog-'));
  mkdirSync(join(root, 'var/log'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

function write(records: Record<number, number>): void {
  const bytes = Buffer.alloc((1 + Math.max(...Object.keys(records).map(Number))) * recordBytes);
  for (const [uid, seconds] of Object.entries(records)) bytes.writeUIntLE(seconds, Number(uid) * recordBytes, 4);
  writeFileSync(root + lastlogFile, bytes);
}

it('has records as long as those of glibc', () => {
  expect([timeBytes, recordBytes]).toEqual(process.arch === 'arm64' ? [8, 296] : [4, 292]);
});

it('tells when somebody signed in, that somebody never did, and so behind the end of the file', () => {
  write({ 1002: 1_795_000_000, 1004: 4_000_000_000 });
  expect([...lastSignIns(root, [1002, 1003, 1004, 59_999])]).toEqual([
    [1002, 1_795_000_000_000],
    [1003, 0],
    [1004, 4_000_000_000_000],
    [59_999, 0],
  ]);
});

it('knows nothing where there is no such file', () => {
  expect(lastSignIns(root, [1002]).size).toBe(0);
});

it('takes an empty file for: nobody yet', () => {
  writeFileSync(root + lastlogFile, '');
  expect(lastSignIns(root, [1002]).get(1002)).toBe(0);
});

it('waits for nobody where something else lies in its place', () => {
  spawnSync('mkfifo', [root + lastlogFile]);
  expect([...lastSignIns(root, [1002])]).toEqual([]);
});
