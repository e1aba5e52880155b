import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson } from './json.ts';

it('gives what JSON.parse gives for any value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
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
  expect(() => parseJson(text)).toThrow(SyntaxError);
});

it('takes equal keys of different objects, and strings equal to keys', () => {
  expect(parseJson('[{"a":"a"},{"a":["a","a"]},{"b":{"a":1},"a":2}]')).toEqual([
    { a: 'a' },
    { a: ['a', 'a'] },
    { b: { a: 1 }, a: 2 },
  ]);
});
