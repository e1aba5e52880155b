// Evil values by what they are meant to break, bent to the shape of every rule; and lawful requests that must pass beside them.
import type { Arg } from '../../allowlist/pattern.ts';
import { shippedRules } from '../../allowlist/testing.ts';
import { faultOf, type SlotType, slotTypes } from '../../allowlist/types.ts';
import type { Command } from '../../allowlist/wire.ts';
import { useraddArgs } from './agent.ts';

/** What the attack list in ../../../shared/attacks has classes for, in the values that an argument can hold. */
export const evilValues: Record<string, readonly string[]> = {
  'shell text': [
    '; id',
    '$(id)',
    '`id`',
    'a && id',
    'a | sh',
    '> /etc/passwd',
    '$IFS+id',
    "'; id; '",
    '*',
    '~root',
    'a\tb',
  ],
  options: ['-o', '-u0', '--', '-', '-ou0', '--uid=0', '--root=/', '-R/', '-p', '--non-unique', '-G', '--help'],
  'lines and fields': [
    'ann\nroot',
    'ann\r',
    '\nann',
    'a:b',
    'ann:x:0:0',
    'a,b',
    'ann\u2028x',
    'ann\u0085x',
    'ann\v',
    'ann\f',
  ],
  paths: [
    '../ann',
    '../../etc/shadow',
    '/etc/shadow',
    'ann/..',
    './ann',
    'a/b',
    '.',
    '..',
    '/',
    '//',
    '/proc/self/fd/3',
    'ann/',
  ],
  blanks: ['', ' ', ' ann', 'ann ', '\tann', 'ann\u00a0', '\u2003', 'ann\u200b', '\ufeffann'],
  'look-alikes': [
    'аnn',
    'aոn',
    'ＡＮＮ',
    'ann\u202e',
    '\u202eann',
    'ann\u0301\u0301',
    'a\u0000nn',
    '\u212Aay',
    'ann\u00ad',
    '🙂',
  ],
  'other spellings of a login': [
    'Ann',
    'ANN',
    'ann.',
    '0',
    '1000',
    '#0',
    '%sudo',
    '+ann',
    '@users',
    'ann@host',
    'DOMAIN\\ann',
    'ann$',
  ],
  'accounts out of reach': [
    'root',
    'daemon',
    'debian',
    'steward',
    'gatehouse',
    'nobody',
    'sshd',
    'www-data',
    'nosuchuser',
  ],
  numbers: [
    '00',
    '+0',
    ' 0',
    '-0',
    '0x3e8',
    '1e3',
    '1000.0',
    '4294967295',
    '4294967296',
    '-1',
    '65534',
    '999',
    '60000',
    '１００２',
  ],
  'too long': ['a'.repeat(32), 'a'.repeat(33), 'a'.repeat(8192), 'é'.repeat(4096)],
  'names of objects': ['__proto__', 'constructor.x', 'toString', 'hasOwnProperty'],
  'hashes and passwords': [
    '',
    '!',
    '*',
    'x',
    '$1$a$b',
    '$6$salt$short',
    `$6$abcdefgh$${'a'.repeat(85)}:`,
    '$2a$10$x',
    '$y$',
    'plain',
  ],
  keys: [
    'ssh-dss AAAAB3NzaC1kc3MAAACBA a',
    'command="id" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEhlbGxvaGVsbG9oZWxsb2hlbGxvaGVsbG9oZWxsb2hl a',
    'ssh-ed25519 AAAA',
    'cert-authority ssh-rsa AAAA',
    '@include /etc/shadow',
    '#no blank',
    '# two\u0007',
  ],
};

/** Lawful values, by type, that stand in the other slots while one is bent. */
export interface Lawful {
  user: string;
  'new-login': string;
  'next-uid': string;
  'trashed-user': string;
}

export const hash = `$6$abcdefgh$${'a'.repeat(86)}`;
export const yescryptHash = `$y$j9T$${'a'.repeat(22)}$${'b'.repeat(43)}`;
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f laptop';

/** One form of a rule: its arguments and lines of stdin, each as the parts of which it is glued. */
export interface Shape {
  rule: string;
  cmd: string;
  args: readonly (readonly Part[])[];
  stdin?: readonly (readonly Part[])[];
  confirm: boolean;
}
type Part = string | { slot: SlotType };

/** Every form of every shipped rule, with the verbs that a written file answers to. */
export const shapes: readonly Shape[] = shippedRules().flatMap(({ id, cmd, forms, stdin, write, confirm }) => {
  const common = { rule: id, confirm: confirm === 'code' };
  if (!write)
    return forms.map(form => ({
      ...{ ...common, cmd, args: form.map(partsOf) },
      ...(stdin && { stdin: stdin.map(partsOf) }),
    }));
  const [args = []] = forms.map(form => form.map(partsOf));
  const generation = [{ slot: slotTypes.get('generation') as SlotType }];
  return [
    { ...common, cmd: '@write', args, stdin: write.lines.map(partsOf) },
    { ...common, cmd: '@restore', args: [...args, generation] },
    { ...common, cmd: '@generations', args, confirm: false },
  ];
});

