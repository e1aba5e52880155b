import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { de } from './de.ts';
import { en } from './en.ts';
import { inLanguage } from './language.ts';
import { sentence, t } from './text.ts';

const web = join(import.meta.dirname, '..');
const sources = globSync('**/*.{ts,pug}', { cwd: web, exclude: name => name.endsWith('.test.ts') })
  .filter(name => !name.endsWith('texts.ts'))
  .map(name => ({ name, text: readFileSync(join(web, name), 'utf8').replace(/\/\*[\s\S]*?\*\/|^ *\/\/.*$/gm, '') }));

/** t('users.title') and t(`users.state.${state}`), in TypeScript and in Pug. */
const literal = /\b(?:t|sentence)\(\s*'([^']+)'\s*[,)]/g;
const prefix = /[`']([a-z][\w.-]*\.)(?:\$\{|'\s*\+)/g;

describe('the catalogue', () => {
  it('has every key that a page asks for', () => {
    const missing = sources.flatMap(({ name, text }) =>
      [...text.matchAll(literal)].flatMap(([, key]) => (Object.hasOwn(en, key!) ? [] : [`${name}: ${key}`])),
    );
    expect(missing).toEqual([]);
  });

  it('has no key that no page asks for', () => {
    const all = sources.map(({ text }) => text).join('\n');
    const prefixes = [...all.matchAll(prefix)].map(([, start]) => start!);
    const unused = Object.keys(en).filter(
      key => !all.includes(`'${key}'`) && !prefixes.some(start => key.startsWith(start)),
    );
    expect(unused).toEqual([]);
  });

  it('names no key twice in two features', () => {
    const keys = globSync('**/texts.ts', { cwd: web }).flatMap(name =>
      [...readFileSync(join(web, name), 'utf8').matchAll(/^ {2}'?([\w.-]+)'?:/gm)].map(([, key]) => key),
    );
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
    expect(keys.toSorted()).toEqual(Object.keys(en).toSorted());
  });
});

describe('German', () => {
  const english = Object.entries(en) as [keyof typeof de, string | Record<string, string>][];
  const formsOf = (text: string | Record<string, string>) => (typeof text === 'string' ? { one: text } : text);
  const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

  it('has every sentence, in as many forms and with the same values to fill in', () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of english) {
      const [theirs, ours] = [formsOf(text), formsOf(de[key])];
      expect(Object.keys(ours), key).toEqual(Object.keys(theirs));
      for (const form of Object.keys(theirs))
        expect(namesIn(theirs[form] ?? ''), key).toEqual(expect.arrayContaining(namesIn(ours[form] ?? '')));
    }
  });

  it('leaves no sentence in English', () => {
    const same = english.filter(([key, text]) => JSON.stringify(text) === JSON.stringify(de[key]));
    const wordsIn = (text: unknown) =>
      JSON.stringify(text)
        .replace(/\{\w+\}/g, '')
        .match(/\p{L}+/gu) ?? [];
    // A word or two may be the same in both.
    expect(same.filter(([, text]) => wordsIn(text).length > 2).map(([key]) => key)).toEqual([]);
  });

  it('is what a page says to whoever chose it, with numbers as they are written there', () => {
    expect(inLanguage('de', () => t('error.429.text', { n: 1500 }))).toContain('1.500 Minuten');
    expect(inLanguage('en', () => t('error.429.text', { n: 1500 }))).toContain('1,500 minutes');
  });
});

describe('a text', () => {
  it('is filled with its values and chosen by number', () => {
    expect(t('setup.done', { login: 'jo' })).toContain('jo');
    expect(t('error.429.text', { n: 1 })).toContain('1 minute.');
    expect(t('error.429.text', { n: 15 })).toContain('15 minutes.');
  });

  it('is never shown with a hole in it', () => {
    expect(() => sentence('setup.done')).toThrow('wants a value for {login}');
  });

  it('may be a sentence that came from elsewhere', () => {
    expect(sentence('No rule allows that.')).toBe('No rule allows that.');
    expect(sentence('constructor')).toBe('constructor');
  });
});
