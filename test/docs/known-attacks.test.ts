// Every test that docs/known-attacks.md names exists, so that a renamed test is noticed here.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const rows = readFileSync(join(root, 'docs/known-attacks.md'), 'utf8')
  .split('\n')
  .filter(line => /^\| (?!attack \||---)/.test(line));
const cited = rows.map(row => /\| `([^`]+)` › (.+) \|$/.exec(row)?.slice(1, 3) ?? [row, '']);

it('every attack of the page names a test', () => {
  expect(rows.length).toBeGreaterThan(50);
  for (const [file, name] of cited) expect(name, file).not.toBe('');
});

it.each(cited)('%s has the test %j', (file = '', name = '') => {
  expect(existsSync(join(root, file)), file).toBe(true);
  expect(titlesIn(readFileSync(join(root, file), 'utf8'))).toContainEqual(name);
});

/** What stands first in a call whose second argument is a function: the names of tests and of their groups. What a template fills in is left out. */
function titlesIn(source: string): string[] {
  const title = /\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1,\s*(?:\{[^}]*\},\s*)?(?:async\s*)?(?:\(|\w+ =>)/g;
  return [...source.matchAll(title)].map(([, , text = '']) =>
    text
      .replace(/^.*\$\{[^}]*\}/s, '')
      .trim()
      .replaceAll("\\'", "'"),
  );
}
