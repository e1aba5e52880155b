import { expect, it } from 'vitest';
import { shownArgv, visible } from './command.ts';

it('writes each argument as a shell would need it', () => {
  expect(shownArgv(['usermod', '-c', "Zoë O'Neil", '', '$HOME', 'Zoë', '/home/jo'])).toEqual([
    'usermod',
    '-c',
    `"Zoë O'Neil"`,
    "''",
    '\\$HOME',
    'Zoë',
    '/home/jo',
  ]);
});

it('writes out what a page would hide or reorder', () => {
  expect(visible('a\u202eb\u0007c\u2028d\u00ade')).toBe('a\\u{202e}b\\x07c\\u{2028}d\\xade');
  for (const sign of ['\u0600', '\u3164', '\u2800', '\u2029', '\ue000', '\u0378', '\ud800', '\u{e0041}', '\u2066'])
    expect(visible(`a${sign}b`)).toBe(`a\\u{${sign.codePointAt(0)?.toString(16)}}b`);
  expect(visible("Zoë O'Neil 李")).toBe("Zoë O'Neil 李");
});