function partsOf(arg: Arg): Part[] {
  if (arg.length === 0) return [''];
  return arg.map(part => ('slot' in part ? { slot: part.slot } : (part.oneOf[0] ?? '')));
}

const free: Record<string, string> = {
  'full-name': 'Somebody',
  'password-hash': hash,
  password: 'four words and a fish',
  'ssh-public-key': key,
  comment: '# laptop',
  generation: '1',
  count: '1',
  'host-account': 'kim',
  group: 'family',
  'empty-group': 'family',
  'new-group': 'band',
  'host-name': 'attic',
};

export interface Attack {
  name: string;
  request: Command;
  confirm: boolean;
}

/** Each evil value in the place of each slot and of each literal, all else lawful. */
export function bentAttacks(lawful: Lawful): Attack[] {
  return shapes.flatMap(shape => {
    const places = [...shape.args, ...(shape.stdin ?? [])].flatMap((parts, arg) =>
      parts.map((part, at) => ({ arg, at, part })),
    );
    return places.flatMap(place =>
      Object.entries(evilValues).flatMap(([what, values]) =>
        values
          .filter(value => isEvilFor(place.part, value, lawful))
          .map(value => ({
            name: `${shape.rule} with ${what} ${JSON.stringify(value.slice(0, 40))} in place ${place.arg}.${place.at}`,
            request: fill(shape, lawful, place, value),
            confirm: shape.confirm,
          })),
      ),
    );
  });
}

/** Requests with an argument too many, too few or moved. */
export function misshapenAttacks(lawful: Lawful): Attack[] {
  return shapes.flatMap(shape => {
    const whole = fill(shape, lawful);
    const last = whole.args.length - 1;
    const bent: Record<string, readonly string[]> = {
      'an argument more': [...whole.args, 'ann'],
      'an option more': ['-o', ...whole.args],
      'an end of options': [...whole.args.slice(0, last), '--', ...whole.args.slice(last)],
      'one less': whole.args.slice(0, last),
      'all in one': [whole.args.join(' ')],
      'the last twice': [...whole.args, ...whole.args.slice(last)],
      'an empty one': ['', ...whole.args],
    };
    return Object.entries(bent)
      .filter(([, args]) => JSON.stringify(args) !== JSON.stringify(whole.args))
      .map(([what, args]) => ({
        name: `${shape.rule} with ${what}`,
        request: { ...whole, args },
        confirm: shape.confirm,
      }));
  });
}

/** What the type allows, and nothing on the host forbids, is no attack: free text is only told apart here by its type. */
function isEvilFor(part: Part, value: string, lawful: Lawful): boolean {
  if (typeof part === 'string') return value !== part;
  const { name } = part.slot;
  if (name === 'new-login' || name === 'new-group') return !/^(a{1,31}|nosuchuser|x|plain)$/.test(value);
  if (['full-name', 'password', 'comment', 'host-name'].includes(name)) return faultOf(part.slot, value) !== undefined;
  if (name === 'count') return faultOf(part.slot, value) !== undefined;
  return value !== lawfulValue(name, lawful);
}

/** Users and groups take their numbers from one counter. */
const lawfulValue = (type: string, lawful: Lawful): string =>
  free[type] ?? lawful[(likes[type] ?? type) as keyof Lawful];
const likes: Record<string, keyof Lawful> = { 'next-gid': 'next-uid', 'samba-user': 'user', 'leaving-user': 'user' };

function fill(shape: Shape, lawful: Lawful, place?: { arg: number; at: number }, evil = ''): Command {
  const texts = [...shape.args, ...(shape.stdin ?? [])].map((parts, arg) =>
    parts
      .map((part, at) => {
        if (place?.arg === arg && place.at === at) return evil;
        return typeof part === 'string' ? part : lawfulValue(part.slot.name, lawful);
      })
      .join(''),
  );
  const args = texts.slice(0, shape.args.length);
  const lines = texts.slice(shape.args.length).map(line => `${line}\n`);
  return { cmd: shape.cmd, args, ...(shape.stdin && { stdin: lines.join('') }) };
}

/** A lawful request of each shape. */
export function lawfulOf(shape: Shape, lawful: Lawful): Command {
  return fill(shape, lawful);
}

