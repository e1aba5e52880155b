import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dummyHost } from './host.ts';

let folder: string;
let stateDir: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-dummy-'));
  stateDir = join(folder, 'state');
});
afterEach(() => rmSync(folder, { recursive: true }));

const rootOf = () => join(stateDir, 'host');
const read = (path: string) => readFileSync(rootOf() + path, 'utf8');
function tell(told: unknown) {
  mkdirSync(rootOf(), { recursive: true });
  writeFileSync(join(rootOf(), 'dummy.json'), typeof told === 'string' ? told : JSON.stringify(told));
}
function start(argv: string[], stdin = '') {
  const child = dummyHost(stateDir).start({ argv, stdin, env: {} });
  const ran = Promise.all([text(child.stdout), text(child.stderr), child.ended]).then(([stdout, stderr, ended]) => ({
    ...ended,
    stdout,
    stderr,
  }));
  return { child, ran };
}
const run = (...argv: string[]) => start(argv).ran;
const useradd = (login: string, uid: string) => ['/usr/sbin/useradd', '-m', '-u', uid, '-g', 'users', login];

describe('the simulated machine', () => {
  it('has an administrator and a steward, and nobody in users', async () => {
    expect((await run('/usr/bin/id', '-Gn', 'debian')).stdout).toContain('sudo');
    expect((await run('/usr/bin/sudo', '-l', '-U', 'debian')).stdout).toContain('(ALL : ALL) ALL');
    expect(read('/etc/doas.conf')).toContain('steward');
    expect(read('/etc/passwd')).not.toMatch(/^[^:]*:x:\d+:100:/m);
  });

  it('hides shadow as Debian does, and shows passwd', () => {
    dummyHost(stateDir);
    expect(statSync(join(rootOf(), 'etc/shadow')).mode & 0o777).toBe(0o640);
    expect(statSync(join(rootOf(), 'etc/passwd')).mode & 0o777).toBe(0o644);
  });

  it('keeps its state when it is opened again', async () => {
    await run(...useradd('jo', '2001'));
    writeFileSync(join(rootOf(), 'etc/doas.conf'), '');
    const { stdout } = await run('/usr/bin/getent', 'passwd', 'jo');
    expect(stdout).toBe('jo:x:2001:100::/home/jo:/bin/sh\n');
    expect(read('/etc/doas.conf')).toBe('');
    expect(statSync(join(rootOf(), 'etc/shadow')).mode & 0o777).toBe(0o640);
  });

  it('is made whole where only dummy.json was there before', async () => {
    tell({});
    expect((await run('/usr/bin/getent', 'passwd', 'root')).code).toBe(0);
  });

  it('tells how it is doing', () => {
    dummyHost(stateDir);
    expect(read('/proc/loadavg')).toMatch(/^(\d\.\d\d ){3}/);
    expect(read('/proc/meminfo')).toMatch(/^MemTotal: +8000000 kB\n/);
    expect(Number(read('/sys/class/thermal/thermal_zone0/temp'))).toBeGreaterThan(40_000);
  });

  it('writes nothing outside its folder, whatever a login says', async () => {
    expect((await run(...useradd('../../../../escaped', '2001'))).code).toBe(0);
    expect(existsSync(join(rootOf(), 'escaped/.bashrc'))).toBe(true);
    expect(readdirSync(folder)).toEqual(['state']);
    expect(readdirSync(stateDir)).toEqual(['host']);
  });

  it('leaves no staged file behind', async () => {
    await run(...useradd('jo', '2001'));
    expect(readdirSync(rootOf(), { recursive: true }).filter(path => String(path).endsWith('+'))).toEqual([]);
  });
});

