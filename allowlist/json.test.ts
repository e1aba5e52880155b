import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Ambiguous, parseJson } from './json.ts';

it('gives what JSON.parse gives for any value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), value => {
      const text = JSON.stringify(value);
      if (!text.includes('__proto__')) expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

it.each([
  ['a key twice', '{"a":1,"a":2}'],
  ['a key twice, once escaped', '{"cmd":1,"c\\u006dd":2}'],
  ['a key twice with blanks before the colon', '{"a" :1,"a"\t:2}'],
  ['a key twice deep inside', '[{"x":[{"a":{"b":1,"b":2}}]}]'],
  ['a key twice behind a string with brackets', '{"a":"}{\\"","a":2}'],
  ['__proto__', '{"__proto__":{"dryRun":true}}'],
])('refuses %s', (_, text) => {
  expect(() => JSON.parse(text)).not.toThrow();
  expect(() => parseJson(text)).toThrow(Ambiguous);
});

it('takes equal keys of different objects, and strings equal to keys', () => {
  expect(parseJson('[{"a":"a"},{"a":["a","a"]},{"b":{"a":1},"a":2}]')).toEqual([
    { a: 'a' },
    { a: ['a', 'a'] },
    { b: { a: 1 }, a: 2 },
  ]);
});

it('calls what is no JSON a syntax error, also where it names a key twice', () => {
  for (const text of ['{"a":1,"a":2', '{"a":1}{"a":2}', '{"a":1,}', '', '{"\\x":1}'])
    expect(() => parseJson(text)).toThrow(SyntaxError);
});

it('does not even parse what nests deeper than any request', () => {
  expect(parseJson(`${'['.repeat(8)}${']'.repeat(8)}`)).toBeTruthy();
  expect(() => parseJson('['.repeat(500_000))).toThrow('nested too deep');
  expect(() => parseJson(`${'['.repeat(9)}${']'.repeat(9)}`)).toThrow('nested too deep');
});

it.each([
  ['a string that never ends, full of quotes', (n: number) => `{"id":"a","stdin":"${'\\"'.repeat(n)}`],
  ['the same with a lone backslash at its end', (n: number) => `{"id":"a","stdin":"${'\\"'.repeat(n)}\\`],
  ['strings with blanks behind them', (n: number) => `["a"${' '.repeat(n)}"a"${' '.repeat(n)}`],
  ['backslashes', (n: number) => `"${'\\'.repeat(n)}`],
])('looks once at each character of %s', (_, text) => {
  const began = performance.now();
  expect(() => parseJson(text(500_000))).toThrow(SyntaxError);
  // Some milliseconds; looking again from each quote took minutes.
  expect(performance.now() - began).toBeLessThan(5_000);
});

it('does not even parse what has more keys than any request', () => {
  const keys = (n: number) => JSON.stringify(Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, i])));
  expect(parseJson(keys(256))).toHaveProperty('k255', 255);
  expect(() => parseJson(keys(257))).toThrow('more keys than any request');
});

it('says which key stands twice, and what the text would be', () => {
  try {
    parseJson('{"id":"a","cmd":1,"cmd":2}');
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ key: 'cmd', value: { id: 'a', cmd: 2 } });
  }
});