/** Programs and verbs that no rule names, as attackers would spell them. */
export const strangeCommands: readonly string[] = [
  ...[
    'bash',
    'sh',
    'env',
    'sudo',
    'su',
    'ssh',
    'find',
    'tar',
    'docker',
    'systemctl',
    'systemd-run',
    'nsenter',
    'cp',
    'dd',
  ],
  ...[
    '/usr/sbin/usermod',
    './usermod',
    '../usermod',
    'usermod ',
    ' usermod',
    'usermod\n',
    'USERMOD',
    'uѕermod',
    '',
    '.',
    '@',
  ],
  ...[
    'constructor',
    '__proto__',
    'toString',
    '@constructor',
    '@nosuch',
    '@Status',
    '@status ',
    'true',
    'id',
    'chmod',
    'chown',
  ],
];

export interface LawfulStep {
  name: string;
  request: Command | ((nextUid: number) => Command);
  confirm?: true;
}

const names = {
  plain: 'Jo Smith',
  apostrophe: "Zoë O'Neil",
  quotes: 'Jo "the fish" Smith',
  'a shell would read it': 'Jo $(id) `id` ; id | sh > x & y',
  backslash: 'Jo \\ Smith \\n',
  Greek: 'Ζωή Παπαδοπούλου',
  Cyrillic: 'Анна Кузнецова',
  Arabic: 'زينب حسن',
  Hebrew: 'רות כהן',
  Hindi: 'अनीता शर्मा',
  Chinese: '王小明',
  Japanese: 'やまだ はなこ',
  Korean: '김민준',
  Thai: 'สมชาย ใจดี',
  'combining marks': 'Amélie Nguyễn',
  'zero-width joiner': 'نرگس می\u200cخواهد',
  emoji: 'Jo 🐟',
  dots: 'J. R. Smith, Jr.'.replace(',', ''),
  brackets: 'Jo (kitchen) [2] {3} <4>',
  'a dash inside': 'Anne-Marie - the second',
  'hash and percent': 'Jo #1 100% @home',
  'one letter': 'J',
  'as long as it may be': 'é'.repeat(100),
};
const logins = ['jo', 'x', 'jo-smith', 'guest-room', 'a_b', 'jo2', 'j-', 'constructor', 'valueof', 'a'.repeat(31)];
const passwords = {
  words: 'four words and a fish',
  'single quotes': "it's a 'fish'",
  'double quotes': 'say "fish" now',
  'blanks at both ends': '  fish  bowl  ',
  dollar: '$HOME$(id)$x',
  backslash: 'back\\slash\\n\\',
  colon: 'a:b:c:d:e',
  'leading dash': '-u root --fish',
  'percent and hash': '#100%;fish&more|x',
  'two-byte letters': 'ünïcödë fïsh',
  Chinese: '密码密码密码密码',
  emoji: '🐟🐠🐡🦈🐙🦑🦐🦀',
  'eight characters': 'abcdefgh',
  'as long as it may be': 'x'.repeat(127),
};

/** Public keys that were made for these tests; nobody holds their private halves. */
const blob = (...fields: (string | number)[]) =>
  Buffer.concat(
    fields.map(field => {
      const bytes = typeof field === 'string' ? Buffer.from(field) : Buffer.alloc(field, 7);
      return Buffer.concat([Buffer.from([0, 0, bytes.length >> 8, bytes.length & 255]), bytes]);
    }),
  ).toString('base64');
const keys = {
  ed25519: key,
  'ed25519 without a word': key.slice(0, key.lastIndexOf(' ')),
  'rsa of 2048 bits': `ssh-rsa ${blob('ssh-rsa', 3, 257)} jo@laptop`,
  'rsa of 4096 bits': `ssh-rsa ${blob('ssh-rsa', 3, 513)} jo@laptop`,
  'ecdsa 256': `ecdsa-sha2-nistp256 ${blob('ecdsa-sha2-nistp256', 'nistp256', 65)} phone`,
  'ecdsa 384': `ecdsa-sha2-nistp384 ${blob('ecdsa-sha2-nistp384', 'nistp384', 97)} phone`,
  'ecdsa 521': `ecdsa-sha2-nistp521 ${blob('ecdsa-sha2-nistp521', 'nistp521', 133)} phone`,
  'ed25519 on a stick': `sk-ssh-ed25519@openssh.com ${blob('sk-ssh-ed25519@openssh.com', 32, 'ssh:')} stick`,
  'ecdsa on a stick': `sk-ecdsa-sha2-nistp256@openssh.com ${blob('sk-ecdsa-sha2-nistp256@openssh.com', 'nistp256', 65, 'ssh:')} stick`,
};

