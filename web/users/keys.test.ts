import { expect, it } from 'vitest';
import { keysFile, readKey, readKeys } from './keys.ts';

const base64 = 'AAAAC3NzaC1lZDI1NTE5AAAAIE4plYOxwxYY2PyXB59yp5PnjEMwFPgUhhbRIbEBQ1Bz';
const line = `ssh-ed25519 ${base64}`;
const fault = (text: string, name?: string) => {
  const read = readKey(text, name);
  return read.ok ? undefined : read.fault;
};

it('reads a key as ssh-keygen writes it, and names it by its comment', () => {
  const read = readKey(`${line} jo on the laptop\n`);
  expect(read).toMatchObject({ ok: true, key: { name: 'jo on the laptop', type: 'ssh-ed25519', base64 } });
});

it('gives the fingerprint that ssh-keygen -l prints', () => {
  const read = readKey(line);
  expect(read.ok && read.key.fingerprint).toBe('SHA256:60U0mz5QkNcXoTxbDkjBqdj0mLeVtF25v0NuOG4Sxp8');
});

it.each([
  ['options before the key', `command="id" ${line}`],
  ['a damaged key', `ssh-ed25519 ${base64.slice(0, -4)}`],
  ['a key of another type than it names', `ssh-rsa ${base64}`],
  ['a type that is out of use', 'ssh-dss AAAAB3NzaC1kc3MAAACBAO'],
  ['nothing', ''],
])('refuses %s', (_, text) => {
  expect(fault(text)).toBeTypeOf('string');
});

it('takes a name in any script, and refuses one that holds a direction mark', () => {
  expect(fault(line, 'Зоин ноутбук')).toBeUndefined();
  expect(fault(line, 'lap\u202etop')).toContain('comment');
});

it('reads back the file it writes', () => {
  const keys = ['laptop', 'phone with blanks'].flatMap(name => {
    const read = readKey(line, name);
    return read.ok ? [read.key] : [];
  });
  expect(readKeys(keysFile(keys))).toEqual(keys);
  expect(readKeys('')).toEqual([]);
});