describe('a simulated program', () => {
  it.each(['/usr/bin/bash', 'useradd', '/usr/bin/useradd', ''])('is not installed as %j', program => {
    expect(() => start([program])).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  it('is installed where Debian has it', async () => {
    expect(await run('/usr/bin/true')).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });

  it('takes effect at one instant among sixteen', async () => {
    const logins = Array.from({ length: 16 }, (_, i) => `user${i}`);
    const host = dummyHost(stateDir);
    const children = logins.map((login, i) => host.start({ argv: useradd(login, `${2000 + i}`), stdin: '', env: {} }));
    const codes = await Promise.all(children.map(async child => (await child.ended).code));
    expect(codes).toEqual(logins.map(() => 0));
    expect(read('/etc/passwd').match(/^user\d+:/gm)).toHaveLength(16);
    expect(new Set(read('/etc/subuid').match(/:\d+:/g)).size).toBe(2 + 16);
  });

  it('gives a login to one of two who ask at once', async () => {
    const both = await Promise.all([run(...useradd('jo', '2001')), run(...useradd('jo', '2002'))]);
    expect(both.map(({ code }) => code)).toEqual([0, 9]);
  });

  it('has a pid that no process has', () => {
    expect(start(['/usr/bin/true']).child.pid).toBeGreaterThan(1 << 22);
  });

  it('does nothing when it is killed before its instant', async () => {
    const { child, ran } = start(useradd('jo', '2001'));
    child.kill('SIGKILL');
    expect(await ran).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect(read('/etc/passwd')).not.toContain('jo:');
  });

  it('does not mind a signal after its end', async () => {
    const { child, ran } = start(['/usr/bin/false']);
    await ran;
    child.kill('SIGTERM');
    expect(await child.ended).toEqual({ code: 1, signal: null });
  });
});

describe('dummy.json', () => {
  it('makes a program fail, which then does nothing', async () => {
    tell({ programs: { useradd: { exit: 1, stderr: 'useradd: cannot lock /etc/passwd; try again later.\n' } } });
    expect(await run(...useradd('jo', '2001'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot lock'),
    });
    expect((await run('/usr/bin/getent', 'passwd', 'jo')).code).toBe(2);
  });

  it('counts how often', async () => {
    tell({ programs: { useradd: { exit: 1, times: 2 }, true: { exit: 3 } } });
    const codes = [];
    for (let i = 0; i < 3; i++) codes.push((await run(...useradd('jo', '2001'))).code);
    expect(codes).toEqual([1, 1, 0]);
    expect((await run('/usr/bin/true')).code).toBe(3);
  });

  it('is read at each start', async () => {
    const host = dummyHost(stateDir);
    tell({ programs: { true: { exit: 3 } } });
    expect(await host.start({ argv: ['/usr/bin/true'], stdin: '', env: {} }).ended).toMatchObject({ code: 3 });
    rmSync(join(rootOf(), 'dummy.json'));
    expect(await host.start({ argv: ['/usr/bin/true'], stdin: '', env: {} }).ended).toMatchObject({ code: 0 });
  });

  it('makes a program missing', () => {
    tell({ programs: { pdbedit: { missing: true } } });
    expect(() => start(['/usr/bin/pdbedit', '-L'])).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  it('makes a program slow, which then does all it would', async () => {
    tell({ programs: { useradd: { delayMs: 20 } } });
    const { ran } = start(useradd('jo', '2001'));
    await Promise.resolve();
    expect(read('/etc/passwd')).not.toContain('jo:');
    expect((await ran).code).toBe(0);
    expect(read('/etc/passwd')).toContain('jo:');
  });

  it.each([{ delayMs: 3_600_000 }, { hang: true }])('%j lasts until SIGTERM, and nothing was done', async fault => {
    tell({ programs: { useradd: fault } });
    const { child, ran } = start(useradd('jo', '2001'));
    await new Promise(setImmediate);
    child.kill('SIGTERM');
    expect(await ran).toEqual({ code: null, signal: 'SIGTERM', stdout: '', stderr: '' });
    expect(read('/etc/passwd')).not.toContain('jo:');
  });

  it('makes a program print much, to the byte', async () => {
    tell({ programs: { getent: { output: 5_000_000 } } });
    const { code, stdout } = await run('/usr/bin/getent', 'passwd');
    expect([code, stdout.length]).toEqual([0, 5_000_000]);
  });

  it('lets a program that prints much be killed while nobody reads', async () => {
    tell({ programs: { getent: { output: 5_000_000 } } });
    const child = dummyHost(stateDir).start({ argv: ['/usr/bin/getent', 'passwd'], stdin: '', env: {} });
    await new Promise(setImmediate);
    child.kill('SIGTERM');
    expect(await child.ended).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('says who has processes running, until they are killed', async () => {
    await run(...useradd('jo', '2001'));
    tell({ running: { jo: 2 }, programs: { true: { exit: 3 } } });
    expect((await run('/usr/sbin/userdel', 'jo')).code).toBe(8);
    expect((await run('/usr/bin/pkill', '-KILL', '-u', 'jo')).code).toBe(0);
    expect((await run('/usr/bin/pkill', '-KILL', '-u', 'jo')).code).toBe(1);
    expect((await run('/usr/sbin/userdel', 'jo')).code).toBe(0);
    expect((await run('/usr/bin/true')).code).toBe(3);
  });

  it.each([
    ['{', /dummy\.json is not JSON/],
    [[], /dummy\.json: the whole: /],
    [{ program: {} }, /dummy\.json: the whole: .*"program"/],
    [{ programs: { usradd: { exit: 1 } } }, /dummy\.json: programs.*usradd/],
    [{ programs: { useradd: { exit: '1' } } }, /dummy\.json: programs\.useradd\.exit: /],
    [{ programs: { useradd: { exit: 256 } } }, /dummy\.json: programs\.useradd\.exit: /],
    [{ programs: { useradd: { exits: 1 } } }, /dummy\.json: programs\.useradd: .*"exits"/],
    [{ programs: { useradd: { hang: false } } }, /dummy\.json: programs\.useradd\.hang: /],
    [{ programs: { useradd: { exit: 1, times: 0 } } }, /dummy\.json: programs\.useradd\.times: /],
    [{ running: { jo: -1 } }, /dummy\.json: running\.jo: /],
  ])('stops the start where it is wrong: %j', (told, sentence) => {
    tell(told);
    expect(() => dummyHost(stateDir)).toThrow(sentence);
  });

  it('stops a program where it has become wrong', () => {
    const host = dummyHost(stateDir);
    tell({ programs: { true: { exit: -1 } } });
    expect(() => host.start({ argv: ['/usr/bin/true'], stdin: '', env: {} })).toThrow(/programs\.true\.exit/);
  });

  it('may tell nothing', () => {
    tell({ programs: {}, running: {} });
    expect(() => dummyHost(stateDir)).not.toThrow();
  });
});