const samba = (login: string, password: string): Command => ({
  ...{ cmd: 'pdbedit', args: ['-d0', '-t', '-a', '-u', login] },
  stdin: `${password}\n${password}\n`,
});
const keysOf = (login: string, ...lines: string[]): Command => ({
  ...{ cmd: '@write', args: [`/etc/gatehouse/keys/${login}`] },
  stdin: lines.map(line => `${line}\n`).join(''),
});
const sure = (name: string, request: Command): LawfulStep => ({ name, request, confirm: true });

/** In this order on a host where none of these users is: each is allowed, and its program ends with 0. At least 60. */
export const lawfulRequests: readonly LawfulStep[] = [
  ...logins.map(login => ({
    name: `makes the user ${login}`,
    request: (nextUid: number) => ({ cmd: 'useradd', args: useraddArgs(nextUid, 'Somebody', login) }),
  })),
  ...Object.entries(names).map(([what, name]) => ({
    name: `changes a name: ${what}`,
    request: { cmd: 'usermod', args: ['-c', name, 'jo'] },
  })),
  sure('sets a sha512-crypt hash', { cmd: 'chpasswd', args: ['-e'], stdin: `jo:${hash}\n` }),
  sure('sets a yescrypt hash', { cmd: 'chpasswd', args: ['-e'], stdin: `jo-smith:${yescryptHash}\n` }),
  sure('sets a hash with rounds', {
    ...{ cmd: 'chpasswd', args: ['-e'] },
    stdin: `x:$6$rounds=10000$abcdefgh$${'b'.repeat(86)}\n`,
  }),
  ...Object.entries(passwords).map(([what, password]) => sure(`sets a password with ${what}`, samba('jo', password))),
  ...Object.entries(keys).map(([what, line]) => sure(`writes a key: ${what}`, keysOf('jo', line))),
  sure('writes all keys with comments', keysOf('jo', '# laptop', keys.ed25519, '# Zoë’s phone', keys['ecdsa 256'])),
  sure("writes another user's keys", keysOf('jo-smith', keys['rsa of 4096 bits'])),
  sure('puts an earlier generation back', { cmd: '@restore', args: ['/etc/gatehouse/keys/jo', '1'] }),
  sure('takes all keys away', keysOf('jo')),
  sure('locks', { cmd: 'usermod', args: ['-L', '-e', '1', 'jo'] }),
  sure('unlocks', { cmd: 'usermod', args: ['-e', '', 'jo'] }),
  sure('unlocks with the password', { cmd: 'usermod', args: ['-U', '-e', '', 'jo'] }),
  sure('gives a shell', { cmd: 'usermod', args: ['-s', '/bin/bash', 'jo'] }),
  sure('takes the shell away', { cmd: 'usermod', args: ['-s', '/usr/sbin/nologin', 'jo'] }),
  sure('shuts out of shares', { cmd: 'pdbedit', args: ['-d0', '-r', '-c', '[D]', '-u', 'jo'] }),
  sure('lets into shares', { cmd: 'pdbedit', args: ['-d0', '-r', '-c', '[]', '-u', 'jo'] }),
  {
    name: 'makes a group',
    request: nextUid => ({ cmd: 'groupadd', args: ['-g', String(nextUid), 'family'] }),
  },
  sure('puts into a group', { cmd: 'gpasswd', args: ['-a', 'jo', 'family'] }),
  { name: 'changes a name of a member', request: { cmd: 'usermod', args: ['-c', 'In Family', 'jo'] } },
  sure('takes out of a group', { cmd: 'gpasswd', args: ['-d', 'jo', 'family'] }),
  sure('removes a group', { cmd: 'groupdel', args: ['family'] }),
  ...['attic', 'Attic-2.example.org', '3com', 'homeserver'].map(name =>
    sure(`calls the host ${name}`, { cmd: 'hostnamectl', args: ['set-hostname', '--static', name] }),
  ),
  sure('removes the keys a user keeps', { cmd: '@revoke', args: ['jo'] }),
  sure('ends the access to shares', { cmd: 'pdbedit', args: ['-d0', '-x', '-u', 'jo'] }),
  sure('moves a home to the trash', { cmd: '@trash', args: ['jo'] }),
  sure('removes the account', { cmd: 'userdel', args: ['jo'] }),
  sure('puts the user back', { cmd: '@untrash', args: ['jo'] }),
  sure('moves a home to the trash again', { cmd: '@trash', args: ['jo'] }),
  sure('removes the account again', { cmd: 'userdel', args: ['jo'] }),
  sure('empties the trash', { cmd: '@empty', args: ['jo'] }),
  ...[['passwd'], ['group']].map(args => ({ name: `lists by getent ${args[0]}`, request: { cmd: 'getent', args } })),
  ...['@status', '@rules', '@host', '@users'].map(cmd => ({ name: `tells ${cmd}`, request: { cmd, args: [] } })),
];
