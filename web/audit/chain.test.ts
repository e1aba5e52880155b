import { expect, it } from 'vitest';
import { follows, type Line, walk } from './chain.ts';
import { genesis } from './entry.ts';

const line = (n: number, prev: string, hash: string): Line => ({ n, prev, hash });
const whole = [line(1, genesis, 'a'), line(2, 'a', 'b'), line(3, 'b', 'c')];
async function* pages(lines: Line[]) {
  for (const one of lines) yield [one];
}

it('links a line to the one before by its number and by its hash', () => {
  const before = { n: 1, hash: 'a' };
  expect(follows({ n: 2, prev: 'a' }, before)).toBe(true);
  for (const other of [
    { n: 3, prev: 'a' },
    { n: 1, prev: 'a' },
    { n: 2, prev: 'b' },
  ])
    expect(follows(other, before), JSON.stringify(other)).toBe(false);
});

it('is whole to its end', async () => {
  expect(await walk(pages(whole), 'c')).toEqual({ last: whole[2], fault: undefined });
});

it('names the entry that is missing, although the hashes were made to fit', async () => {
  const [first, second] = whole as [Line, Line];
  expect((await walk(pages([first, { ...second, n: 3 }]), 'b')).fault).toBe(2);
});
