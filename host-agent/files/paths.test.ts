import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Refused } from '../../allowlist/refused.ts';
import { type Folder, openFolder } from './paths.ts';
import { refusedFor } from './stop.ts';

let root: string;
const me = process.getuid?.() ?? 0;

beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'gatehouse-paths-'));
  fs.mkdirSync(join(root, 'etc/gatehouse/keys'), { recursive: true, mode: 0o755 });
  fs.writeFileSync(join(root, 'etc/gatehouse/keys/jo'), 'ours\n');
});

const opened = (path: string, trustedUid?: number): Folder => openFolder(root, path, trustedUid);

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
  it('opens a folder below the root, and the root itself', () => {
    using keys = opened('/etc/gatehouse/keys', me);
    expect(keys.names()).toEqual(['jo']);
    using top = opened('/');
    expect(top.names()).toEqual(['etc']);
  });

  it.each(['etc', '', '//etc', '/etc/', '/etc//gatehouse', '/etc/../etc', '/etc/.', '/etc/ga\0te'])(
    'refuses %j as a path',
    path => {
      expect(refused(() => openFolder(root, path))).toMatchObject({ problem: 'not-permitted-now' });
    },
  );

  it('refuses a link at the end and on the way, even to a folder of its own', () => {
    fs.symlinkSync('keys', join(root, 'etc/gatehouse/linked'));
    fs.symlinkSync('gatehouse', join(root, 'etc/other'));
    for (const path of ['/etc/gatehouse/linked', '/etc/other/keys', '/etc/gatehouse/keys/jo', '/etc/none'])
      expect(refused(() => openFolder(root, path))).toMatchObject({ problem: 'not-permitted-now' });
    opened('/etc/gatehouse/keys')[Symbol.dispose]();
  });

  it('refuses a folder that others may write to, anywhere on the way, where it must be trusted', () => {
    fs.chmodSync(join(root, 'etc/gatehouse'), 0o775);
    expect(refused(() => openFolder(root, '/etc/gatehouse/keys', me))).toMatchObject({
      message: expect.stringContaining('/etc/gatehouse must belong'),
    });
    opened('/etc/gatehouse/keys')[Symbol.dispose]();
    fs.chmodSync(join(root, 'etc/gatehouse'), 0o755);
    opened('/etc/gatehouse/keys', me)[Symbol.dispose]();
  });

  it('refuses a folder that belongs to somebody else', () => {
    expect(refused(() => openFolder(root, '/etc/gatehouse', me + 1))).toMatchObject({ problem: 'not-permitted-now' });
    opened('/etc/gatehouse', me)[Symbol.dispose]();
  });

  it('leaves no descriptor open', () => {
    const before = openDescriptors();
    refused(() => openFolder(root, '/etc/gatehouse/keys/jo'));
    refused(() => openFolder(root, '/etc/gatehouse/keys', me + 1));
    opened('/etc/gatehouse/keys')[Symbol.dispose]();
    expect(openDescriptors()).toBe(before);
  });
});

describe('a folder', () => {
  it('reads a plain file, and says undefined for none', () => {
    using keys = opened('/etc/gatehouse/keys');
    expect(keys.read('jo', 'jo')).toMatchObject({ bytes: Buffer.from('ours\n') });
    expect(keys.read('al', 'al')).toBeUndefined();
  });

  it('refuses a link, a folder, a FIFO and a socket in place of a file without waiting', () => {
    using keys = opened('/etc/gatehouse/keys');
    const at = (name: string) => join(root, 'etc/gatehouse/keys', name);
    fs.symlinkSync('jo', at('link'));
    fs.mkdirSync(at('folder'));
    execFileSync('mkfifo', [at('fifo')]);
    for (const name of ['link', 'folder', 'fifo'])
      expect(refused(() => keys.read(name, name)).problem).toBe('not-permitted-now');
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
    expect(refused(() => keys.read('jo', 'jo')).problem).toBe('failed');
  });

  it.each(['', '.', '..', 'a/b', 'a\0b'])('takes no %j for the name of an entry', name => {
    using keys = opened('/etc/gatehouse/keys');
    expect(() => keys.at(name)).toThrow(TypeError);
  });

  it('never writes over what is there when it creates', () => {
    using keys = opened('/etc/gatehouse/keys');
    fs.symlinkSync('/etc/passwd', join(root, 'etc/gatehouse/keys/planted'));
    for (const name of ['jo', 'planted']) expect(() => keys.create(name, Buffer.from('x'))).toThrow('EEXIST');
    keys.create('al', Buffer.from('x'), 0o640);
    expect(fs.statSync(join(root, 'etc/gatehouse/keys/al')).mode & 0o777).toBe(0o640);
  });

  it('refuses a folder of its own that others can look into', () => {
    using keys = opened('/etc/gatehouse/keys');
    fs.mkdirSync(join(root, 'etc/gatehouse/keys/loose'), { mode: 0o755 });
    expect(refused(() => keys.own('loose')).problem).toBe('not-permitted-now');
    for (let time = 0; time < 2; time++) {
      using own = keys.own('.own');
      expect(own.names()).toEqual([]);
    }
  });
});
