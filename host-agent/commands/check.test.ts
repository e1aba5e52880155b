import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-check-'));
const main = resolve(import.meta.dirname, '../main.ts');
afterAll(() => rmSync(folder, { recursive: true }));

/** What it says of a command, and its exit code; stdin is a socket that gets `typed` and is closed, or is left open. */
async function check(words: string[], { typed, stdin = 'pipe' }: { typed?: string; stdin?: 'pipe' | number } = {}) {
  const child = spawn(process.execPath, [main, 'check', '--', ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH },
    stdio: [stdin, 'pipe', 'pipe'],
  });
  if (typed !== undefined) child.stdin?.end(typed);
  const [said, failed, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'exit')]);
  child.stdin?.destroy();
  return { said: said + failed, code };
}

describe('gatehouse-agent check', () => {
  const list = { said: 'users.list: /usr/bin/getent passwd\n', code: 0 };

  it('answers where stdin is a socket that stays open and silent', async () => {
    expect(await check(['getent', 'passwd'])).toEqual(list);
  });

  it('answers where stdin is a pipe that stays open and silent', async () => {
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const stdin = openSync(fifo, 'r+');
    expect(await check(['getent', 'passwd'], { stdin })).toEqual(list);
    closeSync(stdin);
  });

  it('reads the lines of a command that takes them, and of a file, which may be empty', async () => {
    const [hash, key] = [`$6$salt$${'a'.repeat(86)}`, ['@write', '/etc/gatehouse/keys/nosuch']];
    expect((await check(['chpasswd', '-e'], { typed: `nosuch:${hash}\n` })).said).toMatch(/^users\.password: /);
    expect((await check(['chpasswd', '-e'], { typed: 'nosuch\n' })).said).toMatch(/^refused, not-allowed: stdin 1/);
    expect((await check(key, { typed: 'no key\n' })).said).toMatch(/^refused, not-allowed: line 1/);
    expect((await check(key, { typed: '' })).said).toMatch(/^keys\.write: /);
  });

  it('gives no lines to a command that takes none', async () => {
    expect(await check(['getent', 'passwd'], { typed: 'text\n' })).toEqual(list);
    expect((await check(['pdbedit', '-d0', '-x', '-u', 'nosuch'], { typed: '' })).said).toMatch(
      /^users\.samba-remove: /,
    );
  });
});
