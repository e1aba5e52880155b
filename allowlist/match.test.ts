import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayOf } from './display.ts';
import { matcherOf, shown } from './match.ts';
import { matchArg } from './match-arg.ts';
import { parseArg, parsePattern } from './pattern.ts';
import { Refused } from './refused.ts';
import { matcherFor, rulesFrom, shippedRules } from './testing.ts';
import { slotTypes } from './types.ts';

const shipped = matcherOf(shippedRules());
const hash = `$6$abcdefgh$${'a'.repeat(86)}`;
const blobOf = (type: string) =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 11]),
    Buffer.from(type),
    Buffer.from([0, 0, 0, 32]),
    Buffer.alloc(32, 7),
  ]).toString('base64');
const key = `ssh-ed25519 ${blobOf('ssh-ed25519')}`;
const create = ['-m', '-K', 'HOME_MODE=0700', '-u', '1007', '-g', 'users', '-s', '/usr/sbin/nologin', '-c', 'Jo', 'jo'];

function verdict(cmd: string, args: string[], stdin?: string): string {
  const match = shipped.match({ cmd, args, stdin });
  return match instanceof Refused ? match.message : match.rule.id;
}

describe('lawful requests', () => {
  it.each([
    ['users.create', 'useradd', create],
    ['users.create', 'useradd', create.with(11, 'guest-room')],
    ['users.rename', 'usermod', ['-c', "Zoë O'Neil", 'jo']],
    ['users.rename', 'usermod', ['-c', '李小龍', 'jo']],
    ['users.rename', 'usermod', ['-c', 'علی‌رضا', 'jo']],
    ['users.lock', 'usermod', ['-L', '-e', '1', 'jo']],
    ['users.unlock', 'usermod', ['-e', '', 'jo']],
    ['users.unlock-password', 'usermod', ['-U', '-e', '', 'jo']],
    ['users.shell', 'usermod', ['-s', '/bin/bash', 'jo']],
    ['users.shell', 'usermod', ['-s', '/usr/sbin/nologin', 'jo']],
    ['users.samba-off', 'pdbedit', ['-d0', '-r', '-c', '[D]', '-u', 'jo']],
    ['users.samba-on', 'pdbedit', ['-d0', '-r', '-c', '[]', '-u', 'jo']],
    ['users.take-over', '@adopt', ['kim']],
    ['users.make-administrator', '@administrator', ['jo']],
    ['keys.revoke', '@revoke', ['jo']],
    ['groups.create', 'groupadd', ['-g', '1007', 'family']],
    ['groups.remove', 'groupdel', ['family']],
    ['groups.put-in', 'gpasswd', ['-a', 'jo', 'family']],
    ['groups.take-out', 'gpasswd', ['-d', 'jo', 'family']],
    ['host.name', 'hostnamectl', ['set-hostname', '--static', 'attic']],
    ['host.name', 'hostnamectl', ['set-hostname', '--static', 'Attic-2.3com']],
    ['host.name', 'hostnamectl', ['set-hostname', '--static', 'a'.repeat(63)]],
    ['users.trash', '@trash', ['jo']],
    ['users.put-back', '@untrash', ['jo']],
    ['keys.write', '@restore', ['/etc/gatehouse/keys/jo', '3']],
    ['agent.audit', '@audit', ['after', '0', 'limit', '500']],
  ])('%s: %s %j', (rule, cmd, args) => {
    expect(verdict(cmd, args)).toBe(rule);
  });

  it.each([
    ['users.password', 'chpasswd', ['-e'], `jo:${hash}\n`],
    ['users.password', 'chpasswd', ['-e'], `jo:$y$j9T$${'a'.repeat(22)}$${'b'.repeat(43)}\n`],
    [
      'users.samba-password',
      'pdbedit',
      ['-d0', '-t', '-a', '-u', 'jo'],
      '"p $\\ö\'"\n"p $\\ö\'"\n'.replaceAll('p ', 'pass word '),
    ],
    ['keys.write', '@write', ['/etc/gatehouse/keys/jo'], ''],
    ['keys.write', '@write', ['/etc/gatehouse/keys/jo'], `# laptop\n${key} jo@laptop\n`],
  ])('%s: %s %j with stdin', (rule, cmd, args, stdin) => {
    expect(verdict(cmd, args, stdin)).toBe(rule);
  });
});

