import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refused } from '../../allowlist/refused.ts';
import type { Answer } from '../run.ts';
import type { FilesDeps } from './deps.ts';
import { keyFilesOf } from './key-files.ts';
import { empty, trash, trashed, untrash } from './trash.ts';
import { listGenerations, runWrite } from './write.ts';

const root = process.getuid?.() === 0;
const ok: Answer = { code: 0, signal: null, stdout: '', stderr: '' };

describe.each([
  { mode: 'real', uid: root ? 0 : -1 },
  { mode: 'dummy', uid: root ? 65534 : (process.getuid?.() ?? -1) },
] as const)('the trash, $mode', ({ mode, uid }) => {
  let folder: string;
  let deps: FilesDeps;
  let accounts: Map<string, number>;
  let started: string[][];
  let answers: Map<string, Answer>;
  const jo = { login: 'jo', uid: 1001, fullName: "Jo O'Neill", shell: '/usr/sbin/nologin', home: '/home/jo' };
  const entry = { ...jo, at: '2026-11-21T05:30:12.345Z', home: true, emptying: false };
  const at = (path: string) => join(deps.host.root, path);
  const has = (path: string) => fs.lstatSync(at(path), { throwIfNoEntry: false }) !== undefined;
  const deleteAccount = () => accounts.delete('jo');
  const say = () => {};

  beforeAll(() => {
    if (root && uid > 0) process.seteuid?.(uid);
  });
  afterAll(() => {
    if (root) process.seteuid?.(0);
  });
  beforeEach(context => {
    if (uid < 0) context.skip('needs root');
    folder = fs.mkdtempSync(join(tmpdir(), 'gatehouse-trash-'));
    accounts = new Map([['jo', 1001]]);
    started = [];
    answers = new Map();
    deps = {
      host: { mode, root: join(folder, 'host'), start: () => expect.fail('nothing starts processes here') },
      stateDir: join(folder, 'state'),
      now: () => new Date(entry.at),
      run: async argv => {
        const told = answers.get(argv[0] as string);
        if (told) return told;
        const key = argv.at(-1) as string;
        if (argv[0] !== '/usr/bin/getent') {
          started.push([...argv]);
          if (argv[0] === '/usr/sbin/useradd') accounts.set(key, Number(argv[argv.indexOf('-u') + 1]));
          else accounts.delete(key);
          return ok;
        }
        const found = [...accounts].find(([login, number]) => login === key || String(number) === key);
        return found
          ? { ...ok, stdout: `${found[0]}:x:${found[1]}:100:Someone:/home/${found[0]}:/bin/sh\n` }
          : { ...ok, code: 2 };
      },
    };
    fs.mkdirSync(at('/home/jo/deep'), { recursive: true, mode: 0o755 });
    fs.writeFileSync(at('/home/jo/letter'), 'dear\n');
    if (uid === 0) fs.chownSync(at('/home/jo'), 1001, 100);
    fs.mkdirSync(at('/etc/gatehouse/keys'), { recursive: true, mode: 0o755 });
    fs.writeFileSync(at('/etc/gatehouse/keys/jo'), 'ssh-ed25519 AAAA\n');
  });
  afterEach(() => {
    vi.restoreAllMocks();
    // Not in the folder of the tests: who changed their uid is given the system's.
    if (folder) fs.rmSync(folder, { recursive: true, force: true });
  });

  it('takes home and keys, gives them back to the same user, and keeps no record then', async () => {
    expect(await trash(deps, jo)).toEqual(entry);
    expect([has('/home/jo'), has('/etc/gatehouse/keys/jo')]).toEqual([false, false]);
    expect(fs.readFileSync(at('/home/.gatehouse-trash/jo/letter'), 'utf8')).toBe('dear\n');
    expect(fs.statSync(at('/home/.gatehouse-trash')).mode & 0o777).toBe(0o700);
    expect(fs.statSync(join(deps.stateDir, 'trash.json')).mode & 0o777).toBe(0o600);
    expect(trashed(deps)).toEqual([entry]);
    deleteAccount();
    expect(await untrash(deps, 'jo')).toEqual({ ...entry, made: true });
    expect(started).toEqual([
      ['/usr/sbin/useradd', '-M', '-u', '1001', '-g', 'users', '-s', '/usr/sbin/nologin', '-c', "Jo O'Neill", 'jo'],
    ]);
    expect(fs.readFileSync(at('/home/jo/letter'), 'utf8')).toBe('dear\n');
    expect(fs.readFileSync(at('/etc/gatehouse/keys/jo'), 'utf8')).toBe('ssh-ed25519 AAAA\n');
    expect(trashed(deps)).toEqual([]);
    expect(await untrash(deps, 'jo')).toMatchObject({ problem: 'not-permitted-now' });
  });

  it('takes the keys that the user keeps as it takes those of the owner', async () => {
    const files = keyFilesOf('jo');
    const held = () => files.map(path => has(path) && fs.readFileSync(at(path), 'utf8'));
    const asideOf = (path: string) => path.replace(/jo$/, '.gatehouse-trash/jo');
    const target = { path: files[1] as string, mode: 0o644, secret: false };
    fs.mkdirSync(at('/etc/gatehouse/own-keys'), { mode: 0o755 });
    await runWrite(deps, target, 'ssh-ed25519 BBBB\n');
    expect(await trash(deps, jo)).toEqual(entry);
    expect([held(), files.map(path => has(asideOf(path)))]).toEqual([
      [false, false],
      [true, true],
    ]);
    deleteAccount();
    fs.symlinkSync('/etc/passwd', at(target.path));
    expect(await untrash(deps, 'jo')).toMatchObject({ message: expect.stringContaining('own-keys/jo is there and') });
    fs.unlinkSync(at(target.path));
    await untrash(deps, 'jo');
    expect(held()).toEqual(['ssh-ed25519 AAAA\n', 'ssh-ed25519 BBBB\n']);
    await trash(deps, jo);
    deleteAccount();
    expect(await empty(deps, 'jo', say)).toMatchObject({ login: 'jo' });
    expect(files.map(path => has(path) || has(asideOf(path)))).toEqual([false, false]);
    expect(listGenerations(deps, target)).toMatchObject({ generations: [] });
  });

  it('takes a user whose home, keys or folder of keys is missing', async () => {
    fs.rmSync(at('/home/jo'), { recursive: true });
    fs.rmSync(at('/etc'), { recursive: true });
    expect(await trash(deps, jo)).toEqual({ ...entry, home: false });
    deleteAccount();
    expect(await untrash(deps, 'jo')).toEqual({ ...entry, home: false, made: true });
  });

  it('says the same when it is repeated', async () => {
    await trash(deps, jo);
    expect(await trash(deps, jo)).toEqual(entry);
    expect(has('/home/.gatehouse-trash/jo/letter')).toBe(true);
  });

  it('puts only home and keys back where the account was not deleted after all', async () => {
    await trash(deps, jo);
    expect(await untrash(deps, 'jo')).toEqual({ ...entry, made: false });
    expect(started).toEqual([]);
    expect(has('/home/jo/letter')).toBe(true);
  });

  it('refuses a home that is a link, a file or another folder than /home/<login>', async () => {
    const outside = join(folder, 'outside');
    fs.renameSync(at('/home/jo'), outside);
    fs.symlinkSync(outside, at('/home/jo'));
    expect(await trash(deps, jo)).toMatchObject({
      problem: 'not-permitted-now',
      message: expect.stringContaining('link'),
    });
    fs.unlinkSync(at('/home/jo'));
    fs.writeFileSync(at('/home/jo'), '');
    expect(await trash(deps, jo)).toBeInstanceOf(Refused);
    expect(await trash(deps, { ...jo, home: '/' })).toBeInstanceOf(Refused);
    expect(trashed(deps)).toEqual([]);
    fs.unlinkSync(at('/home/jo'));
    fs.renameSync(outside, at('/home/jo'));
    expect(await trash(deps, jo)).toEqual(entry);
  });

  it('refuses keys that are a link', async () => {
    fs.rmSync(at('/etc/gatehouse/keys/jo'));
    fs.symlinkSync('/etc/passwd', at('/etc/gatehouse/keys/jo'));
    expect(await trash(deps, jo)).toBeInstanceOf(Refused);
    expect(has('/home/jo/letter')).toBe(true);
  });

  it.runIf(mode === 'real')('refuses a home of another uid, and a /home that others may write to', async () => {
    fs.chownSync(at('/home/jo'), 1002, 100);
    expect(await trash(deps, jo)).toMatchObject({ message: expect.stringContaining('belongs to uid 1002') });
    fs.chownSync(at('/home/jo'), 1001, 100);
    fs.chmodSync(at('/home'), 0o777);
    expect(await trash(deps, jo)).toMatchObject({ message: expect.stringContaining('/home must belong to root') });
    fs.chmodSync(at('/home'), 0o755);
    expect(await trash(deps, jo)).toEqual(entry);
  });

  it.runIf(uid === 0)(
    'refuses a home that is a mount point, of its own or of a folder of the same file system',
    async context => {
      const mounts = [
        ['-t', 'tmpfs', 'none'],
        ['--bind', folder],
      ];
      for (const mount of mounts) {
        try {
          execFileSync('mount', [...mount, at('/home/jo')], { stdio: 'ignore' });
        } catch {
          context.skip('cannot mount here');
        }
        if (mount.length === 3) fs.chownSync(at('/home/jo'), 1001, 100);
        const refused = await trash(deps, { ...jo, uid: fs.statSync(at('/home/jo')).uid });
        execFileSync('umount', [at('/home/jo')]);
        expect(refused).toMatchObject({ problem: 'not-permitted-now', message: expect.stringContaining('mount') });
        expect(trashed(deps)).toEqual([]);
      }
      expect(await trash(deps, jo)).toEqual(entry);
    },
  );

  it('refuses to take a second user of one name', async () => {
    await trash(deps, jo);
    fs.mkdirSync(at('/home/jo'));
    if (uid === 0) fs.chownSync(at('/home/jo'), 1001, 100);
    expect(await trash(deps, jo)).toMatchObject({ message: expect.stringContaining('in the trash as well') });
    expect(await trash(deps, { ...jo, uid: 1002 })).toMatchObject({ message: expect.stringContaining('uid 1001') });
    expect(has('/home/.gatehouse-trash/jo/letter')).toBe(true);
  });

  it('never puts back over a home that is there', async () => {
    await trash(deps, jo);
    deleteAccount();
    fs.mkdirSync(at('/home/jo'));
    expect(await untrash(deps, 'jo')).toMatchObject({ problem: 'not-permitted-now' });
    expect(started).toEqual([]);
    fs.rmdirSync(at('/home/jo'));
    expect(await untrash(deps, 'jo')).toMatchObject({ made: true });
  });

  it('refuses where the name or the uid is taken, and where the host does not answer', async () => {
    await trash(deps, jo);
    for (const taken of [
      ['jo', 1002],
      ['al', 1001],
    ] as const) {
      accounts = new Map([taken]);
      expect(await untrash(deps, 'jo')).toMatchObject({
        problem: 'not-permitted-now',
        message: expect.stringMatching(/uid 100[12]/),
      });
    }
    accounts.clear();
    answers.set('/usr/bin/getent', { ...ok, code: 3, stderr: 'no database' });
    expect(await untrash(deps, 'jo')).toMatchObject({ problem: 'failed' });
    expect(await empty(deps, 'jo', say)).toMatchObject({ problem: 'failed' });
    expect(started).toEqual([]);
    answers.clear();
    expect(await untrash(deps, 'jo')).toMatchObject({ made: true });
  });

  it('leaves all in the trash where the account cannot be made', async () => {
    await trash(deps, jo);
    deleteAccount();
    answers.set('/usr/sbin/useradd', { ...ok, code: 4, stderr: 'UID already exists' });
    expect(await untrash(deps, 'jo')).toMatchObject({
      problem: 'failed',
      message: expect.stringContaining('UID already exists'),
    });
    expect(trashed(deps)).toEqual([entry]);
    expect(has('/home/.gatehouse-trash/jo/letter')).toBe(true);
  });

  it('takes back what it moved where a move fails; putting back goes on when repeated', async () => {
    const rename = fs.renameSync;
    const failOnKeys = () =>
      vi.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
        if (/\/jo$/.test(String(from)) && fs.lstatSync(from).isFile())
          throw Object.assign(new Error(), { code: 'EIO', syscall: 'rename' });
        rename(from, to);
      });
    failOnKeys();
    expect(await trash(deps, jo)).toMatchObject({ problem: 'failed', message: expect.stringContaining('EIO') });
    expect([has('/home/jo/letter'), trashed(deps)]).toEqual([true, []]);
    vi.restoreAllMocks();
    await trash(deps, jo);
    deleteAccount();
    failOnKeys();
    expect(await untrash(deps, 'jo')).toMatchObject({
      problem: 'failed',
      message: expect.stringContaining('repeat it when the cause is gone'),
    });
    expect([has('/home/jo'), has('/etc/gatehouse/keys/jo'), trashed(deps)]).toEqual([true, false, [entry]]);
    vi.restoreAllMocks();
    expect(await untrash(deps, 'jo')).toEqual({ ...entry, made: false });
    expect([has('/home/jo/letter'), has('/etc/gatehouse/keys/jo'), trashed(deps)]).toEqual([true, true, []]);
  });

  it('takes a move back that was made but could not be made durable', async () => {
    vi.spyOn(fs, 'fsyncSync').mockImplementation(() => {
      if (!has('/home/jo')) {
        vi.restoreAllMocks();
        throw Object.assign(new Error(), { code: 'EIO', syscall: 'fsync' });
      }
    });
    expect(await trash(deps, jo)).toMatchObject({
      problem: 'failed',
      message: expect.stringContaining('where they were'),
    });
    expect([has('/home/jo/letter'), has('/etc/gatehouse/keys/jo'), trashed(deps)]).toEqual([true, true, []]);
    expect(await trash(deps, jo)).toEqual(entry);
  });

  it('is emptied of one user, with what was kept of the keys', async () => {
    await trash(deps, jo);
    const file = { path: '/etc/gatehouse/keys/jo', mode: 0o644, secret: false };
    await runWrite(deps, file, 'ssh-ed25519 AAAA\n');
    fs.unlinkSync(at(file.path));
    expect(await empty(deps, 'jo', say)).toMatchObject({
      problem: 'not-permitted-now',
      message: expect.stringContaining('still there'),
    });
    deleteAccount();
    expect(await empty(deps, 'jo', say)).toEqual({ login: 'jo', destroyed: 3 });
    expect(fs.readdirSync(at('/home/.gatehouse-trash'))).toEqual([]);
    expect(fs.readdirSync(at('/etc/gatehouse/keys/.gatehouse-trash'))).toEqual([]);
    expect(listGenerations(deps, file)).toMatchObject({ generations: [] });
    expect(trashed(deps)).toEqual([]);
    expect(await empty(deps, 'jo', say)).toMatchObject({ problem: 'not-permitted-now' });
  });

  it('gives nothing back of what is half destroyed, and empties it to the end', async () => {
    await trash(deps, jo);
    deleteAccount();
    expect(await empty(deps, 'jo', say, AbortSignal.abort())).toMatchObject({ problem: 'cancelled' });
    expect(await untrash(deps, 'jo')).toMatchObject({ message: expect.stringContaining('half destroyed') });
    accounts.set('jo', 1002);
    expect(await trash(deps, { ...jo, uid: 1002 })).toBeInstanceOf(Refused);
    expect(await empty(deps, 'jo', say)).toMatchObject({ destroyed: 3 });
  });

  it('believes no record that is damaged', async () => {
    await trash(deps, jo);
    deleteAccount();
    const file = join(deps.stateDir, 'trash.json');
    const text = fs.readFileSync(file, 'utf8');
    for (const bad of ['', '[{}]', text.replace('{', '{"uid":1,'), text.replace('{', '{"more":1,')]) {
      fs.writeFileSync(file, bad);
      expect(await untrash(deps, 'jo')).toMatchObject({
        problem: 'failed',
        message: expect.stringContaining('does not hold what Gatehouse wrote'),
      });
      expect(() => trashed(deps)).toThrow('trash.json');
    }
    fs.writeFileSync(file, text);
    expect(await untrash(deps, 'jo')).toMatchObject({ made: true });
  });

  it('keeps what it knows of one user when another comes and goes', async () => {
    fs.mkdirSync(at('/home/al'));
    if (uid === 0) fs.chownSync(at('/home/al'), 1002, 100);
    await trash(deps, jo);
    await trash(deps, { ...jo, login: 'al', uid: 1002, home: '/home/al' });
    expect(trashed(deps).map(({ login }) => login)).toEqual(['jo', 'al']);
    accounts.clear();
    await untrash(deps, 'al');
    expect(trashed(deps)).toEqual([entry]);
  });
});
