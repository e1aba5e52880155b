import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from './diff.ts';

describe('unifiedDiff', () => {
  it('says nothing of equal texts', () => {
    expect(unifiedDiff('/f', 'a\nb\n', 'a\nb\n')).toBe('');
  });

  it('shows a changed line among three lines of context', () => {
    expect(unifiedDiff('/f', '1\n2\n3\n4\n5\n6\n7\n8\n', '1\n2\n3\n4\nfive\n6\n7\n8\n')).toBe(
      '--- /f\n+++ /f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n',
    );
  });

  it('tells a file that is not there from an empty one', () => {
    expect(unifiedDiff('/f', undefined, 'a\n')).toBe('--- /dev/null\n+++ /f\n@@ -0,0 +1,1 @@\n+a\n');
    expect(unifiedDiff('/f', '', 'a\n')).toBe('--- /f\n+++ /f\n@@ -0,0 +1,1 @@\n+a\n');
    expect(unifiedDiff('/f', undefined, '')).toBe('--- /dev/null\n+++ /f\n');
  });

  it('marks a last line without an end', () => {
    expect(unifiedDiff('/f', 'a', 'a\n')).toBe(
      '--- /f\n+++ /f\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n',
    );
  });

  it('answers for two long texts without a line in common', () => {
    const text = (word: string) => Array.from({ length: 20_000 }, (_, line) => `${word} ${line}\n`).join('');
    expect(unifiedDiff('/f', text('a'), text('b')).split('\n')).toHaveLength(40_004);
  });

  it('makes what patch turns into the new text', () => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'gatehouse-diff-'));
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 });
    const text = lines.map(all => all.map(line => `${line}\n`).join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after && before !== '' && after !== '');
        const file = join(folder, 'f');
        fs.writeFileSync(file, before);
        expect(spawnSync('patch', ['-s', '-F0', file], { input: unifiedDiff('f', before, after) }).status).toBe(0);
        expect(fs.readFileSync(file, 'utf8')).toBe(after);
      }),
      { numRuns: 60 },
    );
    execFileSync('rm', ['-r', folder]);
  });
});
