import { expect, it } from 'vitest';
import { getopt } from './getopt.ts';

it('takes options before and after operands, glued and apart', () => {
  const options = getopt('abu:', '/bin/tool', ['-ab', 'one', '-u1', '-u', '2', 'two']);
  expect(options.given).toEqual([
    ['a', ''],
    ['b', ''],
    ['u', '1'],
    ['u', '2'],
  ]);
  expect(options.operands).toEqual(['one', 'two']);
  expect(options.value('u')).toBe('2');
  expect(options.error).toBeNull();
});

it('takes everything after -- as an operand, and a lone dash', () => {
  expect(getopt('a', '/bin/tool', ['-', '--', '-a', '--b']).operands).toEqual(['-', '-a', '--b']);
});

it('takes a value that looks like an option, or is empty', () => {
  expect(getopt('u:c:', '/bin/tool', ['-u', '-1', '-c', '']).given).toEqual([
    ['u', '-1'],
    ['c', ''],
  ]);
});

it.each([
  [['--long'], "/bin/tool: unrecognized option '--long'"],
  [['-x'], "/bin/tool: invalid option -- 'x'"],
  [['-a:'], "/bin/tool: invalid option -- ':'"],
  [['-au'], "/bin/tool: option requires an argument -- 'u'"],
])('refuses %j as glibc does', (args, sentence) => {
  expect(getopt('au:', '/bin/tool', args).error).toBe(sentence);
});
