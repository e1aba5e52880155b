import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadRules } from '../../allowlist/load.ts';
import { inLanguage } from '../i18n/language.ts';
import { german } from './told.de.ts';
import { dangerOf, whyOf } from './told.ts';

const folder = join(import.meta.dirname, '../../allowlist/rules');
const shipped = loadRules(
  globSync('*.yaml', { cwd: folder }).map(file => ({ file, text: readFileSync(join(folder, file), 'utf8'), layer: 0 })),
);

it('has every shipped rule in German, with its danger where it has one, and no other', () => {
  expect(Object.keys(german).sort()).toEqual(shipped.map(({ id }) => id).sort());
  for (const { id, danger } of shipped) expect(german[id]?.danger !== undefined, id).toBe(danger !== null);
});

it("tells a shipped rule in the reader's language, and another one as it was written", () => {
  const rule = { id: 'users.rename', why: 'change the name that is shown' };
  expect(whyOf(rule)).toBe('change the name that is shown');
  expect(inLanguage('de', () => whyOf(rule))).toBe('den angezeigten Namen ändern');
  expect(inLanguage('de', () => whyOf({ id: 'own.rule', why: 'do what I want' }))).toBe('do what I want');
  expect(inLanguage('de', () => dangerOf('users.empty', 'gone for good'))).toContain('endgültig');
  expect(inLanguage('de', () => dangerOf('own.rule', 'beware'))).toBe('beware');
  expect(dangerOf('users.rename', null)).toBeNull();
});
