import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
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
      [...readFileSync(join(web, name), 'utf8').matchAll(/^ {2}'([^']+)':/gm)].map(([, key]) => key),
    );
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
    expect(keys.toSorted()).toEqual(Object.keys(en).toSorted());
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
