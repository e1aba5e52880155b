import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { Child, ChildSpec } from './host.ts';
import { startChild } from './spawn.ts';

const folder = mkdtempSync(join(tmpdir(), 'spawn-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('what a child gets', () => {
  it('is its arguments, each as it stands', async () => {
    const args = ['', ' a  b ', '"quoted"', "it's", '$HOME `id` \\', 'two\nlines', 'Zoë 日本 🙂', '-n'];
    expect((await run('/usr/bin/printf', '%s\\0', ...args)).stdout).toBe(args.map(arg => `${arg}\0`).join(''));
  });

  it('refuses an argument or a variable with a NUL, which would be cut short', () => {
    expect(() => start({ argv: ['/bin/echo', 'a\0b'] })).toThrow('NUL');
    expect(() => start({ argv: ['/bin/echo'], env: { A: 'a\0b' } })).toThrow('NUL');
  });

  it('is the environment it was given and nothing of ours', async () => {
    expect((await run('/usr/bin/env')).stdout).toBe('');
    const env = { PATH: '/usr/bin', LANG: 'C.UTF-8', EMPTY: '', ODD: 'a=b "c"' };
    const child = await ended(start({ argv: ['/usr/bin/env'], env }));
    expect(child.stdout).toBe('PATH=/usr/bin\nLANG=C.UTF-8\nEMPTY=\nODD=a=b "c"\n');
  });

  it('is the folder /', async () => {
    expect(process.cwd()).not.toBe('/');
    expect((await run('/bin/readlink', '/proc/self/cwd')).stdout).toBe('/\n');
  });

  it('is a process group of its own', async () => {
    const child = start({ argv: ['/bin/cat', '/proc/self/stat'] });
    const [pid, , , , group] = (await ended(child)).stdout.split(' ');
    expect([pid, group]).toEqual([String(child.pid), String(child.pid)]);
  });

  it('is every signal at its default and none blocked', async () => {
    const noneIgnored = /^SigIgn:\t0*$/m;
    expect(readFileSync('/proc/self/status', 'utf8')).not.toMatch(noneIgnored);
    const { stdout } = await run('/bin/cat', '/proc/self/status');
    expect(stdout).toMatch(noneIgnored);
    expect(stdout).toMatch(/^SigBlk:\t0*$/m);
  });

  it('is an empty stdin where none is given', async () => {
    expect(await run('/bin/cat')).toEqual({ stdout: '', stderr: '', code: 0, signal: null });
  });

  it('is its stdin to the byte, of 1 MiB too', async () => {
    expect((await ended(start({ argv: ['/bin/cat'], stdin: 'user:$6$x\n' }))).stdout).toBe('user:$6$x\n');
    const stdin = 'zeile é 🙂\n'.repeat(75_000);
    expect((await ended(start({ argv: ['/bin/cat'], stdin }))).stdout === stdin).toBe(true);
  });

  it('is its descriptors as 3, 4, … and no other', async () => {
    const [etc, usr] = [openSync('/etc', 'r'), openSync('/usr', 'r')];
    const child = await ended(start({ argv: ['/bin/ls', '-l', '/proc/self/fd'], fds: [usr, etc, usr] }));
    closeSync(etc);
    closeSync(usr);
    const links = [...child.stdout.matchAll(/(\d+) -> (.*)/g)];
    expect(links.map(([, fd, file]) => `${fd} ${file?.replace(/\d+/, 'N')}`)).toEqual([
      '0 /dev/null',
      '1 pipe:[N]',
      '2 pipe:[N]',
      '3 /usr',
      '4 /etc',
      '5 /usr',
      '6 /proc/N/fd',
    ]);
  });

  it('is the right descriptors where their own numbers are 3, 4 and 5 already', async () => {
    const script = `
      for (const fds of [[3, 4, 5], [5, 3, 4], [4, 4, 3]]) {
        const argv = ['/bin/readlink', ...fds.map((_, at) => '/proc/self/fd/' + (3 + at))];
        console.log((await text(startChild({ argv, stdin: 'x', env: {}, fds }).stdout)).replaceAll('\\n', ' '));
      }`;
    const { stdout } = await runInNode(script, '3</etc 4</usr 5</var');
    expect(stdout).toBe('/etc /usr /var \n/var /etc /usr \n/usr /usr /etc \n');
  });

  it('is nothing that the agent itself was started with', async () => {
    const script = `
      console.log((await import('node:fs')).existsSync('/proc/self/fd/40'));
      const { stdout } = startChild({ argv: ['/bin/ls', '/proc/self/fd'], stdin: '', env: {} });
      console.log((await text(stdout)).replaceAll('\\n', ' '));`;
    expect((await runInNode(script, '40</etc')).stdout).toBe('true\n0 1 2 3 \n');
  });
});

