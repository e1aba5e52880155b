import { describe, expect, it } from 'vitest';
import { rulesFrom, shippedRules } from './testing.ts';

const good = '- id: a.b\n  run: usermod -c <full-name> <user>\n  why: a rule to test with\n';

it('loads every shipped rule, each with a why', () => {
  const rules = shippedRules();
  expect(rules.length).toBeGreaterThan(10);
  for (const rule of rules) expect(rule.why.length).toBeGreaterThan(8);
});

it('loads the neighbour of all that is refused below', () => {
  expect(rulesFrom(good)[0]).toMatchObject({
    id: 'a.b',
    cmd: 'usermod',
    program: '/usr/sbin/usermod',
    confirm: 'none',
    line: 1,
    by: 'shipped',
  });
});

describe('refuses, with file, line and reason', () => {
  const rule = (fields: string) => `\n- id: a.b\n${fields}`;
  it.each([
    [
      'a field that does not exist',
      rule('  run: usermod -c <full-name> <user>\n  why: a rule to test\n  shell: yes\n'),
      'Unrecognized key: "shell"',
    ],
    [
      'a field that comes with a later rule',
      rule('  run: usermod -c <full-name> <user>\n  why: a rule to test\n  as: nobody\n'),
      'Unrecognized key: "as"',
    ],
    [
      'a type that does not exist',
      rule('  run: usermod -c <name> <user>\n  why: a rule to test\n'),
      'there is no type <name>',
    ],
    [
      'a program outside the table',
      rule('  run: bash -c <full-name>\n  why: a rule to test\n'),
      '"bash" is not in the table of programs',
    ],
    [
      'a program by its path',
      rule('  run: /usr/sbin/usermod <user>\n  why: a rule to test\n'),
      'is not in the table of programs',
    ],
    [
      'a slot in the place of the program',
      rule('  run: <user> -c\n  why: a rule to test\n'),
      'must begin with a program',
    ],
    ['a rule without why', rule('  run: usermod -c <full-name> <user>\n'), 'why:'],
    [
      'free text where an option could stand',
      rule('  run: pkill <password>\n  why: a rule to test\n'),
      'can only stand after a literal option',
    ],
    [
      'a secret where others could read it',
      rule('  run: usermod -p <password-hash> <user>\n  why: a rule to test\n'),
      'a secret can only stand on stdin',
    ],
    ['an unclosed slot', rule('  run: usermod <user\n  why: a rule to test\n'), 'never closed'],
    ['a wildcard', rule('  run: usermod -c * <user>\n  why: a rule to test\n'), '"*" means nothing'],
    ['a repetition without maximum', rule('  run: usermod <user>...\n  why: a rule to test\n'), 'must state a maximum'],
    ['a repetition in the middle', rule('  run: usermod <user>...3 -x\n  why: a rule to test\n'), 'must be the last'],
    [
      'two slots glued together',
      rule('  run: usermod <user><login>\n  why: a rule to test\n'),
      'must be followed by a literal',
    ],
    [
      'a separator that the slot could hold',
      rule('  run: usermod <user>-<login>\n  why: a rule to test\n'),
      'could itself hold the "-"',
    ],
    [
      'a choice that begins another, with more glued to it',
      rule('  run: usermod --(a|ab)\n  why: a rule to test\n'),
      'is the beginning of',
    ],
    ['a choice given twice', rule('  run: usermod (a|b|a)\n  why: a rule to test\n'), '"a" is given twice'],
    [
      'a slot in a choice',
      rule('  run: usermod (<user>|y)\n  why: a rule to test\n'),
      'holds nothing but literal text',
    ],
    [
      'a wildcard in a choice',
      rule('  run: usermod (x*|y)\n  why: a rule to test\n'),
      'holds nothing but literal text',
    ],
    [
      'a group in a choice of stdin',
      rule('  run: usermod\n  stdin: (a[b]|y)\n  why: a rule to test\n'),
      'holds nothing but literal text',
    ],
    [
      'a rule that reads and asks for confirmation',
      rule('  run: usermod <user>\n  why: a rule to test\n  reads: true\n  confirm: code\n'),
      'needs no confirmation',
    ],
    [
      'a level of confirmation that does not exist',
      rule('  run: usermod <user>\n  why: a rule to test\n  confirm: owner\n'),
      'confirm:',
    ],
    [
      'an undo that does not exist',
      rule('  run: usermod <user>\n  why: a rule to test\n  undo: c.d\n'),
      'there is no rule c.d',
    ],
    [
      'a file with dots in its path',
      rule('  write: /etc/../x\n  lines: ["<comment>"]\n  why: a rule to test\n'),
      'write:',
    ],
    [
      'a slot in a path that could hold a slash',
      rule('  write: /etc/<full-name>\n  lines: ["<comment>"]\n  why: a rule to test\n'),
      'holds no "/"',
    ],
    [
      'a file others could write',
      rule('  write: /etc/x\n  lines: ["<comment>"]\n  mode: "0666"\n  why: a rule to test\n'),
      'mode:',
    ],
    [
      'a secret in a file that may be shown',
      rule('  write: /etc/x\n  lines: ["<comment>", "hash=<password-hash>"]\n  why: a rule to test\n'),
      'in a file with "secret: true"',
    ],
    [
      'a check that does not name the staged copy',
      rule('  write: /etc/x\n  lines: ["<comment>"]\n  check: getent passwd\n  why: a rule to test\n'),
      '<staged>',
    ],
    [
      'a program after a write that is not in the table',
      rule('  write: /etc/x\n  lines: ["<comment>"]\n  then: sh -c reboot\n  why: a rule to test\n'),
      'not in the table',
    ],
    ['a key twice', '\n- id: a.b\n  id: c.d\n  run: usermod <user>\n  why: a rule to test\n', 'unique'],
    ['an alias of YAML', rule('  run: usermod <user>\n  why: &why a rule to test\n  danger: *why\n'), 'alias *why'],
    ['an alias of nothing', rule('  run: *nothing\n  why: a rule to test\n'), 'alias *nothing'],
    [
      'a merge key',
      rule('  <<: { lock: a }\n  why: a rule to test\n  run: usermod <user>\n'),
      'Unrecognized key: "<<"',
    ],
    ['something that is no list', '\nid: a.b\n', 'must be a list'],
    ['nothing but a word', '\nnothing\n', 'must be a list'],
  ])('%s', (_, text, reason) => {
    expect(() => rulesFrom(text)).toThrow(reason);
    expect(() => rulesFrom(text)).toThrow(/^layer0\.yaml:\d+: /);
  });

  it('names the line of the rule at fault', () => {
    expect(() => rulesFrom(`${good}\n- id: c.d\n  run: usermod <nosuch>\n  why: a rule to test\n`)).toThrow(
      /^layer0\.yaml:5: /,
    );
  });

  it.each([
    ['a word', '- word'],
    ['nothing', '-'],
    ['an alias', '- *x'],
    ['an alias in a rule', '- id: c.d\n  <<: *x', 6],
  ])('names the line of what is no rule: %s', (_, item, line = 5) => {
    expect(() => rulesFrom(`${good.replace('- id', '- &x\n  id')}${item}\n`)).toThrow(`layer0.yaml:${line}: `);
  });

  it('the same id twice in one layer', () => {
    expect(() => rulesFrom(good + good)).toThrow('the id a.b is taken by layer0.yaml:1');
  });
});

