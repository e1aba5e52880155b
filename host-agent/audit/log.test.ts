import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { lineHash } from './entry.ts';
import { installedFiles } from './files.ts';
import { denied, ended, kinds, open, peer, place, rename, written } from './log.fixture.ts';
import { AuditUnavailable, openAuditLog } from './log.ts';
import { verifyFiles } from './verify.ts';

describe('what an entry holds', () => {
  it('writes an intent, its outcome and a refusal as contract §5 shows them', async () => {
    const log = open({ clock: () => new Date('2026-11-21T05:30:12.345Z') });
    const n = await log.intent({ ...rename, claimed: { account: 'admin', ip: '192.168.1.7', change: 'c_01' } });
    log.outcome(n, ended);
    expect(log.refused(denied)).toBe(4);
    const lines = fs.readFileSync(place.path, 'utf8').split('\n');
    const prev = (i: number) => lineHash(Buffer.from(lines[i]!));
    expect(lines[0]).toContain(`"prev":"${'0'.repeat(64)}"}`);
    expect(lines[1]).toBe(
      `{"n":2,"at":"2026-11-21T05:30:12.345Z","kind":"intent","peer":{"pid":812,"uid":990,"gid":990},"rule":"users.rename","argv":["/usr/sbin/usermod","-c","New Name","ann"],"claimed":{"account":"admin","ip":"192.168.1.7","change":"c_01"},"prev":"${prev(0)}"}`,
    );
    expect(lines[2]).toBe(
      `{"n":3,"at":"2026-11-21T05:30:12.345Z","kind":"outcome","of":2,"code":0,"signal":null,"ms":31,"stdoutBytes":0,"stderrBytes":0,"prev":"${prev(1)}"}`,
    );
    expect(JSON.parse(lines[3]!)).toMatchObject({ n: 4, kind: 'refused', ...denied, prev: prev(2) });
    expect(log.lastEntry).toBe(4);
    expect(log.note('lock-out', {})).toBe(5);
    expect(written()[4]).toMatchObject({ n: 5, kind: 'lock-out', prev: prev(3) });
  });

  it('lets no field of a caller stand for n, at, kind or prev', async () => {
    const log = open();
    await log.intent({ ...rename, n: 7, at: 'never', kind: 'note', prev: '' });
    await expect(verifyFiles([place.path])).resolves.toMatchObject({ ok: true, entries: 2 });
  });

  it('says when it was started and stopped', async () => {
    const log = open();
    await log.close();
    expect(kinds()).toEqual(['started', 'stopped']);
  });

  it('knows no second end of an intent', async () => {
    const log = open();
    const n = await log.intent(rename);
    log.outcome(n, ended);
    expect(() => log.outcome(n, ended)).toThrow(`Entry ${n} is no intent that still runs.`);
  });

  it('is for its group to read and nobody else: 0640, whatever the umask', () => {
    const before = process.umask(0o077);
    open();
    process.umask(before);
    expect(fs.statSync(place.path).mode & 0o777).toBe(0o640);
  });

  it.skipIf(process.getuid?.() !== 0)('belongs to root and the group in real mode, each new file too', async () => {
    const log = open({ mode: 'real', gid: 54321, rotateBytes: 100 });
    await log.intent(rename);
    expect(
      installedFiles(place.path)
        .map(file => fs.statSync(file))
        .map(({ uid, gid, mode }) => [uid, gid, mode & 0o777]),
    ).toEqual([
      [0, 54321, 0o640],
      [0, 54321, 0o640],
    ]);
  });
});

