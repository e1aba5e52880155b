import fs from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { installedFiles, rotatedName } from './files.ts';
import { entriesIn, fill, open, place, rename } from './log.fixture.ts';
import { verifyFiles } from './verify.ts';

const rotateBytes = 2000;
const files = () => installedFiles(place.path);

describe('rotation by size', () => {
  it('names files so that they sort; n and the chain run on across them', async () => {
    const log = open({ rotateBytes });
    await fill(log, 40);
    expect(files().length).toBeGreaterThan(5);
    expect(files()[0]).toBe(`${place.path}.000000000001`);
    expect(files()).toEqual([...files().slice(0, -1).sort(), place.path]);
    expect(Math.max(...files().map(file => fs.statSync(file).size))).toBeLessThan(rotateBytes + 600);
    expect(await verifyFiles(files())).toMatchObject({ ok: true, entries: log.lastEntry });
  });

  it('never touches a file again that made way', async () => {
    const log = open({ rotateBytes });
    await fill(log, 10);
    const old = files()[0]!;
    const before = fs.readFileSync(old);
    await fill(log, 30);
    await log.close();
    open({ rotateBytes });
    expect(fs.readFileSync(old).equals(before)).toBe(true);
  });

  it('knows from the newest file alone what began files ago and has no end', async () => {
    const log = open({ rotateBytes });
    const old = await log.intent(rename);
    await fill(log, 40);
    await log.close();
    for (const file of files().slice(0, -1)) fs.writeFileSync(file, 'is not looked at');
    open({ rotateBytes });
    expect(entriesIn([place.path])).toContainEqual(expect.objectContaining({ kind: 'unknown', of: old }));
  });

  it('grows on in its file where that cannot make way', async () => {
    const log = open({ rotateBytes });
    const refuse = vi.spyOn(fs, 'renameSync').mockImplementation(() => {
      throw new Error('EPERM');
    });
    await fill(log, 20);
    expect(files()).toEqual([place.path]);
    refuse.mockRestore();
    await fill(log, 20);
    expect(files().length).toBeGreaterThan(1);
    expect(await verifyFiles(files())).toMatchObject({ ok: true });
  });

  it('takes the name back where the next file cannot be made', async () => {
    const log = open({ rotateBytes });
    const move = fs.renameSync;
    vi.spyOn(fs, 'renameSync').mockImplementationOnce((from, to) => {
      move(from, to);
      fs.symlinkSync('nowhere', place.path);
    });
    await fill(log, 6);
    expect(files()).toEqual([place.path]);
    await fill(log, 12);
    expect(files().length).toBeGreaterThan(1);
    expect(await verifyFiles(files())).toMatchObject({ ok: true });
  });

  it('syncs the full file before the next one takes an entry', async () => {
    const log = open({ rotateBytes });
    const order: string[] = [];
    const sync = fs.fdatasyncSync;
    vi.spyOn(fs, 'fdatasyncSync').mockImplementation(fd => {
      order.push(fs.fstatSync(fd).size >= rotateBytes ? 'sync of the full file' : 'sync');
      sync(fd);
    });
    const move = fs.renameSync;
    vi.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
      order.push('rename');
      move(from, to);
    });
    for (let i = 0; i < 20; i++) log.note('lock-out', {});
    expect(order[order.indexOf('rename') - 1]).toBe('sync of the full file');
  });
});

describe('a crash between the steps of a rotation', () => {
  const rotated = '{"n":8,"at":"2026-11-21T05:30:12.345Z","kind":"rota';
  for (const [state, leave] of [
    ['the old file made way and no new one was made', () => undefined],
    ['the new file is empty', () => fs.writeFileSync(place.path, '')],
    ['the first line of the new file is torn', () => fs.writeFileSync(place.path, rotated)],
  ] as const) {
    it(`loses nothing where ${state}`, async () => {
      const log = open();
      await fill(log, 2);
      const running = await log.intent(rename);
      await log.close();
      fs.renameSync(place.path, rotatedName(place.path, 1));
      leave();
      const again = open();
      expect(files().length).toBe(2);
      const kinds = entriesIn([place.path]).map(entry => entry.kind);
      expect(kinds.filter(kind => kind !== 'cut')).toEqual(['rotated', 'unknown', 'started']);
      expect(entriesIn([place.path])[0]).toMatchObject({ kind: 'rotated', open: [running] });
      await fill(again, 1);
      expect(await verifyFiles(files())).toMatchObject({ ok: true, entries: again.lastEntry });
    });
  }
});
