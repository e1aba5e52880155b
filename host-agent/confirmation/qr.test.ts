import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inTerminal, qr } from './qr.ts';

// Made by qrencode 4.1 (-l L -8), two of each version, from texts for which it chose mask 0. A row is a number in hex.
const known: { text: string; size: number; rows: string }[] = JSON.parse(
  readFileSync(new URL('qr.fixture.json', import.meta.url), 'utf8'),
);

describe('qr', () => {
  it.each(known.map(({ text, size, rows }) => [text.length, size, text, rows] as const))(
    'draws %i bytes in a square of %i as qrencode does',
    (_, size, text, rows) => {
      const drawn = qr(text).map(row => row.map(dark => (dark ? '1' : '0')).join(''));
      expect(drawn).toEqual(rows.split(' ').map(row => BigInt(`0x${row}`).toString(2).padStart(size, '0')));
    },
  );

  it('knows every version from 1 to 10', () => {
    expect(new Set(known.map(({ size }) => (size - 17) / 4))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
  });

  it('refuses a text that does not fit, and takes the longest that does', () => {
    expect(() => qr('a'.repeat(272))).toThrow('too long');
    expect(qr('a'.repeat(271))).toHaveLength(57);
  });
});

describe('inTerminal', () => {
  it('draws two rows a line, dark as nothing, inside four light modules', () => {
    const lines = inTerminal([
      [true, true],
      [true, false],
      [false, true],
    ]).split('\x1b[0m\n');
    const blocks = lines.slice(0, -1).map(line => line.replace('\x1b[40;37;1m', ''));
    const light = '█'.repeat(11);
    expect(blocks).toEqual([light, light, '████ ▄█████', '█████▄█████', light, light]);
  });
});
