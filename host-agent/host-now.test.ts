import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dummyHost } from './dummy/host.ts';
import { hostNow } from './host-now.ts';

it('tells of disks, and asks none of the file systems that a user mounts, which need not answer', () => {
  const state = mkdtempSync(join(tmpdir(), 'gatehouse-host-now-'));
  const { root } = dummyHost(state);
  for (const [path, type] of [
    ['/mnt/disk', 'ext4'],
    ['/mnt/stick', 'fuseblk'],
    ['/home/ann/x', 'fuse'],
    ['/home/ann/y', 'fuse.sshfs'],
  ]) {
    mkdirSync(root + path, { recursive: true });
    appendFileSync(join(root, 'proc/mounts'), `/dev/${type} ${path} ${type} rw 0 0\n`);
  }
  const { disks } = hostNow(root) as { disks: { path: string }[] };
  expect(disks.map(({ path }) => path)).toEqual(['/', '/mnt/disk', '/mnt/stick']);
  rmSync(state, { recursive: true });
});
