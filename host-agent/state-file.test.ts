import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { stateFile } from './state-file.ts';

let dir: string;
const path = () => join(dir, 'a.json');
const file = () => stateFile(dir, 'a.json', z.strictObject({ text: z.string() }), 'bring it back');
const read = () => file().read()?.text;
const write = (text: string) => file().write({ text });

beforeEach(() => {
  dir = fs.mkdtempSync(join(tmpdir(), 'state-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

describe('a state file', () => {
  it('gives back what was written, 0600, and nothing beside it', () => {
    write('old');
    write('new');
    expect(read()).toBe('new');
    expect(fs.statSync(path()).mode & 0o7777).toBe(0o600);
    expect(fs.readdirSync(dir)).toEqual(['a.json']);
  });

  it('is undefined where it or its folder is not there, and reading makes neither', () => {
    expect(read()).toBeUndefined();
    fs.rmSync(dir, { recursive: true });
    expect(read()).toBeUndefined();
    expect(fs.existsSync(dir)).toBe(false);
    write('text');
    expect([read(), fs.statSync(dir).mode & 0o7777]).toEqual(['text', 0o700]);
  });

  it('is removed with what a crash left of it, and nothing else is', () => {
    write('text');
    for (const name of ['a.json.new', 'b.json.new']) fs.writeFileSync(join(dir, name), 'half');
    file().remove();
    expect(fs.readdirSync(dir)).toEqual(['b.json.new']);
    file().remove();
  });

  it('is written where a crash left a half', () => {
    fs.writeFileSync(join(dir, 'a.json.new'), 'half');
    write('text');
    expect([read(), fs.readdirSync(dir)]).toEqual(['text', ['a.json']]);
  });

  it.each(['', '{', 'null', '[]', '{}', '{"text":1}', '{"text":"secret","more":1}', '{"text":"secret","text":"b"}'])(
    'is refused where it holds %j, with advice and without quoting it',
    text => {
      fs.writeFileSync(path(), text, { mode: 0o600 });
      expect(read).toThrow(/^a\.json does not hold what Gatehouse wrote: bring it back\.$/);
      write('text');
      expect(read()).toBe('text');
    },
  );

  it.each([0o640, 0o604, 0o620])('is refused with mode %o, and taken with 0600 and stricter', mode => {
    write('text');
    fs.chmodSync(path(), mode);
    expect(read).toThrow(/a\.json must belong to .* neither its group nor others may look into it/);
    fs.chmodSync(path(), 0o400);
    expect(read()).toBe('text');
  });

  it.each([0o750, 0o701, 0o1777])('is refused in a folder of mode %o', mode => {
    write('text');
    fs.chmodSync(dir, mode);
    expect(read).toThrow(/must belong to .* neither its group nor others may look into it/);
    expect(() => write('more')).toThrow(/must belong/);
    fs.chmodSync(dir, 0o700);
    expect(read()).toBe('text');
  });

  it.skipIf(process.geteuid?.() !== 0)('is refused where it or its folder is of another user', () => {
    write('text');
    fs.chownSync(path(), 65534, 0);
    expect(read).toThrow(/must belong to root/);
    fs.chownSync(path(), 0, 0);
    expect(read()).toBe('text');
    fs.chownSync(dir, 65534, 0);
    expect(read).toThrow(/must belong to root/);
  });

  it('follows no link in its place, and replaces the link when it is written', () => {
    const elsewhere = join(dir, 'elsewhere');
    fs.writeFileSync(elsewhere, '{"text":"secret"}', { mode: 0o600 });
    fs.symlinkSync(elsewhere, path());
    expect(read).toThrow(/not a plain file/);
    write('text');
    expect([read(), fs.readFileSync(elsewhere, 'utf8')]).toEqual(['text', '{"text":"secret"}']);
  });

  it('follows no link in place of its folder', () => {
    const link = `${dir}-link`;
    fs.symlinkSync(dir, link);
    try {
      expect(() => stateFile(link, 'a.json', z.unknown(), '').read()).toThrow(/ENOTDIR|ELOOP/);
    } finally {
      fs.rmSync(link);
    }
  });

  it('does not wait at a pipe or read a folder in its place', () => {
    fs.mkdirSync(path(), { mode: 0o700 });
    expect(read).toThrow(/not a plain file/);
  });
});
