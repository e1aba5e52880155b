import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Folder, openFolder } from '../folder.ts';
import { refusedFor } from '../stop.ts';
import { destroyFolder as destroy } from './destroy.ts';

const root = process.getuid?.() === 0;
const nobody = 65534;
const silent = () => {};
const destroyFolder = (...args: Parameters<typeof destroy>) =>
  destroy(...args).catch(error => refusedFor(error, 'It failed'));

describe('destroyFolder', () => {
  let base: string;
  let trash: Folder;

  beforeEach(context => {
    base = fs.mkdtempSync(join(tmpdir(), 'gatehouse-destroy-'));
    fs.mkdirSync(join(base, 'trash/jo'), { recursive: true, mode: 0o700 });
    trash = openFolder({ mode: 'dummy', root: base }, '/trash');
    context.onTestFinished(() => trash[Symbol.dispose]());
  });

  const inJo = (...names: string[]) => join(base, 'trash/jo', ...names);
  const left = () => fs.readdirSync(join(base, 'trash'));

  it('destroys names that are no text, hold newlines or are as long as can be', async () => {
    for (const name of ['a\nb', ' ', '-rf', '~', '..a', 'x'.repeat(255), '•'.repeat(85)]) {
      fs.writeFileSync(inJo(name), '');
      fs.mkdirSync(inJo(`${name.slice(0, 200)}d`.slice(0, 80), 'in'), { recursive: true });
    }
    for (const byte of [0xff, 0xc0, 0x80])
      fs.mkdirSync(Buffer.concat([Buffer.from(inJo('x')), Buffer.from([byte, 0x0a])]));
    fs.writeFileSync(Buffer.concat([Buffer.from(inJo('y')), Buffer.from([0xff])]), '');
    expect(await destroyFolder(trash, 'jo', silent)).toBeGreaterThan(20);
    expect(left()).toEqual([]);
  });

  it('destroys a link and leaves alone what it leads to; so with hard links and FIFOs', async () => {
    const outside = join(base, 'outside');
    fs.mkdirSync(outside);
    fs.writeFileSync(join(outside, 'file'), 'kept\n');
    fs.symlinkSync(outside, inJo('to-folder'));
    fs.symlinkSync(join(outside, 'file'), inJo('to-file'));
    fs.linkSync(join(outside, 'file'), inJo('hard'));
    execFileSync('mkfifo', [inJo('fifo')]);
    expect(await destroyFolder(trash, 'jo', silent)).toBe(5);
    expect(fs.readFileSync(join(outside, 'file'), 'utf8')).toBe('kept\n');
    expect(left()).toEqual([]);
  });

  it('destroys a tree deeper than any path is long', async () => {
    // Each folder is made below the one before by its descriptor, as a user can.
    let fd = fs.openSync(inJo(), fs.constants.O_DIRECTORY);
    for (let depth = 0; depth < 1200; depth++) {
      fs.mkdirSync(`/proc/self/fd/${fd}/${'d'.repeat(20)}`);
      const next = fs.openSync(`/proc/self/fd/${fd}/${'d'.repeat(20)}`, fs.constants.O_DIRECTORY);
      fs.closeSync(fd);
      fd = next;
    }
    fs.closeSync(fd);
    const descriptors = fs.readdirSync('/proc/self/fd').length;
    expect(await destroyFolder(trash, 'jo', silent)).toBe(1201);
    expect(fs.readdirSync('/proc/self/fd')).toHaveLength(descriptors);
    expect(left()).toEqual([]);
  });

  it('tells how far it is and lets other work go on meanwhile', async () => {
    for (let n = 0; n < 20_500; n++) fs.closeSync(fs.openSync(inJo(`f${n}`), 'w'));
    const told: number[] = [];
    let turns = 0;
    const other = setInterval(() => turns++, 0);
    expect(await destroyFolder(trash, 'jo', done => told.push(done))).toBe(20_501);
    clearInterval(other);
    expect(told).toEqual([10_000, 20_000]);
    expect(turns).toBeGreaterThan(20);
  });

  it('ends when cancelled, and goes on when called again', async () => {
    for (let n = 0; n < 30; n++) fs.mkdirSync(inJo(`d${n}`, 'e', 'f'), { recursive: true });
    const cancelled = new AbortController();
    setTimeout(() => cancelled.abort(), 1);
    const ended = await destroyFolder(trash, 'jo', silent, cancelled.signal);
    expect(ended).toMatchObject({ problem: 'cancelled' });
    expect(left()).toEqual(['jo.emptying']);
    expect(await destroyFolder(trash, 'jo', silent)).toBeGreaterThan(0);
    expect(left()).toEqual([]);
  });

  it.runIf(root)('stops at a mount point, also of a folder of the same file system, and enters none', async context => {
    const shared = join(base, 'shared');
    fs.mkdirSync(shared);
    fs.writeFileSync(join(shared, 'film'), '');
    fs.mkdirSync(inJo('a/mnt'), { recursive: true });
    try {
      execFileSync('mount', ['--bind', shared, inJo('a/mnt')], { stdio: 'ignore' });
    } catch {
      context.skip('cannot mount here');
    }
    const refused = await destroyFolder(trash, 'jo', silent);
    const mounts = fs
      .readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter(line => line.includes(base));
    for (const line of mounts) execFileSync('umount', [line.split(' ')[4] as string]);
    expect(refused).toMatchObject({ problem: 'not-permitted-now', message: expect.stringMatching(/"mnt".*mounted/s) });
    expect(fs.readdirSync(shared)).toEqual(['film']);
    expect(await destroyFolder(trash, 'jo', silent)).toBeGreaterThan(0);
    expect(left()).toEqual([]);
  });

  it.runIf(root)('locks out whoever still writes there', async () => {
    fs.chmodSync(base, 0o755);
    fs.chownSync(inJo(), nobody, nobody);
    fs.chmodSync(inJo(), 0o777);
    // He stands in the folder, wherever it is moved, and in one below it.
    const loop =
      'mkdir s; (cd s; while :; do echo > "g$((n = n + 1))"; done) & echo; while :; do echo > "f$((n = n + 1))"; mkdir -p d/e; done';
    const writer = spawn('sh', ['-c', `umask 0; trap "kill 0" TERM; ${loop}`], {
      cwd: inJo(),
      uid: nobody,
      gid: nobody,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    // Nothing else would end it where an expectation below does not hold.
    onTestFinished(async () => {
      const closed = new Promise(resolve => writer.once('close', resolve));
      process.kill(-(writer.pid as number), 'SIGKILL');
      await closed;
    });
    await new Promise(resolve => writer.stdout?.once('data', resolve));
    const seen = new Set<string>();
    const rmdir = fs.promises.rmdir;
    const watched = vi.spyOn(fs.promises, 'rmdir').mockImplementation(async path => {
      const { uid, mode } = fs.lstatSync(path);
      seen.add(`${uid} ${(mode & 0o777).toString(8)}`);
      await rmdir(path);
    });
    expect(await destroyFolder(trash, 'jo', silent)).toEqual(expect.any(Number));
    watched.mockRestore();
    expect(left()).toEqual([]);
    expect([...seen]).toEqual(['0 700']);
  });

  it('gives up where a cleared folder never is empty', async () => {
    const full = vi
      .spyOn(fs.promises, 'rmdir')
      .mockRejectedValue(Object.assign(new Error(), { code: 'ENOTEMPTY', syscall: 'rmdir' }));
    expect(await destroyFolder(trash, 'jo', silent)).toMatchObject({ problem: 'not-permitted-now' });
    full.mockRestore();
    expect(await destroyFolder(trash, 'jo', silent)).toBe(1);
  });

  it('swaps of folders for links by somebody inside lead nowhere', async () => {
    const outside = join(base, 'outside');
    fs.mkdirSync(join(outside, 'kept'), { recursive: true });
    const user = root ? { uid: nobody, gid: nobody } : {};
    if (root) for (const path of [inJo(), outside]) fs.chownSync(path, nobody, nobody);
    fs.chmodSync(base, 0o755);
    const swap = 'echo; while :; do mkdir -p s/t; mv -T s u; ln -s "$0" s; rm -f s; rm -rf u; done 2> /dev/null';
    const writer = spawn('sh', ['-c', swap, outside], { cwd: inJo(), ...user });
    await new Promise(resolve => writer.stdout.once('data', resolve));
    await destroyFolder(trash, 'jo', silent);
    writer.kill('SIGKILL');
    await new Promise(resolve => writer.once('close', resolve));
    expect(fs.readdirSync(outside)).toEqual(['kept']);
    await destroyFolder(trash, 'jo', silent);
    expect(left()).toEqual([]);
  });
});
