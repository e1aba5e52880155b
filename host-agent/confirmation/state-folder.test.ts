import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inStateFolder, Unusable } from './state-folder.ts';

let dir: string;
const file = () => join(dir, 'a.json');
const read = () => inStateFolder(dir, folder => folder.read('a.json'));
const write = (text: string) => inStateFolder(dir, folder => folder.write('a.json', text));

beforeEach(() => {
  dir = fs.mkdtempSync(join(tmpdir(), 'state-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

describe('a state folder', () => {
  it('gives back what was written, 0600, and nothing beside it', () => {
    write('old');
    write('new');
    expect(read()).toBe('new');
    expect(fs.statSync(file()).mode & 0o7777).toBe(0o600);
    expect(fs.readdirSync(dir)).toEqual(['a.json']);
  });

  it('says null of a file that is not there', () => {
    expect(read()).toBeNull();
  });

  it('puts a file by link only where there is none, and keeps no copy', () => {
    inStateFolder(dir, folder => folder.write('a.json', 'first', fs.linkSync));
    expect(() => inStateFolder(dir, folder => folder.write('a.json', 'second', fs.linkSync))).toThrow(Unusable);
    expect(read()).toBe('first');
    inStateFolder(dir, folder => folder.remove('a.json'));
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  it('clears what a crash left of the same file, and nothing else', () => {
    for (const name of ['a.json.0123456789ab.new', 'b.json.0123456789ab.new', 'a.json.old'])
      fs.writeFileSync(join(dir, name), 'x');
    write('text');
    expect(fs.readdirSync(dir).sort()).toEqual(['a.json', 'a.json.old', 'b.json.0123456789ab.new']);
  });

  it.each([0o640, 0o604, 0o620])('refuses a file of mode %o, and takes 0600 and stricter', mode => {
    write('text');
    fs.chmodSync(file(), mode);
    expect(read).toThrow(/a\.json is not used: .* mode 0600/);
    fs.chmodSync(file(), 0o400);
    expect(read()).toBe('text');
  });

  it.each([0o750, 0o701, 0o1777])('refuses a folder of mode %o', mode => {
    write('text');
    fs.chmodSync(dir, mode);
    expect(read).toThrow(/is not used: it must be a folder with mode 0700/);
    fs.chmodSync(dir, 0o700);
    expect(read()).toBe('text');
  });

  it.skipIf(process.geteuid?.() !== 0)('refuses a file and a folder of another user', () => {
    write('text');
    fs.chownSync(file(), 65534, 0);
    expect(read).toThrow(/belongs to the agent's own user/);
    fs.chownSync(file(), 0, 0);
    expect(read()).toBe('text');
    fs.chownSync(dir, 65534, 0);
    expect(read).toThrow(/belongs to the agent's own user/);
  });

  it('follows no link in place of the file, and replaces the link when it writes', () => {
    const elsewhere = join(dir, 'elsewhere');
    fs.writeFileSync(elsewhere, 'secret', { mode: 0o600 });
    fs.symlinkSync(elsewhere, file());
    expect(read).toThrow(/cannot be used \(ELOOP on open\)/);
    write('text');
    expect([read(), fs.readFileSync(elsewhere, 'utf8')]).toEqual(['text', 'secret']);
  });

  it('follows no link in place of the folder', () => {
    const link = `${dir}-link`;
    fs.symlinkSync(dir, link);
    try {
      expect(() => inStateFolder(link, folder => folder.read('a.json'))).toThrow(Unusable);
    } finally {
      fs.rmSync(link);
    }
  });

  it('does not wait at a pipe or read a folder in place of the file', () => {
    fs.mkdirSync(file(), { mode: 0o700 });
    expect(read).toThrow(/must be a plain file/);
  });

  it('says that the folder is not there', () => {
    fs.rmSync(dir, { recursive: true });
    expect(read).toThrow(/is not there/);
  });
});