describe('how a child ends', () => {
  it('is told by its exit code', async () => {
    expect(await run('/bin/true')).toMatchObject({ code: 0, signal: null });
    expect(await run('/bin/false')).toMatchObject({ code: 1, signal: null });
    expect(await run('/bin/sh', '-c', 'exit 255')).toMatchObject({ code: 255, signal: null });
  });

  it('is told by the name of the signal that ended it', async () => {
    expect(await run('/bin/sh', '-c', 'kill -KILL $$')).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect(await run('/bin/sh', '-c', 'kill -SEGV $$')).toMatchObject({ code: null, signal: 'SIGSEGV' });
    expect(await run('/bin/sh', '-c', 'kill -40 $$')).toMatchObject({ code: null, signal: 'SIG40' });
  });

  it('is told even when nothing else keeps Node alive', async () => {
    const script = `
      const silent = 'exec >&- 2>&-; sleep 0.2; exit 7';
      const child = startChild({ argv: ['/bin/sh', '-c', silent], stdin: '', env: {} });
      await Promise.all([text(child.stdout), text(child.stderr)]);
      console.log((await child.ended).code);`;
    expect((await runInNode(script)).stdout).toBe('7\n');
  });

  it('is an error with a code where it cannot begin', () => {
    const file = join(folder, 'no-program');
    writeFileSync(file, '#!/bin/sh\n', { mode: 0o644 });
    expect(() => start({ argv: ['/no/such/program'] })).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => start({ argv: [file] })).toThrow(expect.objectContaining({ code: 'EACCES' }));
    expect(() => start({ argv: ['/bin/true'], fds: [99_999] })).toThrow(expect.objectContaining({ code: 'EBADF' }));
    expect(() => start({ argv: ['/bin/echo', 'x'.repeat(1 << 20)] })).toThrow(
      expect.objectContaining({ code: 'E2BIG' }),
    );
    expect(start({ argv: ['/bin/echo', 'x'.repeat(100_000)] }).pid).toBeGreaterThan(0);
  });

  it('leaves the children of node:child_process to Node', async () => {
    const others = Array.from({ length: 20 }, () => promisify(execFile)('/bin/sh', ['-c', 'echo theirs']));
    const own = Array.from({ length: 20 }, () => run('/bin/echo', 'own'));
    for (const { stdout } of await Promise.all(others)) expect(stdout).toBe('theirs\n');
    for (const { stdout, code } of await Promise.all(own)) expect([stdout, code]).toEqual(['own\n', 0]);
  });
});

