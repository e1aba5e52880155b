// A process that appends in a loop, killed at any point, loses nothing that it was told is on disk.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { installedFiles } from './files.ts';
import { open, place, written } from './log.fixture.ts';
import { verifyFiles } from './verify.ts';

const writer = `
  import { writeSync } from 'node:fs';
  import { openAuditLog } from ${JSON.stringify(new URL('./log.ts', import.meta.url).href)};
  const log = openAuditLog({ path: process.argv[1], mode: 'dummy', reserveBytes: 0, rotateBytes: 3000 });
  const peer = { pid: 1, uid: 1, gid: 1 };
  await Promise.all([1, 2, 3, 4].map(async () => {
    for (;;) {
      const n = await log.intent({ peer, rule: 'users.rename', argv: ['/usr/sbin/usermod', 'x'.repeat(n0() % 900)] });
      writeSync(1, n + '\\n');
      log.outcome(n, { code: 0, signal: null, ms: 1, stdoutBytes: 0, stderrBytes: 0 });
    }
  }));
  function n0() { return log.lastEntry * 7919; }
`;

const kills = 6;
let seed = 20_261_121;
const random = (below: number) => {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
  return seed % below;
};

it(`holds over ${kills} kills -9: no acknowledged intent is lost, each has an end, the chain is whole`, async () => {
  const acknowledged: number[] = [];
  for (let i = 0; i < kills; i++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', writer, '--', place.path], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', data => {
      text += data;
    });
    await new Promise<void>(resolve => child.stdout.once('data', () => resolve()));
    await new Promise(resolve => setTimeout(resolve, random(120)));
    const closed = new Promise(resolve => child.once('close', resolve));
    child.kill('SIGKILL');
    await closed;
    acknowledged.push(...text.split('\n').slice(0, -1).map(Number));
  }
  expect(() => fs.accessSync(place.path)).not.toThrow();
  const log = open();
  const entries = written();
  const intents = new Set(entries.filter(entry => entry.kind === 'intent').map(entry => entry.n));
  expect(acknowledged.length).toBeGreaterThan(kills);
  expect(acknowledged.filter(n => !intents.has(n))).toEqual([]);
  for (const { of } of entries) intents.delete(of);
  expect([...intents]).toEqual([]);
  expect(entries.filter(entry => entry.kind === 'unknown').length).toBeGreaterThan(0);
  expect(installedFiles(place.path).length).toBeGreaterThan(1);
  expect(await verifyFiles(installedFiles(place.path))).toMatchObject({ ok: true, entries: log.lastEntry });
}, 60_000);
