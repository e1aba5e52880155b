import { expect, it } from 'vitest';
import { faultOf, slotTypes } from '../../allowlist/types.ts';
import { newPassword, normalised, passwordFault } from './password.ts';

it.each([
  'four words and a fish',
  `quo"te's $HOME \\n`,
  ' blanks around ',
  'пароль с пробелом',
  '漢字かな交じり文です',
  'x'.repeat(127),
])('takes %j', text => {
  expect(passwordFault(text)).toBeUndefined();
});

it.each([
  ['seven77', 'users.password.short'],
  ['x'.repeat(128), 'users.password.long'],
  ['漢'.repeat(85), 'users.password.long'],
  ['with\nline break', 'users.password.signs'],
  ['with\tcontrol', 'users.password.signs'],
  ['half \ud800 of a pair', 'users.password.signs'],
])('refuses %j', (text, fault) => {
  expect(passwordFault(text)).toBe(fault);
});

it('takes an é as one password, however the keyboard wrote it, and trims nothing', () => {
  expect(normalised(' cafe\u0301 ')).toBe(' caf\u00e9 ');
});

it('makes a hash that the agent takes, another one each time', async () => {
  const [one, two] = [await newPassword('four words and a fish'), await newPassword('four words and a fish')];
  const type = slotTypes.get('password-hash');
  expect(type && faultOf(type, one.hash)).toBeUndefined();
  expect(one.hash).toMatch(/^\$6\$rounds=100000\$/);
  expect(one.hash).not.toBe(two.hash);
});
