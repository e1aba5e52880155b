// A log that is whole is called whole at any moment, also while another process appends to it and rotates it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { installedFiles, rotatedName } from './files.ts';
import { fill, open, place } from './log.fixture.ts';
import { verifyFiles } from './verify.ts';
import { verifyCommand } from './verify-command.ts';

/** Lines of all lengths, some longer than a page, without pause. */
const writer = `
  import { openAuditLog } from ${JSON.stringify(new URL('./log.ts', import.meta.url).href)};
  const log = openAuditLog({ path: process.argv[1], mode: 'dummy', reserveBytes: 0, rotateBytes: Number(process.argv[2]) });
  for (;;) {
    for (let i = 0; i < 10; i++) log.note('lock-out', { text: 'x'.repeat(log.lastEntry % 40 === 0 ? 9000 : 30) });
    await new Promise(resolve => setTimeout(resolve, 1));
  }
`;
let stop = async () => {};
afterEach(() => stop());

async function write(rotateBytes: number): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer, '--', place.path, String(rotateBytes)], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const closed = new Promise(resolve => child.once('close', resolve));
  stop = async () => {
    child.kill('SIGKILL');
    await closed;
  };
  await vi.waitFor(() => expect(fs.statSync(place.path).size).toBeGreaterThan(0), 10_000);
}

const said = async (...args: string[]) => {
  const print = vi.spyOn(console, 'log').mockReturnValue();
  const status = await verifyCommand(args, place.path);
  return [status, ...print.mock.calls.splice(0).flat()];
};
const ok = [0, expect.stringMatching(/^ok: \d+ entries$/)];

describe('while another process writes', () => {
  it('a file that grows is ok', async () => {
    await write(1 << 30);
    for (let round = 0; round < 50; round++) expect(await said(place.path)).toEqual(ok);
  }, 60_000);

  it('a log that grows and rotates is ok', async () => {
    await write(20_000);
    for (let round = 0; round < 50 || installedFiles(place.path).length <= 5; round++) expect(await said()).toEqual(ok);
  }, 60_000);
});

describe('a line that is not whole at the end', () => {
  const begun = '{"n":3,"at":"20';
  it('is looked at again after a moment: it was being written, or is cut off', async () => {
    const log = open();
    await log.close();
    const whole = fs.readFileSync(place.path);
    fs.appendFileSync(place.path, begun);
    const cut = said(place.path);
    await setTimeout(100);
    fs.truncateSync(place.path, whole.length);
    expect(await cut).toEqual([0, 'ok: 2 entries']);

    fs.writeFileSync(place.path, whole.subarray(0, -20));
    const writing = said();
    await setTimeout(100);
    fs.appendFileSync(place.path, whole.subarray(-20));
    expect((await writing)[0]).toBe(0);
    expect(await said()).toEqual([0, 'ok: 2 entries']);
  });

  it('is a fault where it stays', async () => {
    await open().close();
    fs.appendFileSync(place.path, begun);
    expect(await said()).toEqual([1, `${place.path}, line 3: it is not a whole entry`]);
    expect(await said(place.path)).toEqual([1, `${place.path}, line 3: it is not a whole entry`]);
  });
});

describe('a rotation', () => {
  it('takes no file away that was named', async () => {
    const log = open({ rotateBytes: 2000 });
    await fill(log, 10);
    const named = installedFiles(place.path);
    const entries = log.lastEntry;
    const verdict = verifyFiles(named);
    await fill(log, 20);
    expect(installedFiles(place.path).length).toBeGreaterThan(named.length);
    expect(await verdict).toMatchObject({ ok: true });
    expect(((await verdict) as { entries: number }).entries).toBeGreaterThanOrEqual(entries);
  });

  it('that has not made the next file yet leaves a log that is ok', async () => {
    await open().close();
    fs.renameSync(place.path, rotatedName(place.path, 1));
    expect(await said()).toEqual([0, 'ok: 2 entries']);
  });
});
