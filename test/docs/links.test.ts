// Every link of the documents leads to a file that is there and, where it names a heading, to that heading.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const elsewhere = ['node_modules', '.gatehouse', '.git'];
const pages = globSync('**/*.md', { cwd: root, exclude: path => elsewhere.includes(basename(path)) });
const links = pages.flatMap(page =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^()\s]+)\)/g)].map(
    ([, link = '']) => [page, link] as const,
  ),
);

it('the README leads to every document', () => {
  const reached = new Set(['README.md']);
  for (const page of reached)
    for (const [from, link] of links) {
      const to = relative(root, resolve(root, dirname(page), link.replace(/#.*/, '')));
      if (from === page) reached.add(pages.includes(`${to}/README.md`) ? `${to}/README.md` : to);
    }
  expect(pages.filter(page => page.startsWith('docs/') && !reached.has(page))).toEqual([]);
});

it.each(links)('%s: %s leads somewhere', (page, link) => {
  if (/^https?:/.test(link)) return;
  const [path = '', heading] = link.split('#', 2);
  const file = path === '' ? join(root, page) : resolve(root, dirname(page), path);
  expect(existsSync(file), file).toBe(true);
  if (heading !== undefined) expect(headingsOf(file)).toContain(heading);
});

const named = pages
  .filter(page => page === 'README.md' || page.startsWith('docs/'))
  .flatMap(page =>
    [
      ...readFileSync(join(root, page), 'utf8').matchAll(
        /`((?:allowlist|host-agent|web|bin|systemd|test)\/[\w./-]*)`/g,
      ),
    ].map(([, path = '']) => [page, path] as const),
  );

it.each(named)('%s: %s is there', (_, path) => {
  expect(existsSync(join(root, path))).toBe(true);
});

/** As GitHub makes them: small letters, blanks to dashes, nothing else but letters and digits. */
function headingsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
