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
