import { describe, expect, it } from 'vitest';
import { wordsOf } from './words.ts';

describe('a typed command line', () => {
  it.each([
    ['usermod -c "Jo Example" jo', ['usermod', '-c', 'Jo Example', 'jo']],
    ["usermod -e '' jo", ['usermod', '-e', '', 'jo']],
    ['  pkill   -KILL  -u jo ', ['pkill', '-KILL', '-u', 'jo']],
    ['@write /etc/gatehouse/keys/jo', ['@write', '/etc/gatehouse/keys/jo']],
    ["chpasswd '$6$salt$hash' 'a|b' '*' '#' \\$x", ['chpasswd', '$6$salt$hash', 'a|b', '*', '#', '$x']],
    ['a"b c"d Zoë', ['ab cd', 'Zoë']],
    ['useradd \u202eevil <', undefined],
  ])('is split where a shell would: %s', (line, words) => {
    expect(wordsOf(line)).toEqual(words ? { ok: true, words } : { ok: false, why: 'rules.try.operator' });
  });

  it.each([
    ['userdel jo; id', 'operator'],
    ['userdel jo && id', 'operator'],
    ['id > /etc/x', 'operator'],
    ['id < /etc/x', 'operator'],
    ['(id)', 'operator'],
    ['userdel j*', 'glob'],
    ['userdel j?', 'glob'],
    ['userdel $USER', 'variable'],
    ['userdel "$USER"', 'variable'],
    ['userdel ${', 'variable'],
    ['userdel a$(id)', 'operator'],
    ['userdel jo # why', 'comment'],
    ["userdel 'jo", 'unclosed'],
    ['userdel "jo', 'unclosed'],
    ['userdel jo\\', 'unclosed'],
    ['userdel jo\nid', 'control'],
    ['userdel \u0007', 'control'],
    ['   ', 'empty'],
  ])('is refused with a sentence, where only a shell could do it: %j', (line, why) => {
    expect(wordsOf(line)).toEqual({ ok: false, why: `rules.try.${why}` });
  });
});