describe('takes', () => {
  const one = (fields: string, id = 'a.b') =>
    rulesFrom(`- id: ${id}\n  run: usermod -c <full-name> <user>\n${fields}`)[0];

  it.each(['x', '名', '?', 'w'.repeat(300)])('whatever can be seen for why: %j', why => {
    expect(one(`  why: "${why}"\n  danger: "${why}"\n`)).toMatchObject({ why, danger: why });
  });

  it.each(['', ' ', '\\t', '\\u200b', '\\ufeff', '\\u2800', '\\u3164', '\\u00ad'])(
    'nothing unseen for it: "%s"',
    why => {
      expect(() => one(`  why: "${why}"\n`)).toThrow('must say it in words');
    },
  );

  it.each(['rename', 'a', 'backups.2', 'backups.2024-01.x', 'a1.b-2'])('%s for an id', id => {
    expect(one('  why: a rule to test\n', id)).toMatchObject({ id });
    expect(one(`  why: a rule to test\n  undo: ${id}\n`, id)).toMatchObject({ undo: id });
  });

  it.each(['A', '1a', 'a.', '.a', 'a..b', 'a.-b', 'a_b', 'a.B', '"a\\n"', '""'])('not %s for an id', id => {
    expect(() => one('  why: a rule to test\n', id)).toThrow('id: must look like users.create');
  });

  it('no for an answer, where yes is one', () => {
    expect(one('  why: a rule to test\n  reads: false\n  cancels: false\n  confirm: code\n')).toMatchObject({
      reads: false,
      cancels: false,
    });
    expect(one('  why: a rule to test\n  reads: true\n  cancels: true\n')).toMatchObject({
      reads: true,
      cancels: true,
    });
    const file = '- id: a.b\n  write: /etc/x\n  lines: ["<comment>"]\n  why: a rule to test\n  secret: ';
    expect(rulesFrom(`${file}false\n`)[0]?.write?.secret).toBe(false);
    expect(rulesFrom(`${file}true\n`)[0]?.write?.secret).toBe(true);
    expect(() => one('  why: a rule to test\n  reads: "true"\n')).toThrow('reads:');
  });

  it.each([
    ['90s', 90_000],
    ['99999s', 99_999_000],
    ['5m', 300_000],
    ['999m', 59_940_000],
  ])('a deadline of %s', (deadline, ms) => {
    expect(one(`  why: a rule to test\n  deadline: ${deadline}\n`)).toMatchObject({ deadline: ms });
  });

  it.each(['0s', '0m', '5', '5h', '1000m', '1.5m', '5 m', '-5m'])('no deadline of %s', deadline => {
    expect(() => one(`  why: a rule to test\n  deadline: "${deadline}"\n`)).toThrow('must look like 90s or 5m');
  });

  it('a file that begins with a byte order mark, and counts its lines as they are', () => {
    expect(rulesFrom(`\ufeff${good}`)).toHaveLength(1);
    expect(() => rulesFrom(`\ufeff\n${good}  shell: x\n`)).toThrow(/^layer0\.yaml:2: the rule: Unrecognized/);
  });
});