describe('what is no regular file', () => {
  const refused = 'must be a regular file or not exist yet, and no link; an example is GATEHOUSE_AUDIT=/var/log/';
  const at = (name: string) => join(place.folder, name);
  const modeOf = (path: string) => fs.statSync(path).mode & 0o777;

  beforeEach(() => {
    execFileSync('mkfifo', ['-m', '666', at('fifo')]);
    fs.mkdirSync(at('folder'), { mode: 0o755 });
    fs.writeFileSync(at('file'), '', { mode: 0o600 });
    fs.symlinkSync('file', at('link'));
  });

  it.each(['fifo', 'folder', 'link'])('is refused and left as it is: a %s', name => {
    const before = modeOf(at(name));
    expect(() => open({ path: at(name) })).toThrow(`GATEHOUSE_AUDIT=${JSON.stringify(at(name))} ${refused}`);
    expect(modeOf(at(name))).toBe(before);
    expect(fs.existsSync(at(`${name}.lock`))).toBe(false);
    expect(() => open({ path: at('file') })).not.toThrow();
    expect(modeOf(at('file'))).toBe(0o640);
  });

  it.each([
    ['fifo', refused],
    ['link', 'ELOOP'],
  ])('is not opened where it came a moment ago: a %s', (name, why) => {
    vi.spyOn(fs, 'lstatSync').mockReturnValueOnce(undefined as unknown as fs.Stats);
    const before = modeOf(at(name));
    expect(() => open({ path: at(name) })).toThrow(why);
    expect(modeOf(at(name))).toBe(before);
  });
});

describe('writing ahead', () => {
  it('resolves a lone intent after one sync that was done at once', async () => {
    const log = open();
    await new Promise(setImmediate);
    const sync = vi.spyOn(fs, 'fdatasyncSync');
    await vi.waitFor(async () => {
      const n = await log.intent(rename);
      log.outcome(n, ended);
      expect(sync).toHaveBeenCalled();
    }, 30_000);
  });

  it('resolves no intent of several before their sync returned, and shares it', async () => {
    // Its own sync of every half second would be one more.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const log = open();
    const real = fs.fdatasync;
    const held: (() => void)[] = [];
    await log.intent(rename);
    const sync = vi
      .spyOn(fs, 'fdatasync')
      .mockImplementation((fd, callback) => void held.push(() => real(fd, callback)));
    let resolved = 0;
    const intents = Array.from({ length: 16 }, () => log.intent(rename).then(() => resolved++));
    await sleep(20);
    expect([resolved, held.length, kinds().filter(kind => kind === 'intent').length]).toEqual([0, 1, 17]);
    held[0]!();
    while (held.length < 2) await sleep(5);
    expect(resolved).toBe(1);
    held[1]!();
    await Promise.all(intents);
    expect(sync).toHaveBeenCalledTimes(2);
  });

  it('runs nothing more once a sync failed: what is on disk is not known', async () => {
    const log = open();
    await log.intent(rename);
    const sync = vi
      .spyOn(fs, 'fdatasync')
      .mockImplementation((_, callback) => void setImmediate(callback, new Error('EIO')));
    await expect(log.intent(rename)).rejects.toThrow('could not be brought to disk');
    sync.mockRestore();
    await expect(log.intent(rename)).rejects.toThrow(AuditUnavailable);
    expect(log.available()).toBe(false);
  });

  it('syncs a refusal within a second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const started = Promise.withResolvers<void>();
    const log = open({ announce: () => started.resolve() });
    await started.promise;
    vi.advanceTimersByTime(1000);
    await new Promise(setImmediate);
    const sync = vi.spyOn(fs, 'fdatasync').mockImplementation((_, callback) => void setImmediate(callback, null));
    vi.advanceTimersByTime(10_000);
    expect(sync).not.toHaveBeenCalled();
    log.refused(denied);
    vi.advanceTimersByTime(1000);
    while (sync.mock.calls.length === 0) await sleep(5);
  });
});

