import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Refused } from '../../allowlist/refused.ts';
import type { Answer } from '../run.ts';
import type { FilesDeps } from './deps.ts';
import { listGenerations, planWrite, restorable, runWrite, type WriteTarget } from './write.ts';

const root = process.getuid?.() === 0;
const nobody = 65534;
const ok: Answer = { code: 0, signal: null, stdout: '', stderr: '' };
const failing: Answer = { ...ok, code: 1, stderr: 'no such share' };

// On the real machine as root, and simulated by anybody.
describe.each([
  { mode: 'real', uid: root ? 0 : -1 },
  { mode: 'dummy', uid: root ? nobody : (process.getuid?.() ?? -1) },
] as const)('a file of ours, $mode', ({ mode, uid }) => {
  let folder: string;
  let deps: FilesDeps;
  let started: string[][];
  let answers: Answer[];
  const target: WriteTarget = { path: '/etc/gatehouse/keys/jo', mode: 0o644, secret: false };
  const at = (path: string) => join(deps.host.root, path);
  const jo = () => fs.readFileSync(at(target.path), 'utf8');
  const write = (content: string, more: Partial<WriteTarget> = {}) => runWrite(deps, { ...target, ...more }, content);
  const keys = () =>
    fs
      .readdirSync(at('/etc/gatehouse/keys'))
      .filter(name => name !== '.gatehouse-staged')
      .sort();
  const staged = () => fs.readdirSync(at('/etc/gatehouse/keys/.gatehouse-staged'));

  beforeAll(() => {
    if (root && uid > 0) process.seteuid?.(uid);
  });
  afterAll(() => {
    if (root) process.seteuid?.(0);
  });
  beforeEach(context => {
    if (uid < 0) context.skip('needs root');
    folder = fs.mkdtempSync(join(tmpdir(), 'gatehouse-write-'));
    fs.mkdirSync(join(folder, 'host/etc/gatehouse/keys'), { recursive: true, mode: 0o755 });
    started = [];
    answers = [];
    deps = {
      host: { mode, root: join(folder, 'host'), start: () => expect.fail('nothing starts processes here') },
      stateDir: join(folder, 'state'),
      now: () => new Date('2026-11-21T05:30:12.345Z'),
      run: async argv => {
        started.push([...argv]);
        return answers.shift() ?? ok;
      },
    };
  });

  // Not in the folder of the tests: who changed their uid is given the system's.
  afterEach(() => folder && fs.rmSync(folder, { recursive: true, force: true }));

  it('is made, changed and kept in generations', async () => {
    expect(await write('one\n')).toEqual({ generation: 1 });
    expect(await write('two\n')).toEqual({ generation: 2 });
    expect(jo()).toBe('two\n');
    expect(fs.statSync(at(target.path)).mode & 0o7777).toBe(0o644);
    expect(keys()).toEqual(['jo']);
    expect(listGenerations(deps, target)).toEqual({
      file: target.path,
      content: 'two\n',
      generations: [
        expect.objectContaining({
          generation: 1,
          at: '2026-11-21T05:30:12.345Z',
          bytes: 4,
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        }),
        expect.objectContaining({ generation: 2 }),
      ],
    });
  });

  it('is written again where it is as asked already, and gets its mode back', async () => {
    await write('one\n');
    fs.chmodSync(at(target.path), 0o666);
    expect(await write('one\n', { check: ['/bin/check'], then: ['/bin/reload'] })).toMatchObject({ generation: 2 });
    expect(fs.statSync(at(target.path)).mode & 0o7777).toBe(0o644);
    expect(started).toEqual([['/bin/check'], ['/bin/reload']]);
  });

  it.runIf(uid === 0)('belongs to whom the rule says, else to root', async () => {
    await write('one\n', { owner: { uid: 1000, gid: 100 } });
    expect(fs.statSync(at(target.path))).toMatchObject({ uid: 1000, gid: 100 });
    await write('two\n');
    expect(fs.statSync(at(target.path))).toMatchObject({ uid: 0, gid: 0 });
  });

  it('stays as an empty file when its content goes', async () => {
    await write('one\n');
    expect(await write('')).toMatchObject({ generation: 2 });
    expect(jo()).toBe('');
  });

  it('is refused with the diff where another hand changed it, unless that is taken over', async () => {
    await write('one\n');
    fs.writeFileSync(at(target.path), 'one\nby hand\n');
    const refused = await write('two\n');
    expect(refused).toMatchObject({
      problem: 'not-permitted-now',
      message: expect.stringContaining('since generation 1'),
    });
    expect(refused).toMatchObject({ message: expect.stringContaining('+by hand') });
    expect(jo()).toBe('one\nby hand\n');
    expect(await runWrite(deps, { ...target, takeOver: true }, 'two\n')).toEqual({ generation: 3 });
    expect(restorable(deps, target, 2, () => undefined)).toBe('one\nby hand\n');
    expect(await write('three\n')).toMatchObject({ generation: 4 });
  });

  it('is taken over where it was there before us, and what it held is kept', async () => {
    fs.writeFileSync(at(target.path), 'theirs\n');
    expect(planWrite(deps, target, 'one\n')).toMatchObject({ unmet: [], diff: expect.stringContaining('-theirs') });
    expect(await write('one\n')).toMatchObject({ generation: 2 });
    expect(restorable(deps, target, 1, () => undefined)).toBe('theirs\n');
    fs.writeFileSync(at(target.path), 'theirs\n');
    // That they had it so once gives no right to change ours.
    expect(await write('two\n')).toMatchObject({ message: expect.stringContaining('another hand since generation 2') });
  });

  it('is written where it was removed by hand', async () => {
    expect(await write('one\n')).toMatchObject({ generation: 1 });
    fs.unlinkSync(at(target.path));
    expect(await write('one\n')).toMatchObject({ generation: 2 });
  });

  it('is refused where another hand changes it while it is checked', async () => {
    await write('one\n');
    deps.run = async () => {
      fs.writeFileSync(at(target.path), 'by hand\n');
      return ok;
    };
    expect(await write('two\n', { check: ['/bin/check'] })).toMatchObject({ problem: 'not-permitted-now' });
    expect(jo()).toBe('by hand\n');
    fs.unlinkSync(at(target.path));
    expect(await write('two\n', { check: ['/bin/check'] })).toMatchObject({ problem: 'not-permitted-now' });
  });

  it('is checked in a folder beside it that nobody else can enter, before it is in place', async () => {
    let seen: unknown;
    deps.run = async argv => {
      started.push([...argv]);
      seen = [
        fs.readFileSync(at(argv[1] as string), 'utf8'),
        fs.statSync(at('/etc/gatehouse/keys/.gatehouse-staged')).mode & 0o777,
        keys(),
        staged(),
      ];
      return ok;
    };
    await write('one\n', { check: ['/bin/check', '<staged>', '-f'] });
    expect(started).toEqual([['/bin/check', '/etc/gatehouse/keys/.gatehouse-staged/jo', '-f']]);
    expect(seen).toEqual(['one\n', 0o700, [], ['jo']]);
    expect([keys(), staged()]).toEqual([['jo'], []]);
  });

  it.each([failing, { ...ok, stderr: 'Unknown parameter' }, { ...ok, code: null, signal: 'SIGTERM' }])(
    'is not changed where the check answers %j',
    async answer => {
      await write('one\n');
      answers = [answer];
      const refused = await write('two\n', { check: ['/bin/check', '<staged>'], then: ['/bin/reload'] });
      expect(refused).toMatchObject({
        problem: 'failed',
        message: expect.stringContaining(answer.stderr || 'SIGTERM'),
      });
      expect(jo()).toBe('one\n');
      expect(keys()).toEqual(['jo']);
      expect(started).toHaveLength(1);
      expect(await write('two\n', { check: ['/bin/check', '<staged>'] })).toMatchObject({ generation: 2 });
    },
  );

  it('tells the outcome of what follows', async () => {
    answers = [{ ...ok, stdout: 'reloaded' }];
    expect(await write('one\n', { then: ['/bin/reload', 'it'] })).toEqual({
      generation: 1,
      then: { ...ok, stdout: 'reloaded' },
    });
    expect(started).toEqual([['/bin/reload', 'it']]);
  });

  it('is put back, with its mode, where what follows fails, and both outcomes are told', async () => {
    await write('one\n', { mode: 0o600 });
    answers = [failing, { ...ok, code: 3 }];
    const refused = await write('two\n', { then: ['/bin/reload', 'it'] });
    expect(refused).toMatchObject({ problem: 'failed', message: expect.stringContaining('no such share') });
    expect(refused).toMatchObject({ message: expect.stringContaining('failed as well (exit status 3)') });
    expect(jo()).toBe('one\n');
    expect(fs.statSync(at(target.path)).mode & 0o777).toBe(0o600);
    expect(started).toHaveLength(2);
    expect(listGenerations(deps, target)).toMatchObject({ generations: [{ generation: 1 }] });
    answers = [failing];
    expect(await write('two\n', { then: ['/bin/reload'] })).toMatchObject({
      message: expect.stringContaining('/bin/reload succeeded'),
    });
    expect(await write('two\n', { then: ['/bin/reload'] })).toMatchObject({ generation: 2 });
  });

  it('is removed again where there was none and what follows fails', async () => {
    answers = [failing];
    expect(await write('one\n', { then: ['/bin/reload'] })).toMatchObject({
      message: expect.stringContaining('removed again'),
    });
    expect(keys()).toEqual([]);
    expect(await write('one\n')).toMatchObject({ generation: 1 });
  });

  it('gives a generation back only where its lines still match', async () => {
    await write('one\n');
    await write('two\n');
    expect(restorable(deps, target, 1, () => undefined)).toBe('one\n');
    const fault = new Refused('not-allowed', 'line 1');
    expect(restorable(deps, target, 1, content => (content === 'one\n' ? fault : undefined))).toBe(fault);
    expect(restorable(deps, target, 7, () => undefined)).toMatchObject({ problem: 'not-permitted-now' });
    expect(restorable(deps, { ...target, path: '/etc/gatehouse/keys/al' }, 1, () => undefined)).toBeInstanceOf(Refused);
  });

  it('gives no generation back that is not what was kept', async () => {
    await write('one\n');
    const kept = join(deps.stateDir, 'generations', encodeURIComponent('etc/gatehouse/keys/jo'));
    fs.writeFileSync(join(kept, fs.readdirSync(kept)[0] as string), 'evil\n');
    expect(restorable(deps, target, 1, () => undefined)).toMatchObject({ problem: 'not-permitted-now' });
  });

  it('keeps 50 generations, the newest always', async () => {
    for (let n = 1; n <= 52; n++) await write(`${n}\n`);
    const listed = listGenerations(deps, target);
    expect(listed).toMatchObject({ generations: Array.from({ length: 50 }, (_, n) => ({ generation: n + 3 })) });
    expect(restorable(deps, target, 52, () => undefined)).toBe('52\n');
  });

  it('is planned without a change of anything', async () => {
    await write('one\n');
    const before = execFileSync('find', [folder, '-printf', '%p %T@ %m\n'], { encoding: 'utf8' });
    expect(planWrite(deps, target, 'two\n')).toEqual({ diff: expect.stringContaining('-one\n+two\n'), unmet: [] });
    fs.writeFileSync(at(target.path), 'one\n');
    expect(planWrite(deps, { ...target, path: '/etc/none/jo' }, 'two\n')).toMatchObject({
      unmet: [expect.stringContaining('/etc/none')],
    });
    fs.utimesSync(at(target.path), 0, 0);
    expect(
      execFileSync('find', [folder, '!', '-name', 'jo', '-printf', '%p %T@ %m\n'], { encoding: 'utf8' }).split('\n'),
    ).toEqual(before.split('\n').filter(line => !line.includes('/jo ')));
    fs.writeFileSync(at(target.path), 'by hand\n');
    expect(planWrite(deps, target, 'two\n').unmet).toEqual([expect.stringContaining('another hand')]);
    expect(planWrite(deps, { ...target, takeOver: true }, 'two\n').unmet).toEqual([]);
  });

  it('shows nothing of what is secret', async () => {
    const secret = { ...target, secret: true };
    await runWrite(deps, secret, 'hunter2\n');
    answers = [{ ...failing, stderr: 'bad word hunter3' }];
    const shown = [
      planWrite(deps, secret, 'hunter3\n'),
      listGenerations(deps, secret),
      await runWrite(deps, { ...secret, check: ['/bin/check'] }, 'hunter3\n'),
    ];
    fs.writeFileSync(at(target.path), 'hunter4\n');
    shown.push(await runWrite(deps, secret, 'hunter3\n'));
    expect(JSON.stringify(shown)).not.toMatch(/hunter|sha256|diff/);
    expect(shown[3]).toBeInstanceOf(Refused);
  });

  it('holds at most 1 MiB', async () => {
    const largest = 'x'.repeat(1 << 20);
    expect(await write(largest)).toMatchObject({ generation: expect.any(Number) });
    expect(await write(`${largest}x`)).toMatchObject({ problem: 'not-allowed' });
    expect(planWrite(deps, target, `${largest}x`).unmet).toHaveLength(1);
  });

  it.each(['link', 'dangling link', 'folder', 'FIFO'])('is refused where a %s stands in its place', async kind => {
    const outside = join(folder, 'outside');
    fs.writeFileSync(outside, 'outside\n');
    if (kind === 'link') fs.symlinkSync(outside, at(target.path));
    else if (kind === 'dangling link') fs.symlinkSync(join(folder, 'none'), at(target.path));
    else if (kind === 'folder') fs.mkdirSync(at(target.path));
    else execFileSync('mkfifo', [at(target.path)]);
    expect(await write('one\n')).toMatchObject({ problem: 'not-permitted-now' });
    expect(await runWrite(deps, { ...target, takeOver: true }, 'one\n')).toMatchObject({
      problem: 'not-permitted-now',
    });
    expect(listGenerations(deps, target)).toBeInstanceOf(Refused);
    expect(fs.readFileSync(outside, 'utf8')).toBe('outside\n');
    expect(fs.existsSync(join(folder, 'none'))).toBe(false);
    fs.rmSync(at(target.path), { recursive: true });
    expect(await write('one\n')).toMatchObject({ generation: expect.any(Number) });
  });

  it('is refused where a link is on the way or in the place of the folder for staging', async () => {
    const outside = join(folder, 'outside');
    fs.mkdirSync(outside, { mode: 0o700 });
    fs.symlinkSync(outside, at('/etc/gatehouse/keys/.gatehouse-staged'));
    expect(await write('one\n')).toMatchObject({ problem: 'not-permitted-now' });
    fs.unlinkSync(at('/etc/gatehouse/keys/.gatehouse-staged'));
    fs.symlinkSync(outside, at('/etc/gatehouse/linked'));
    expect(await write('one\n', { path: '/etc/gatehouse/linked/jo' })).toMatchObject({ problem: 'not-permitted-now' });
    expect(fs.readdirSync(outside)).toEqual([]);
    expect(await write('one\n')).toMatchObject({ generation: expect.any(Number) });
  });

  it.runIf(mode === 'real')('is refused in a folder that others may write to', async () => {
    fs.chmodSync(at('/etc/gatehouse/keys'), 0o777);
    expect(await write('one\n')).toMatchObject({ problem: 'not-permitted-now' });
    fs.chmodSync(at('/etc/gatehouse/keys'), 0o755);
    expect(await write('one\n')).toMatchObject({ generation: expect.any(Number) });
  });

  it('lets two files of one folder be written at the same time', async () => {
    deps.run = async () => {
      await new Promise(resolve => setImmediate(resolve));
      return ok;
    };
    const names = ['jo', 'al', 'kim', 'sam'];
    const more = { check: ['/bin/check'], then: ['/bin/reload'] };
    for (const content of ['one\n', 'two\n']) {
      const written = await Promise.all(
        names.map(name => write(content, { ...more, path: `/etc/gatehouse/keys/${name}` })),
      );
      expect(written.map(one => !(one instanceof Refused))).toEqual(names.map(() => true));
    }
    expect(keys()).toEqual([...names].sort());
  });
});