it('takes a secret into a file that is marked as one, and into no other', () => {
  const file =
    (line: string, more = '') =>
    () =>
      rulesFrom(`- id: a.b\n  write: /etc/x/<user>\n  lines: ["${line}"]\n  why: a rule to test\n${more}`);
  expect(file('<password>', '  secret: true\n')).not.toThrow();
  for (const line of ['<password>', 'hash=<password-hash>', 'a:<password>'])
    expect(file(line)).toThrow(/^layer0\.yaml:1: lines: a secret can only stand in a file with "secret: true"/);
  expect(file('<comment>')).not.toThrow();
});

describe('overlap', () => {
  const two = (a: string, b: string) => () =>
    rulesFrom(`- id: a.a\n  run: ${a}\n  why: the first of two\n- id: b.b\n  run: ${b}\n  why: the second of two\n`);

  it.each([
    ['the same literals', 'usermod -L', 'usermod -L'],
    ['a literal that a slot can be', 'usermod -c root <user>', 'usermod -c <login> <user>'],
    ['two slots', 'usermod <user>', 'usermod <login>'],
    ['an optional group', 'usermod [-L] <user>', 'usermod <user>'],
    ['a choice', 'usermod (-L|-U) <user>', 'usermod -U <user>'],
    ['a repetition', 'usermod <user>...3', 'usermod <login> <login>'],
    ['glued parts that may agree', 'usermod --x=<login>', 'usermod --x=<user>'],
    ['its own forms', 'usermod [-L] (-L|-U) [-L]', 'getent group'],
  ])('refuses %s', (_, a, b) => {
    expect(two(a, b)).toThrow('overlaps');
  });

  it.each([
    ['another program', 'usermod <user>', 'userdel <user>'],
    ['another length', 'usermod <user>', 'usermod -L <user>'],
    ['another literal', 'usermod -L <user>', 'usermod -U <user>'],
    ['a literal that the slot cannot be', 'usermod -L <user>', 'usermod <login> <user>'],
    ['glued parts with other beginnings', 'usermod --x=<login>', 'usermod --y=<login>'],
    ['glued parts with other ends', 'usermod <login>.socket', 'usermod <login>.service'],
  ])('allows %s', (_, a, b) => {
    expect(two(a, b)).not.toThrow();
  });
});