describe('unlawful requests are refused, and the sentence names the argument at fault', () => {
  it.each([
    ['bash', ['-c', 'id'], 'No rule allows the program "bash"'],
    ['constructor', ['x'], 'No rule allows the program "constructor"'],
    ['/usr/sbin/usermod', ['-c', 'X', 'jo'], 'No rule allows the program'],
    ['usermod', ['-c', 'X', 'jo', 'x', 'extra'], 'usermod has 5 arguments here; a rule allows it with exactly 3 or 4'],
    ['usermod', ['-c', 'X', ' jo'], 'Argument 3 of usermod, " jo", must be <user>'],
    ['usermod', ['-c', 'X', 'jo\n'], 'Argument 3 of usermod, "jo\\n", must be <user>'],
    ['usermod', ['-c', 'X', 'Jo'], 'Argument 3 of usermod'],
    ['usermod', ['-c', '-o', 'jo'], 'Argument 2 of usermod, "-o", must be <full-name>'],
    ['usermod', ['-c', 'a:b', 'jo'], 'Argument 2 of usermod'],
    ['usermod', ['-c', 'a\u202eb', 'jo'], 'Argument 2 of usermod, "a\\u202eb"'],
    ['useradd', create.with(4, '0'), 'Argument 5 of useradd, "0", must be <next-uid>'],
    ['useradd', create.with(4, '+1007'), 'Argument 5 of useradd'],
    ['useradd', create.with(8, '/bin/bash'), 'Argument 9 of useradd, "/bin/bash", must be "/usr/sbin/nologin"'],
    ['usermod', ['-s', '/bin/sh', 'jo'], 'Argument 2 of usermod, "/bin/sh", must be "(/bin/bash|/usr/sbin/nologin)"'],
    ['usermod', ['-a', '-G', 'sudo', 'jo'], 'Argument 1 of usermod'],
    ['usermod', ['-U', '-e', '1', 'jo'], 'Argument 3 of usermod'],
    ['usermod', ['-U', 'jo'], 'usermod has 2 arguments here'],
    ['pdbedit', ['-d0', '-r', '-c', '[N]', '-u', 'jo'], 'Argument 4 of pdbedit'],
    ['groupadd', ['-g', '0', 'family'], 'Argument 2 of groupadd, "0", must be <next-gid>'],
    ['groupadd', ['-o', '-g', '1007', 'family'], 'groupadd has 4 arguments here'],
    ['groupadd', ['-g', '1007', '-f'], 'Argument 3 of groupadd'],
    ['groupadd', ['-g', '1007', 'Family'], 'Argument 3 of groupadd'],
    ['groupdel', ['-f', 'family'], 'groupdel has 2 arguments here'],
    ['gpasswd', ['-M', 'jo', 'family'], 'Argument 1 of gpasswd'],
    ['gpasswd', ['-A', 'jo', 'family'], 'Argument 1 of gpasswd'],
    ['gpasswd', ['-r', 'family'], 'gpasswd has 2 arguments here'],
    ['gpasswd', ['-a', 'jo,root', 'family'], 'Argument 2 of gpasswd'],
    ['hostnamectl', ['set-hostname', 'attic'], 'hostnamectl has 2 arguments here'],
    ['hostnamectl', ['-H', 'root@attic', 'reboot'], 'Argument 1 of hostnamectl'],
    ['hostnamectl', ['set-hostname', '--pretty', 'attic'], 'Argument 2 of hostnamectl'],
    ['@adopt', ['Kim'], 'Argument 1 of @adopt'],
    ['@revoke', ['../jo'], 'Argument 1 of @revoke'],
    ['@write', ['/etc/gatehouse/keys/../passwd'], 'Argument 1 of @write'],
    ['@write', ['/etc/gatehouse/keys/jo'], 'stdin must be the whole content of the file'],
    ['@restore', ['/etc/gatehouse/keys/jo', '0'], 'Argument 2 of @restore'],
  ])('%s %j', (cmd, args, message) => {
    expect(verdict(cmd, args)).toContain(message);
  });

  it.each([
    ...['', '-x', '.a', 'a.', 'a..b', 'a-.b', 'a.-b', 'a_b', 'a b', 'ünder', 'attic\n', 'a'.repeat(64)],
    ...['42', '10.0.0.1', 'localhost', 'LocalHost.localdomain', `${'a'.repeat(62)}.bc`],
  ])('a host is not named %j', name => {
    const message = verdict('hostnamectl', ['set-hostname', '--static', name]);
    expect(message).toContain(`Argument 3 of hostnamectl, ${shown(name)}, must be <host-name>`);
  });

  it.each([
    ['a second line', `jo:${hash}\nroot:${hash}\n`],
    ['no line feed at the end', `jo:${hash}`],
    ['a blank line after it', `jo:${hash}\n\n`],
    ['a carriage return', `jo:${hash}\r\n`],
    ['an empty hash', 'jo:\n'],
    ['a locked hash', 'jo:!\n'],
    ['a hash that is cut short', `jo:${hash.slice(0, -1)}\n`],
    ['a hash with more behind it', `jo:${hash}:\n`],
    ['md5-crypt', 'jo:$1$a$b\n'],
  ])('chpasswd with %s', (_, stdin) => {
    expect(verdict('chpasswd', ['-e'], stdin)).toContain('stdin');
    expect(verdict('chpasswd', ['-e'], stdin)).not.toContain('aaaa');
  });

  it.each([
    ['an option before the key', `command="sh" ${key}\n`],
    ['a key cut short', `${key.slice(0, -8)}\n`],
    ['a key whose blob is of another type', `${key.replace('ssh-ed25519', 'ssh-rsa')}\n`],
    ['a key whose blob names another type of the same shape', `ssh-ed25519 ${blobOf('ssh-ed25518')}\n`],
    ['a key that is base64 in another way than ssh writes it', `${key}=\n`],
    ['a carriage return that hides a second key', `${key} a\r${key}\n`],
  ])('a file of keys with %s', (_, content) => {
    expect(verdict('@write', ['/etc/gatehouse/keys/jo'], content)).toContain('line 1 must be <ssh-public-key>');
    expect(verdict('@write', ['/etc/gatehouse/keys/jo'], `${key}\n`)).toBe('keys.write');
  });

  it('a file of more lines than anybody reads', () => {
    expect(verdict('@write', ['/etc/gatehouse/keys/jo'], '# x\n'.repeat(1000))).toBe('keys.write');
    expect(verdict('@write', ['/etc/gatehouse/keys/jo'], '# x\n'.repeat(1001))).toContain('at most 1000 lines');
  });

  it('stdin where the rule takes none', () => {
    expect(verdict('usermod', ['-c', 'X', 'jo'], '')).toBe('users.rename takes no stdin.');
  });
});