describe('what a child writes', () => {
  it('comes on the stream it was written to', async () => {
    const child = await run('/bin/sh', '-c', 'echo out; echo err >&2');
    expect(child).toEqual({ stdout: 'out\n', stderr: 'err\n', code: 0, signal: null });
  });

  it('comes while it runs', async () => {
    const child = start({ argv: ['/bin/sh', '-c', 'echo first; sleep 1000'] });
    expect(String(await once(child.stdout, 'data'))).toBe('first\n');
    child.kill('SIGKILL');
    expect(await child.ended).toMatchObject({ signal: 'SIGKILL' });
  });

  it('comes whole, 10 MB on both streams, to a slow reader too', async () => {
    const child = start({ argv: ['/bin/sh', '-c', 'head -c 10000000 /dev/zero | tee /dev/stderr'] });
    const size = async (stream: Child['stdout'], pauseEvery: number) => {
      let [bytes, chunks] = [0, 0];
      for await (const chunk of stream) {
        bytes += chunk.length;
        if (++chunks % pauseEvery === 0) await pause(1);
      }
      return bytes;
    };
    expect(await Promise.all([size(child.stdout, Infinity), size(child.stderr, 20)])).toEqual([10_000_000, 10_000_000]);
    expect(await child.ended).toEqual({ code: 0, signal: null });
  });

  it('can be read after its end, from wherever it waited', async () => {
    for (const script of ['head -c 60000 /dev/zero', 'sleep 0.1; head -c 150000 /dev/zero']) {
      const child = start({ argv: ['/bin/sh', '-c', script] });
      await child.ended;
      await pause(20);
      expect((await text(child.stdout)).length).toBe(Number(script.match(/\d{2,}/)?.[0]));
    }
  });

  it('waits for its reader', async () => {
    const child = start({ argv: ['/usr/bin/yes'] });
    await expect.poll(() => child.stdout.readableLength).toBeGreaterThan(0);
    await pause(100);
    expect(child.stdout.readableLength).toBeLessThan(200_000);
    child.kill('SIGTERM');
    expect(await child.ended).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('is complete at its end, though a process it left behind holds the pipes', async () => {
    for (const seconds of ['0', '0.05']) {
      const child = start({ argv: ['/bin/sh', '-c', `sleep 1000 & echo $!; sleep ${seconds}; echo done`] });
      const { stdout, code } = await ended(child);
      expect([stdout.replace(/^\d+\n/, ''), code]).toEqual(['done\n', 0]);
      process.kill(Number.parseInt(stdout, 10), 'SIGKILL');
    }
  });

  it('is lost without harm when nobody wants it', async () => {
    const child = start({ argv: ['/bin/sh', '-c', 'yes; exit 0'] });
    child.stdout.destroy();
    child.stderr.destroy();
    expect(await child.ended).toMatchObject({ code: 0 });
  });

  it('does not depend on whether it reads its stdin', async () => {
    const child = await ended(start({ argv: ['/bin/echo', 'busy'], stdin: 'x'.repeat(1 << 20) }));
    expect(child).toEqual({ stdout: 'busy\n', stderr: '', code: 0, signal: null });
  });
});

describe('kill', () => {
  it('ends the child and what it started', async () => {
    const child = start({ argv: ['/bin/sh', '-c', 'sleep 1000 & echo $!; wait'] });
    const grandchild = await firstNumber(child);
    child.kill('SIGTERM');
    expect(await child.ended).toEqual({ code: null, signal: 'SIGTERM' });
    await gone(grandchild);
  });

  it('leaves nothing of the group behind, not even what ignores SIGTERM', async () => {
    const child = start({ argv: ['/bin/sh', '-c', `(trap '' TERM; exec sleep 1000) & sleep 0.1; echo $!; wait`] });
    const grandchild = await firstNumber(child);
    child.kill('SIGTERM');
    expect(await child.ended).toEqual({ code: null, signal: 'SIGTERM' });
    await gone(grandchild);
  });

  it('lets a child that handles SIGTERM end in its own way', async () => {
    const script = 'trap "echo bye; exit 5" TERM; echo ready; while :; do sleep 0.01; done';
    const child = start({ argv: ['/bin/sh', '-c', script] });
    child.stdout.once('data', () => child.kill('SIGTERM'));
    expect(await ended(child)).toMatchObject({ stdout: 'ready\nbye\n', code: 5, signal: null });
  });

  it('signals nobody once the child has ended', async () => {
    const child = start({ argv: ['/bin/sh', '-c', 'sleep 1000 & echo $!'] });
    const daemon = Number((await ended(child)).stdout);
    child.kill('SIGKILL');
    await pause(50);
    expect(isRunning(daemon)).toBe(true);
    process.kill(daemon, 'SIGKILL');
    await gone(daemon);
  });
});

describe('many children', () => {
  it('run at once, each with its own output', async () => {
    const children = Array.from({ length: 500 }, (_, n) => run('/bin/echo', String(n)));
    const outputs = (await Promise.all(children)).map(({ stdout, code }) => [stdout, code]);
    expect(outputs).toEqual(outputs.map((_, n) => [`${n}\n`, 0]));
  });

  it('leave no descriptor and no zombie, read or not, begun or not', async () => {
    const before = readdirSync('/proc/self/fd').length;
    for (let round = 0; round < 50; round++) {
      await Promise.all(Array.from({ length: 10 }, () => ended(start({ argv: ['/bin/cat'], stdin: 'x', fds: [0] }))));
      await Promise.all(Array.from({ length: 10 }, () => start({ argv: ['/bin/echo', 'unread'] }).ended));
      expect(() => start({ argv: ['/no/such'], stdin: 'x', fds: [0] })).toThrow();
    }
    expect(readdirSync('/proc/self/fd').length).toBe(before);
    expect(readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')).toBe('');
  });
});

function start(spec: Partial<ChildSpec> & Pick<ChildSpec, 'argv'>): Child {
  return startChild({ stdin: '', env: {}, ...spec });
}

async function ended(child: Child) {
  const [stdout, stderr, end] = await Promise.all([text(child.stdout), text(child.stderr), child.ended]);
  return { stdout, stderr, ...end };
}

function run(...argv: string[]) {
  return ended(start({ argv }));
}

/** A Node of its own, started by a shell with these redirections. */
function runInNode(script: string, redirections = '') {
  const imports = `import { text } from 'node:stream/consumers';
    import { startChild } from ${JSON.stringify(new URL('./spawn.ts', import.meta.url).href)};`;
  const argv = [process.execPath, '--input-type=module', '-e', imports + script];
  return promisify(execFile)('/bin/bash', ['-c', `exec "$@" ${redirections}`, 'bash', ...argv]);
}

async function firstNumber(child: Child): Promise<number> {
  return Number(String(await once(child.stdout, 'data')));
}

function isRunning(pid: number): boolean {
  // A zombie has ended: taking it in is the matter of whoever is process 1.
  return existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

async function gone(pid: number): Promise<void> {
  await expect.poll(() => isRunning(pid)).toBe(false);
}