describe('what is judged when all is read, among the rules that are on', () => {
  const own = '- id: own.rename\n  run: usermod -c <full-name> <user>\n  why: a rule of the owner\n';
  const off = '- id: a.b\n  off: true\n';
  const on = '- id: a.b\n  off: false\n';

  it('a rule may take the place of one that is switched off, before or after it', () => {
    expect(() => rulesFrom(good, own)).toThrow(/^layer1\.yaml:1: own\.rename overlaps a\.b/);
    for (const text of [off + own, own + off, on + off + own]) expect(() => rulesFrom(good, text)).not.toThrow();
    expect(() => rulesFrom(good, off, own)).not.toThrow();
    expect(() => rulesFrom(good, off, own, on)).toThrow(/^layer2\.yaml:1: own\.rename overlaps a\.b/);
  });

  it('a rule that is switched on again stands as it was shipped', () => {
    expect(rulesFrom(good, off, on)[0]).toMatchObject({ id: 'a.b', off: false, by: 'owner' });
  });
});

describe('confirm: self', () => {
  const rule = (fields: string) => `- id: a.b\n  why: a rule to test\n  confirm: self\n  ${fields}\n`;

  it.each([
    ['without a slot', 'run: getent passwd'],
    ['for another kind of account', 'run: usermod -L <host-account>'],
    ['that names a user in one of its forms only', 'run: groupadd [-U <user>] <new-group>'],
    ['for a file that names its user in a line, which may be missing', 'write: /etc/x/y\n  lines: ["<user>"]'],
  ])('is refused for a rule %s, which no password could open', (_, fields) => {
    expect(() => rulesFrom(rule(fields))).toThrow(/^layer0\.yaml:1: a\.b: confirm: self needs a <user>/);
    expect(() => rulesFrom(rule(fields).replace('self', 'code'))).not.toThrow();
  });

  it.each([
    ['among its arguments', 'run: usermod [-L] <user>'],
    ['by the name that Samba knows', 'run: pdbedit -x -u <samba-user>'],
    ['on stdin', 'run: chpasswd -e\n  stdin: <user>:<password-hash>'],
    ['by its file', 'write: /etc/x/<user>\n  lines: ["<comment>"]'],
  ])('is taken for a rule that names a user %s', (_, fields) => {
    expect(rulesFrom(rule(fields))).toMatchObject([{ confirm: 'self' }]);
  });

  it('is refused by the line that overrides, and left alone where the rule is off', () => {
    const list = '- id: a.b\n  run: getent passwd\n  why: a rule to test\n';
    expect(() => rulesFrom(list, '\n- id: a.b\n  confirm: self\n')).toThrow(/^layer1\.yaml:2: a\.b: confirm: self/);
    expect(() => rulesFrom(list, '- id: a.b\n  confirm: self\n- id: a.b\n  off: true\n')).not.toThrow();
    expect(rulesFrom(good, '- id: a.b\n  confirm: self\n')).toMatchObject([{ confirm: 'self' }]);
  });
});

describe('a later layer is the owner’s', () => {
  it('switches a rule off, changes its confirmation, or adds one', () => {
    const [first, second] = rulesFrom(
      good,
      '- id: a.b\n  off: true\n- id: c.d\n  run: usermod -L <user>\n  why: a rule of the owner\n',
    );
    expect(first).toMatchObject({ id: 'a.b', off: true, by: 'owner' });
    expect(second).toMatchObject({ id: 'c.d', by: 'owner' });
    expect(rulesFrom(good, '- id: a.b\n  confirm: host\n')[0]).toMatchObject({ confirm: 'host', by: 'owner' });
  });

  it('cannot widen a shipped rule', () => {
    expect(() =>
      rulesFrom(good, '- id: a.b\n  run: usermod -c <full-name> <login>\n  why: wider than it was\n'),
    ).toThrow(/^layer1\.yaml:1: /);
  });

  it('has no effect on what it does not know', () => {
    expect(() => rulesFrom(good, '- id: c.d\n  off: true\n')).toThrow('layer1.yaml:1');
  });
});