describe('properties', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('', '-', '--', '-o', '\n', 'jo', '1007', '00', '+0'),
  );

  it('no slot yields an argument that its author did not foresee: whole, in its type, rebuilt to the byte', () => {
    const matcher = matcherFor('usermod -c <full-name> --shell=<login>.<user> [-e <count>] <user>', '  reads: true\n');
    const arg = fc.oneof(anyText, fc.constantFrom('-c', '-e', '--shell=a.b', '--shell=jo.x', '5', 'Jo'));
    fc.assert(
      fc.property(fc.array(arg, { minLength: 4, maxLength: 6 }), args => {
        const match = matcher.match({ cmd: 'usermod', args });
        if (match instanceof Refused) return;
        for (const { type, value } of match.slots) expect(type.pattern.test(value)).toBe(true);
        const [name, login, user, ...rest] = match.slots.map(slot => slot.value);
        const [uid, last] = rest.length === 2 ? rest : [undefined, rest[0]];
        expect(args).toEqual(['-c', name, `--shell=${login}.${user}`, ...(uid === undefined ? [] : ['-e', uid]), last]);
      }),
      { numRuns: 3000 },
    );
    expect(matcher.match({ cmd: 'usermod', args: ['-c', 'Jo', '--shell=a.b', '-e', '5', 'jo'] })).toHaveProperty(
      'slots.length',
      5,
    );
  });

  it('any argv that matches a shipped rule differs from its pattern only in slots', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...shipped.rules.filter(rule => rule.program)),
        fc.array(anyText, { maxLength: 14 }),
        (rule, args) => {
          const match = shipped.match({ cmd: rule.cmd, args });
          if (!(match instanceof Refused))
            expect(match.rule.forms.some(form => form.length === args.length)).toBe(true);
        },
      ),
    );
  });

  it('one changed argument of a lawful request is refused unless a slot stands there, and the refusal names that argument', () => {
    fc.assert(
      fc.property(fc.nat(create.length - 1), anyText, (i, text) => {
        const match = shipped.match({ cmd: 'useradd', args: create.with(i, text) });
        if (match instanceof Refused) expect(match.message).toContain(`Argument ${i + 1} of useradd`);
        else expect(text === create[i] || [4, 10, 11].includes(i)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('a refusal never shows a character that could mislead, whatever was asked', () => {
    fc.assert(
      fc.property(anyText, anyText, (cmd, arg) => {
        expect(verdict(cmd, [arg])).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u);
        expect(shown(arg)).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
      }),
    );
  });

  it('a value of any type never begins with a dash, but for free text', () => {
    for (const type of slotTypes.values())
      fc.assert(
        fc.property(anyText, text => {
          expect(!type.freeText && type.pattern.test(`-${text}`)).toBe(false);
        }),
      );
  });

  it('a value never holds what its type says it never holds', () => {
    for (const type of slotTypes.values())
      fc.assert(
        fc.property(fc.constantFrom(...type.never), anyText, anyText, (char, before, after) => {
          expect(type.pattern.test(`${before}${char}${after}`)).toBe(false);
        }),
      );
  });

  it('takes time linear in the input: no pattern repeats a group that repeats, refers back or looks around', () => {
    for (const { name, pattern } of slotTypes.values()) {
      const outside = pattern.source.replace(/\\.|\[(?:\\.|\[(?:\\.|[^\]\\])*\]|[^\]\\])*\]/g, 'x');
      expect(outside, name).toMatch(/^\^.*\$$/);
      expect(outside, name).not.toMatch(/\)(?:[*+]|\{\d+,)/);
      expect(outside, name).not.toMatch(/\(\?(?!:)/);
      expect(pattern.source, name).not.toMatch(/\\[1-9k]/);
    }
  });
});

it('shows a verb as it is, and arguments as a shell would want them', () => {
  const display = (cmd: string, args: string[]) => {
    const match = shipped.match({ cmd, args });
    return match instanceof Refused ? match.message : displayOf(match, undefined);
  };
  expect(display('@trash', ['jo'])).toBe('@trash jo');
  expect(display('@host', [])).toBe('@host');
  expect(display('usermod', ['-c', "Zoë O'Neil", 'jo'])).toBe(`/usr/sbin/usermod -c "Zoë O'Neil" jo`);
});

it('shows a request as one line, with secrets hidden', () => {
  const match = shipped.match({ cmd: 'chpasswd', args: ['-e'], stdin: `jo:${hash}\n` });
  if (match instanceof Refused) throw new Error(match.message);
  expect(displayOf(match, `jo:${hash}\n`)).toBe('/usr/sbin/chpasswd -e   ← jo:•••');
});

it('writes out options, choices and repetitions', () => {
  const matcher = matcherFor('pkill (-TERM|-KILL) [-u <user>] <login>...3');
  const texts = (forms: ReturnType<typeof parsePattern>) => forms.map(form => form.length);
  expect(texts(parsePattern('pkill (-TERM|-KILL) [-u <user>] <login>...3'))).toEqual([3, 4, 5, 5, 6, 7]);
  expect(matcher.match({ cmd: 'pkill', args: ['-TERM', 'a'] })).not.toBeInstanceOf(Refused);
  expect(matcher.match({ cmd: 'pkill', args: ['-KILL', '-u', 'jo', 'a', 'b', 'c'] })).not.toBeInstanceOf(Refused);
  expect(matcher.match({ cmd: 'pkill', args: ['-HUP', 'a'] })).toBeInstanceOf(Refused);
  expect(matcher.match({ cmd: 'pkill', args: ['-TERM'] })).toBeInstanceOf(Refused);
  expect(matcher.match({ cmd: 'pkill', args: ['-TERM', 'a', 'b', 'c', 'd'] })).toBeInstanceOf(Refused);
});

it('takes either of two choices where one begins the other, and nothing between or beyond', () => {
  for (const pattern of ['getent (pass|passwd)', 'getent (passwd|pass)'])
    for (const [word, taken] of Object.entries({ pass: true, passwd: true, passw: false, passwds: false, pas: false }))
      expect(!(matcherFor(pattern).match({ cmd: 'getent', args: [word] }) instanceof Refused), word).toBe(taken);
  const piped = matcherFor('chpasswd', '  stdin: (y|yes)\n');
  expect(piped.match({ cmd: 'chpasswd', args: [], stdin: 'yes\n' })).toHaveProperty('rule');
  const both =
    '- id: a.a\n  run: getent (pass|passwd)\n  why: one of two\n- id: b.b\n  run: getent passwd\n  why: the other of two\n';
  expect(() => rulesFrom(both)).toThrow('b.b overlaps a.a');
});

it('takes neither of two rules that match, should loading ever let them stand together', () => {
  const rule = (id: string, run: string) => rulesFrom(`- id: ${id}\n  run: ${run}\n  why: only for this test\n`);
  const both = [...rule('a.a', 'usermod -L <user>'), ...rule('b.b', 'usermod -L <login>')];
  const request = { cmd: 'usermod', args: ['-L', 'jo'] };
  expect(matcherOf(both.slice(1)).match(request)).toHaveProperty('rule.id', 'b.b');
  expect(matcherOf(both).match(request)).toMatchObject({
    problem: 'not-allowed',
    message: 'Two rules match, a.a and b.b; neither is taken.',
  });
});

it('looks for the literal behind a slot only behind it', () => {
  const arg = parseArg(':<login>:<password>');
  expect(matchArg(arg, ':abc:abcdefgh')?.map(({ value }) => value)).toEqual(['abc', 'abcdefgh']);
  expect(matchArg(arg, ':abcdefgh')).toBeUndefined();
});

it('keeps a bracket in quotes as it is', () => {
  expect(matcherFor('usermod [-c "a ] b"] "[" <user>').match({ cmd: 'usermod', args: ['[', 'jo'] })).toHaveProperty(
    'rule',
  );
  expect(parsePattern('usermod [-c "a ] b"] "["').map(form => form.length)).toEqual([2, 4]);
  expect(() => parsePattern('usermod [-c [-L]]')).toThrow('never closed');
  expect(() => parsePattern('usermod -L]')).toThrow('"]" means nothing');
});
