import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { keyFor, openSecretFile } from './keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the secret file', () => {
  it('is made at the first start, for its owner only, and kept', () => {
    const path = join(folder, 'data', 'secret');
    const first = openSecretFile(path);
    expect(first).toHaveLength(32);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(openSecretFile(path)).toEqual(first);
  });

  it('is closed to others where it was open', () => {
    const path = join(folder, 'open');
    writeFileSync(path, Buffer.alloc(32, 2));
    chmodSync(path, 0o644);
    openSecretFile(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('stops the start where it is too short to be one, and is left as it was', () => {
    const path = join(folder, 'short');
    writeFileSync(path, 'x');
    expect(() => openSecretFile(path)).toThrow(/^GATEHOUSE_SECRET_FILE .* fewer than 32 bytes; for example: /);
    expect(readFileSync(path, 'utf8')).toBe('x');
  });

  it('gives each use a key of its own', () => {
    const secret = Buffer.alloc(32, 3);
    expect(keyFor('sessions', secret)).toEqual(keyFor('sessions', secret));
    expect(keyFor('sessions', secret)).not.toEqual(keyFor('forms', secret));
  });
});
