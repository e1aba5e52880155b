import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askPrograms } from '../allowlist/programs.ts';
import { readRules } from './rule-files.ts';

const rule = '- id: a.b\n  run: getent group\n  reads: true\n  why: only for this test\n';

// Below /var/lib and not /tmp: what root trusts must lie where only root writes.
describe.skipIf(process.getuid?.() !== 0)('in real mode, as root', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = join(mkdtempSync('/var/lib/gatehouse-rules-'), 'rules');
    mkdirSync(folder, { mode: 0o755 });
    file = join(folder, 'a.yaml');
    writeFileSync(file, rule, { mode: 0o644 });
  });

  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

  it('reads rules that only root can write', () => {
    expect(readRules([folder], 'real')).toHaveLength(1);
  });

  it.each([
    ['a file that its group may write', () => chmodSync(file, 0o664)],
    ['a file that anybody may write', () => chmodSync(file, 0o646)],
    ["a file that is not root's", () => chownSync(file, 1234, 0)],
    ['a folder that anybody may write', () => chmodSync(folder, 0o777)],
    ["a folder that is not root's", () => chownSync(folder, 1234, 0)],
    ["a folder above that is not root's", () => chownSync(join(folder, '..'), 1234, 0)],
  ])('refuses %s', (_, change) => {
    expect(() => readRules([folder], 'real')).not.toThrow();
    change();
    expect(() => readRules([folder], 'real')).toThrow('must belong to root and be writable by root only');
    expect(() => readRules([folder], 'dummy')).not.toThrow();
  });

  it('refuses a file that is a link to somewhere anybody writes', () => {
    const elsewhere = join(mkdtempSync(join(tmpdir(), 'gatehouse-rules-')), 'b.yaml');
    writeFileSync(elsewhere, rule.replace('a.b', 'c.d'), { mode: 0o666 });
    chmodSync(elsewhere, 0o666);
    symlinkSync(elsewhere, join(folder, 'b.yaml'));
    expect(() => readRules([folder], 'real')).toThrow('must belong to root');
  });

  it('refuses a program of the table that anybody may write, and does without one that is not installed', () => {
    const program = join(folder, '..', 'id');
    const table = askPrograms as Record<string, string>;
    const { id } = table;
    table.id = program;
    try {
      expect(readRules([folder], 'real')).toHaveLength(1);
      writeFileSync(program, '', { mode: 0o755 });
      expect(readRules([folder], 'real')).toHaveLength(1);
      chmodSync(program, 0o757);
      expect(() => readRules([folder], 'real')).toThrow(`${program} must belong to root`);
    } finally {
      table.id = id as string;
    }
  });

  it('refuses a link that leads over another one, in a folder where anybody could change that', () => {
    const between = join(folder, '..', 'between');
    const target = join(folder, '..', 'target');
    mkdirSync(between, { mode: 0o755 });
    mkdirSync(target, { mode: 0o755 });
    writeFileSync(join(target, 'c.yaml'), rule.replace('a.b', 'c.d').replace('group', 'passwd'), { mode: 0o644 });
    symlinkSync('../target', join(between, 'on'));
    symlinkSync('../between/on/c.yaml', join(folder, 'c.yaml'));
    expect(readRules([folder], 'real')).toHaveLength(2);
    chmodSync(between, 0o777);
    expect(() => readRules([folder], 'real')).toThrow(`${between} must belong to root`);
  });
});

it('does without the owner’s folder, but not without the shipped one', () => {
  expect(() => readRules(['/nonexistent/rules'], 'dummy')).toThrow('/nonexistent/rules');
  expect(
    readRules([join(import.meta.dirname, '../allowlist/rules'), '/nonexistent/rules.d'], 'dummy').length,
  ).toBeGreaterThan(10);
});

it('does not pass over a file whose name ends in .yml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-rules-'));
  writeFileSync(join(folder, 'a.yaml'), rule);
  expect(readRules([folder], 'dummy')).toHaveLength(1);
  writeFileSync(join(folder, 'b.yml'), rule);
  expect(() => readRules([folder], 'dummy')).toThrow('b.yml would not be read');
  rmSync(folder, { recursive: true });
});