describe('room and other hands', () => {
  it('takes no intent where less than the reserve is free, but outcomes and refusals', async () => {
    const log = open();
    const n = await log.intent(rename);
    const { bavail, bsize } = fs.statfsSync(place.folder);
    await log.close();
    const again = open({ reserveBytes: (bavail + 1e6) * bsize });
    expect(again.available()).toBe(false);
    await expect(again.intent(rename)).rejects.toThrow('MiB are free where the audit log lies');
    expect(again.refused({ peer, problem: 'audit-unavailable', message: 'No room.' })).toBe(n + 4);
  });

  it('keeps 64 MiB free where nothing else is said', async () => {
    const log = openAuditLog({ path: place.path, mode: 'dummy' });
    const free = vi.spyOn(fs, 'statfsSync');
    free.mockReturnValue({ bavail: 16_384, bsize: 4096 } as fs.StatsFs);
    expect(log.available()).toBe(true);
    free.mockReturnValue({ bavail: 16_383, bsize: 4096 } as fs.StatsFs);
    expect(log.available()).toBe(false);
    await expect(log.intent(rename)).rejects.toThrow('Less than 64 MiB');
  });

  it('notices before the next intent that the file was moved, and goes on when it is back', async () => {
    const log = open();
    fs.renameSync(place.path, place.path + '.away');
    await expect(log.intent(rename)).rejects.toThrow('was moved or replaced');
    fs.copyFileSync(place.path + '.away', place.path);
    await expect(log.intent(rename)).rejects.toThrow('was moved or replaced');
    fs.renameSync(place.path + '.away', place.path);
    await expect(log.intent(rename)).resolves.toBe(2);
  });

  it('notices before the next intent that another hand wrote or cut', async () => {
    const log = open();
    fs.appendFileSync(place.path, '{}\n');
    await expect(log.intent(rename)).rejects.toThrow('changed by another hand');
    fs.truncateSync(place.path, 10);
    await expect(log.intent(rename)).rejects.toThrow('changed by another hand');
  });

  it('is kept by one agent at a time', async () => {
    const log = open();
    expect(() => openAuditLog({ path: place.path, mode: 'dummy' })).toThrow('in use by another agent');
    await log.close();
    expect(() => open()).not.toThrow();
  });

  it('takes nothing after it was closed', async () => {
    const log = open();
    await log.close();
    await expect(log.intent(rename)).rejects.toThrow(AuditUnavailable);
    expect(log.note('confirmed', {})).toBeUndefined();
    await expect(log.close()).resolves.toBeUndefined();
    expect(kinds()).toEqual(['started', 'stopped']);
  });
});

describe('recovery', () => {
  it('ends each intent that has no outcome as unknown, in order, before anything else', async () => {
    const log = open();
    const first = await log.intent(rename);
    const second = await log.intent(rename);
    const third = await log.intent(rename);
    log.outcome(second, ended);
    await log.close();
    open();
    const news = written().slice(6);
    expect(news).toMatchObject([{ kind: 'unknown', of: first }, { kind: 'unknown', of: third }, { kind: 'started' }]);
    await expect(verifyFiles([place.path])).resolves.toMatchObject({ ok: true, entries: 9 });
  });

  it('cuts an incomplete last line off and notes it', async () => {
    const log = open();
    await log.close();
    fs.appendFileSync(place.path, '{"n":3,"at":"20');
    open();
    expect(written().slice(2)).toMatchObject([{ kind: 'cut', bytes: 15 }, { kind: 'started' }]);
    await expect(verifyFiles([place.path])).resolves.toMatchObject({ ok: true });
  });

  it('cuts off a torn line of any length', async () => {
    const log = open();
    await log.close();
    fs.appendFileSync(place.path, 'x'.repeat(1 << 20));
    open();
    expect(written()[2]).toMatchObject({ kind: 'cut', bytes: 1 << 20 });
    await expect(verifyFiles([place.path])).resolves.toMatchObject({ ok: true, entries: 4 });
  });

  it('begins anew where a first line was all there was and torn', async () => {
    fs.mkdirSync(join(place.folder, 'log'));
    fs.writeFileSync(place.path, '{"n":1,');
    open();
    expect(kinds()).toEqual(['cut', 'started']);
    await expect(verifyFiles([place.path])).resolves.toMatchObject({ ok: true, entries: 2 });
  });

  it('refuses to run on from lines that are no entries, or not in order', async () => {
    const log = open();
    log.note('lock-out', {});
    await log.close();
    const lines = fs.readFileSync(place.path, 'utf8').split('\n');
    const copy = (text: string, name: string) => {
      const path = join(place.folder, name);
      fs.writeFileSync(path, text);
      return path;
    };
    for (const [i, bad] of ['\0\0\n', 'x\n', `${lines[2]}\n${lines[1]}\n`].entries()) {
      expect(() => open({ path: copy(bad, `${i}.jsonl`) })).toThrow('does not run on');
    }
    expect(() => open({ path: copy(lines.join('\n'), 'whole.jsonl') })).not.toThrow();
  });
});
