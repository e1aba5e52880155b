import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Refused } from '../allowlist/refused.ts';
import { type Folder, openFolder } from './folder.ts';
import type { Host } from './host.ts';
import { refusedFor } from './stop.ts';

let root: string;
const isRoot = process.getuid?.() === 0;

beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'gatehouse-folder-'));
  fs.mkdirSync(join(root, 'etc/gatehouse/keys'), { recursive: true, mode: 0o755 });
  fs.writeFileSync(join(root, 'etc/gatehouse/keys/jo'), 'ours\n');
});

const opened = (path: string, mode: Host['mode'] = 'dummy'): Folder => openFolder({ mode, root }, path);

/** What the verb's own function would answer. */
function refused(act: () => unknown): Refused {
  try {
    act();
  } catch (error) {
    return refusedFor(error, 'Nothing was changed');
  }
  return expect.fail('was not refused');
}

const openDescriptors = () => fs.readdirSync('/proc/self/fd').length;

describe('openFolder', () => {
  it('opens a folder below the root, also where the root itself is a link', () => {
    using keys = opened('/etc/gatehouse/keys');
    expect(keys.lstat('jo')?.isFile()).toBe(true);
    fs.symlinkSync(root, `${root}-link`);
    using again = openFolder({ mode: 'dummy', root: `${root}-link` }, '/etc/gatehouse/keys');
    expect(again.lstat('jo')?.ino).toBe(keys.lstat('jo')?.ino);
  });

  it.each(['etc', '', '//etc', '/etc/', '/etc//gatehouse', '/etc/../etc', '/etc/.', '/etc/ga\0te'])(
    'takes no %j for a path',
    path => {
      const before = openDescriptors();
      expect(() => opened(path)).toThrow(TypeError);
      expect(openDescriptors()).toBe(before);
    },
  );

  it('refuses a link at the end and on the way, even to a folder of its own', () => {
    fs.symlinkSync('keys', join(root, 'etc/gatehouse/linked'));
    fs.symlinkSync('gatehouse', join(root, 'etc/other'));
    for (const path of ['/etc/gatehouse/linked', '/etc/other/keys', '/etc/gatehouse/keys/jo', '/etc/none'])
      expect(refused(() => opened(path))).toMatchObject({ problem: 'not-permitted-now' });
    opened('/etc/gatehouse/keys')[Symbol.dispose]();
  });

  it.runIf(isRoot)('refuses a folder that others may write to, anywhere on the way, on a real machine', () => {
    fs.chmodSync(join(root, 'etc/gatehouse'), 0o775);
    expect(refused(() => opened('/etc/gatehouse/keys', 'real'))).toMatchObject({
      message: expect.stringContaining('/etc/gatehouse must belong'),
    });
    opened('/etc/gatehouse/keys')[Symbol.dispose]();
    fs.chmodSync(join(root, 'etc/gatehouse'), 0o755);
    opened('/etc/gatehouse/keys', 'real')[Symbol.dispose]();
  });

  it.runIf(isRoot)('refuses a folder that belongs to somebody else', () => {
    fs.chownSync(join(root, 'etc/gatehouse'), 1000, 0);
    expect(refused(() => opened('/etc/gatehouse', 'real'))).toMatchObject({ problem: 'not-permitted-now' });
    fs.chownSync(join(root, 'etc/gatehouse'), 0, 0);
    opened('/etc/gatehouse', 'real')[Symbol.dispose]();
  });

  it('leaves no descriptor open', () => {
    const before = openDescriptors();
    refused(() => opened('/etc/gatehouse/keys/jo'));
    fs.chmodSync(join(root, 'etc/gatehouse/keys'), 0o777);
    refused(() => opened('/etc/gatehouse/keys', 'real'));
    opened('/etc/gatehouse/keys')[Symbol.dispose]();
    expect(openDescriptors()).toBe(before);
  });
});

describe('a folder', () => {
  it('reads a plain file, and says undefined for none', () => {
    using keys = opened('/etc/gatehouse/keys');
    expect(keys.read('jo')).toEqual(Buffer.from('ours\n'));
    expect(keys.read('al')).toBeUndefined();
  });

  it('refuses a link, a folder, a FIFO and a socket in place of a file without waiting', () => {
    using keys = opened('/etc/gatehouse/keys');
    const at = (name: string) => join(root, 'etc/gatehouse/keys', name);
    fs.symlinkSync('jo', at('link'));
    fs.mkdirSync(at('folder'));
    execFileSync('mkfifo', [at('fifo')]);
    for (const name of ['link', 'folder', 'fifo'])
      expect(refused(() => keys.read(name)).problem).toBe('not-permitted-now');
  });

  it('follows no link that takes the place of a file after it was looked at', () => {
    using keys = opened('/etc/gatehouse/keys');
    const lstat = fs.lstatSync;
    const path = join(root, 'etc/gatehouse/keys/jo');
    vi.spyOn(fs, 'lstatSync').mockImplementationOnce(((...args: Parameters<typeof lstat>) => {
      const stats = lstat(...args);
      fs.rmSync(path);
      fs.symlinkSync('/etc/passwd', path);
      return stats;
    }) as never);
    expect(refused(() => keys.read('jo')).problem).toBe('not-permitted-now');
  });

  it.each(['', '.', '..', 'a/b', 'a\0b'])('takes no %j for the name of an entry', name => {
    using keys = opened('/etc/gatehouse/keys');
    expect(() => keys.at(name)).toThrow(TypeError);
  });

  it('never writes through what has the name of a file that it makes', () => {
    using keys = opened('/etc/gatehouse/keys');
    const outside = join(root, 'outside');
    fs.writeFileSync(outside, 'outside\n');
    fs.symlinkSync(outside, join(root, 'etc/gatehouse/keys/planted'));
    fs.linkSync(outside, join(root, 'etc/gatehouse/keys/hard'));
    for (const name of ['jo', 'planted', 'hard', 'al']) {
      keys.create(name, Buffer.from('x'), 0o640);
      expect(fs.lstatSync(join(root, 'etc/gatehouse/keys', name)).mode).toBe(fs.constants.S_IFREG | 0o640);
    }
    expect(fs.readFileSync(outside, 'utf8')).toBe('outside\n');
  });

  it('refuses a folder of its own that others can look into', () => {
    using keys = opened('/etc/gatehouse/keys');
    fs.mkdirSync(join(root, 'etc/gatehouse/keys/loose'), { mode: 0o755 });
    expect(refused(() => keys.own('loose')).problem).toBe('not-permitted-now');
    for (let time = 0; time < 2; time++) {
      using own = keys.own('.own');
      expect(fs.fstatSync(own.fd).mode & 0o777).toBe(0o700);
    }
  });
});
