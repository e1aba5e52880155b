// The cases: how each program that Gatehouse uses behaves, in the ordinary and the odd. Both machines must agree with every line.
import type { Machine } from './machine.ts';

export interface Step {
  argv: readonly string[];
  stdin?: string;
}

export interface Case extends Step {
  title: string;
  /** What comes first, each ending with 0; a function does what no program of the table does. */
  before?: (Step | ((machine: Machine) => Promise<void>))[];
  code: number;
  /** The whole output, or a pattern in it. Without it, nothing may be printed. */
  stdout?: string | RegExp;
  stderr?: string | RegExp;
  leaves?: Effects;
}

/** By login; null: there is none. */
export interface Effects {
  /** The fields of passwd after the login. */
  passwd?: Record<string, string | null>;
  /** Password field and expiry. */
  shadow?: Record<string, [password: string, expires: string] | null>;
  /** Mode of /home/LOGIN, which the user owns. */
  home?: Record<string, number | null>;
  /** The files in /home/LOGIN that the skeleton gave. */
  skeleton?: Record<string, boolean>;
  /** What `id -Gn` prints. */
  groups?: Record<string, string>;
  /** Whether there is a range of subordinate ids. */
  subIds?: Record<string, boolean>;
  /** The line of `pdbedit -L` after the login. */
  samba?: Record<string, string | null>;
}

const [jo, ann, ghost] = ['same-jo', 'same-ann', 'same-ghost'];
const fam = 'same-fam';
const long = 'same-'.padEnd(32, 'x');
/** All that the cases may leave behind. */
export const logins = [jo, ann, long, fam];
export const sudoersFile = '/etc/sudoers.d/same';

const step = (...argv: string[]): Step => ({ argv });
const useradd = (login: string, uid: string, fullName = 'Jo', home = '-m'): Step =>
  step(
    ...['/usr/sbin/useradd', home, '-K', 'HOME_MODE=0700', '-u', uid, '-g', 'users'],
    ...['-s', '/usr/sbin/nologin', '-c', fullName, login],
  );
const usermod = (...args: string[]): Step => step('/usr/sbin/usermod', ...args);
const userdel = (...args: string[]): Step => step('/usr/sbin/userdel', ...args);
const pdbedit = (args: string[], stdin = ''): Step => ({ argv: ['/usr/bin/pdbedit', '-d0', ...args], stdin });
const sambaPassword = (login: string, stdin: string): Step => pdbedit(['-t', '-a', '-u', login], stdin);
const chpasswd = (stdin: string): Step => ({ argv: ['/usr/sbin/chpasswd', '-e'], stdin });
const getent = (...args: string[]): Step => step('/usr/bin/getent', ...args);
const id = (...args: string[]): Step => step('/usr/bin/id', ...args);
const sudo = (login: string): Step => step('/usr/bin/sudo', '-l', '-U', login);
const pkill = (login: string): Step => step('/usr/bin/pkill', '-KILL', '-u', login);

const groupadd = (...args: string[]): Step => step('/usr/sbin/groupadd', ...args);
const groupdel = (...args: string[]): Step => step('/usr/sbin/groupdel', ...args);
const gpasswd = (...args: string[]): Step => step('/usr/bin/gpasswd', ...args);
const hostnamectl = (...args: string[]): Step => step('/usr/bin/hostnamectl', ...args);
const chkpwd = (stdin: string, ...args: string[]): Step => ({ argv: ['/usr/sbin/unix_chkpwd', ...args], stdin });

const addFam = groupadd('-g', '58101', fam);
const addJo = useradd(jo, '58001');
const addAnn = useradd(ann, '58002', 'Ann');
const hash = '$y$j9T$abcdefghijklmnopqrstuv$abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH';
const hashJo = chpasswd(`${jo}:${hash}\n`);
const member = (login: string, group: string) => async (machine: Machine) => {
  const text = await machine.read('/etc/group');
  await machine.write(
    '/etc/group',
    text.replace(new RegExp(`^(${group}:.*[^:,\n])$|^(${group}:.*:)$`, 'm'), (_, some, none) =>
      some ? `${some},${login}` : none + login,
    ),
  );
};
const sudoers = (text: string) => (machine: Machine) => machine.write(sudoersFile, text);
const joLine = (fullName: string, shell = '/usr/sbin/nologin') => `x:58001:100:${fullName}:/home/${jo}:${shell}`;
const inPasswd = (login: string, is: string | null): Effects => ({ passwd: { [login]: is } });
const noJo = inPasswd(jo, null);

const fullNames = {
  'an apostrophe': "Jo O'Neill",
  'umlauts and CJK': 'Ünal Ökçe 李雷 אבג',
  commas: 'Jo, room 3,,',
  'characters of the shell': '$(id) `id` "x" \\ & | ; > *',
  nothing: '',
  '1,000 characters': 'x'.repeat(1000),
};
const badLogins = ['-jo', '+jo', '~jo', 'a:b', 'a b', 'a,b', 'a\tb', '', 'same-'.padEnd(33, 'x')];

const useraddCases: Case[] = [
  {
    title: 'useradd makes the account, its home and its ranges, and no password',
    ...addJo,
    code: 0,
    leaves: {
      passwd: { [jo]: joLine('Jo') },
      shadow: { [jo]: ['!', ''] },
      home: { [jo]: 0o700 },
      skeleton: { [jo]: true },
      groups: { [jo]: 'users' },
      subIds: { [jo]: true },
      samba: { [jo]: null },
    },
  },
  ...Object.entries(fullNames).map(([what, fullName]) => ({
    title: `useradd takes a full name of ${what}`,
    ...useradd(jo, '58001', fullName),
    code: 0,
    leaves: inPasswd(jo, joLine(fullName)),
  })),
  {
    title: 'useradd refuses a full name with a colon',
    ...useradd(jo, '58001', 'a:b'),
    code: 3,
    stderr: "useradd: invalid comment 'a:b'\n",
    leaves: { ...noJo, home: { [jo]: null } },
  },
  {
    title: 'useradd refuses a full name with a line break',
    ...useradd(jo, '58001', 'a\nb'),
    code: 3,
    stderr: "useradd: invalid comment 'a\nb'\n",
    leaves: noJo,
  },
  {
    title: 'useradd refuses a login that is taken',
    before: [addJo],
    ...useradd(jo, '58002', 'Other'),
    code: 9,
    stderr: `useradd: user '${jo}' already exists\n`,
    leaves: inPasswd(jo, joLine('Jo')),
  },
  {
    title: 'useradd refuses a uid that is taken',
    before: [addJo],
    ...useradd(ann, '58001'),
    code: 4,
    stderr: 'useradd: UID 58001 is not unique\n',
    leaves: { ...inPasswd(ann, null), home: { [ann]: null } },
  },
  {
    title: 'useradd names the login first where both are taken',
    before: [addJo],
    ...useradd(jo, '58001'),
    code: 9,
    stderr: `useradd: user '${jo}' already exists\n`,
  },
  {
    title: 'useradd never makes a second root',
    ...useradd(jo, '0'),
    code: 4,
    stderr: 'useradd: UID 0 is not unique\n',
  },
  ...['x', '-1', '4294967295', '99999999999', '0x10', ''].map(uid => ({
    title: `useradd refuses the uid '${uid}'`,
    ...useradd(jo, uid),
    code: 3,
    stderr: `useradd: invalid user ID '${uid}'\n`,
    leaves: noJo,
  })),
  ...['058001', ' 58001', '+58001'].map(uid => ({
    title: `useradd takes '${uid}' for the uid 58001`,
    ...useradd(jo, uid),
    code: 0,
    leaves: inPasswd(jo, joLine('Jo')),
  })),
  {
    title: 'useradd warns of a uid out of range and gives no subordinate ids',
    ...useradd(jo, '60001'),
    code: 0,
    stderr: `useradd warning: ${jo}'s uid 60001 outside of the UID_MIN 1000 and UID_MAX 60000 range.\n`,
    leaves: { subIds: { [jo]: false } },
  },
  ...badLogins.map(login => ({
    title: `useradd refuses the login '${login}'`,
    argv: [...useradd('--', '58001').argv, login],
    code: 3,
    stderr: `useradd: invalid user name '${login}': use --badname to ignore\n`,
  })),
  {
    title: 'useradd takes a login of 32 characters',
    ...useradd(long, '58001'),
    code: 0,
    leaves: { home: { [long]: 0o700 } },
  },
  {
    title: 'useradd refuses an unknown group',
    ...step('/usr/sbin/useradd', '-u', '58001', '-g', 'same-nope', jo),
    code: 6,
    stderr: "useradd: group 'same-nope' does not exist\n",
  },
  {
    title: 'useradd takes a group by its number',
    ...step('/usr/sbin/useradd', '-u', '58001', '-g', '100', jo),
    code: 0,
    leaves: { ...inPasswd(jo, joLine('', '/bin/sh')), home: { [jo]: null } },
  },
  {
    title: 'useradd makes no home with -M',
    ...useradd(jo, '58001', 'Jo', '-M'),
    code: 0,
    leaves: { home: { [jo]: null }, passwd: { [jo]: joLine('Jo') } },
  },
  {
    title: 'useradd does not take both -m and -M',
    ...step('/usr/sbin/useradd', '-m', '-M', jo),
    code: 2,
    stderr: /^useradd: options -m and -M conflict\nUsage: useradd \[options\] LOGIN\n/,
    leaves: noJo,
  },
  {
    title: 'useradd makes a group of the same name where none is given',
    ...step('/usr/sbin/useradd', '-m', '-u', '58001', jo),
    code: 0,
    leaves: { groups: { [jo]: jo }, home: { [jo]: 0o755 } },
  },
  {
    title: 'useradd does not take over a group of the same name',
    before: [step('/usr/sbin/useradd', '-u', '58001', jo), useradd(ann, '58002'), member(ann, jo), userdel(jo)],
    ...step('/usr/sbin/useradd', '-u', '58001', jo),
    code: 9,
    stderr: `useradd: group ${jo} exists - if you want to add this user to that group, use -g.\n`,
    leaves: noJo,
  },
  {
    title: 'useradd leaves a home alone that is there already',
    before: [addJo, userdel(jo)],
    ...useradd(jo, '58001', 'Again'),
    code: 0,
    stderr: `useradd: warning: the home directory /home/${jo} already exists.\nuseradd: Not copying any file from skel directory into it.\n`,
    leaves: inPasswd(jo, joLine('Again')),
  },
  {
    title: 'useradd warns of a shell that is not there',
    ...step('/usr/sbin/useradd', '-u', '58001', '-g', 'users', '-s', '/same/shell', jo),
    code: 0,
    stderr: "useradd: Warning: missing or non-executable shell '/same/shell'\n",
    leaves: inPasswd(jo, joLine('', '/same/shell')),
  },
  {
    title: 'useradd refuses a shell without a path',
    ...step('/usr/sbin/useradd', '-u', '58001', '-g', 'users', '-s', 'nologin', jo),
    code: 3,
    stderr: "useradd: invalid shell 'nologin'\n",
    leaves: noJo,
  },
  ...Object.entries({ '0750': 0o750, '700': 0o1274 }).map(([written, mode]) => ({
    title: `useradd reads HOME_MODE=${written} as C does`,
    ...step('/usr/sbin/useradd', '-m', '-K', `HOME_MODE=${written}`, '-u', '58001', '-g', 'users', jo),
    code: 0,
    leaves: { home: { [jo]: mode } },
  })),
  {
    title: 'useradd refuses a key without a value',
    ...step('/usr/sbin/useradd', '-K', 'HOME_MODE', jo),
    code: 3,
    stderr: 'useradd: -K requires KEY=VALUE\n',
  },
  {
    title: 'useradd refuses an unknown key',
    ...step('/usr/sbin/useradd', '-K', 'SAME=1', jo),
    code: 3,
    stderr: "configuration error - unknown item 'SAME' (notify administrator)\n",
  },
  {
    title: 'useradd without a login shows its usage',
    ...step('/usr/sbin/useradd'),
    code: 2,
    stderr: /^Usage: useradd \[options\] LOGIN\n/,
  },
  {
    title: 'useradd with two logins shows its usage',
    ...step('/usr/sbin/useradd', jo, ann),
    code: 2,
    stderr: /^Usage: useradd \[options\] LOGIN\n/,
    leaves: noJo,
  },
  ...Object.entries({
    "unrecognized option '--same'": ['--same', jo],
    "option requires an argument -- 'u'": [jo, '-u'],
  }).map(([sentence, args]) => ({
    title: `useradd says ${sentence}`,
    ...step('/usr/sbin/useradd', ...args),
    code: 2,
    stderr: new RegExp(`^/usr/sbin/useradd: ${sentence}\nUsage: useradd `),
    leaves: noJo,
  })),
];

const noChanges = 'usermod: no changes\n';
const usermodCases: Case[] = [
  ...Object.entries(fullNames).map(([what, fullName]) => ({
    title: `usermod sets a full name of ${what}`,
    before: [useradd(jo, '58001', 'Before')],
    ...usermod('-c', fullName, jo),
    code: 0,
    leaves: { passwd: { [jo]: joLine(fullName) }, shadow: { [jo]: ['!', ''] as [string, string] } },
  })),
  {
    title: 'usermod says where nothing changes',
    before: [addJo],
    ...usermod('-c', 'Jo', jo),
    code: 0,
    stdout: noChanges,
  },
  {
    title: 'usermod refuses a full name with a colon',
    before: [addJo],
    ...usermod('-c', 'a:b', jo),
    code: 3,
    stderr: "usermod: invalid field 'a:b'\n",
    leaves: inPasswd(jo, joLine('Jo')),
  },
  {
    title: 'usermod knows no such user',
    ...usermod('-c', 'x', ghost),
    code: 6,
    stderr: `usermod: user '${ghost}' does not exist\n`,
  },
  {
    title: 'usermod locks and expires a user without a password',
    before: [addJo],
    ...usermod('-L', '-e', '1', jo),
    code: 0,
    leaves: { shadow: { [jo]: ['!', '1'] } },
  },
  {
    title: 'usermod locks a password by a mark before it',
    before: [addJo, hashJo],
    ...usermod('-L', '-e', '1', jo),
    code: 0,
    leaves: { shadow: { [jo]: [`!${hash}`, '1'] } },
  },
  {
    title: 'usermod locks once, however often',
    before: [addJo, hashJo, usermod('-L', '-e', '1', jo)],
    ...usermod('-L', '-e', '1', jo),
    code: 0,
    leaves: { shadow: { [jo]: [`!${hash}`, '1'] } },
  },
  {
    title: 'usermod locks an empty password too',
    before: [addJo, chpasswd(`${jo}:\n`)],
    ...usermod('-L', jo),
    code: 0,
    leaves: { shadow: { [jo]: ['!', ''] } },
  },
  {
    title: 'usermod lifts an expiry and leaves the lock',
    before: [addJo, hashJo, usermod('-L', '-e', '1', jo)],
    ...usermod('-e', '', jo),
    code: 0,
    leaves: { shadow: { [jo]: [`!${hash}`, ''] } },
  },
  {
    title: 'usermod has no expiry to lift',
    before: [addJo],
    ...usermod('-e', '', jo),
    code: 0,
    stdout: noChanges,
  },
  {
    title: 'usermod unlocks a password',
    before: [addJo, hashJo, usermod('-L', jo)],
    ...usermod('-U', jo),
    code: 0,
    leaves: { shadow: { [jo]: [hash, ''] } },
  },
  {
    title: 'usermod unlocks what is not locked',
    before: [addJo, hashJo],
    ...usermod('-U', jo),
    code: 0,
    leaves: { shadow: { [jo]: [hash, ''] } },
  },
  {
    title: 'usermod does not unlock where there is no password',
    before: [addJo],
    ...usermod('-U', jo),
    code: 0,
    stderr: /^usermod: unlocking the user's password would result in a passwordless account\.\n/,
    leaves: { shadow: { [jo]: ['!', ''] } },
  },
  ...Object.entries({ '2026-12-24': '20811', '20811': '20811', '0': '0', '-1': '' }).map(([written, expires]) => ({
    title: `usermod reads the expiry '${written}' as '${expires}'`,
    before: [addJo, usermod('-e', '5', jo)],
    ...usermod('-e', written, jo),
    code: 0,
    leaves: { shadow: { [jo]: ['!', expires] as [string, string] } },
  })),
  {
    title: 'usermod refuses what is no date',
    before: [addJo],
    ...usermod('-e', 'never', jo),
    code: 3,
    stderr: "usermod: invalid date 'never'\n",
    leaves: { shadow: { [jo]: ['!', ''] } },
  },
  {
    title: 'usermod does not lock and unlock at once',
    before: [addJo],
    ...usermod('-L', '-U', jo),
    code: 2,
    stderr: /^usermod: the -L, -p, and -U flags are exclusive\nUsage: usermod \[options\] LOGIN\n/,
  },
  {
    title: 'usermod wants an option',
    before: [addJo],
    ...usermod(jo),
    code: 2,
    stderr: /^usermod: no options\nUsage: usermod \[options\] LOGIN\n/,
  },
  { title: 'usermod without a login shows its usage', ...usermod(), code: 2, stderr: /^Usage: usermod / },
  {
    title: 'usermod with two logins shows its usage',
    before: [addJo, addAnn],
    ...usermod('-c', 'x', jo, ann),
    code: 2,
    stderr: /^Usage: usermod /,
    leaves: inPasswd(jo, joLine('Jo')),
  },
  {
    title: 'usermod knows no such option',
    ...usermod('--same', jo),
    code: 2,
    stderr: /^\/usr\/sbin\/usermod: unrecognized option '--same'\nUsage: usermod /,
  },
];

const ignored = 'chpasswd: error detected, changes ignored\n';
const passwordCases: Case[] = [
  {
    title: 'chpasswd sets a hash as it stands',
    before: [addJo],
    ...hashJo,
    code: 0,
    leaves: { shadow: { [jo]: [hash, ''] } },
  },
  {
    title: 'chpasswd needs no last line break',
    before: [addJo],
    ...chpasswd(`${jo}:${hash}`),
    code: 0,
    leaves: { shadow: { [jo]: [hash, ''] } },
  },
  {
    title: 'chpasswd unlocks by the new password and leaves the expiry',
    before: [addJo, usermod('-L', '-e', '1', jo)],
    ...hashJo,
    code: 0,
    leaves: { shadow: { [jo]: [hash, '1'] } },
  },
  {
    title: 'chpasswd makes a password empty',
    before: [addJo, hashJo],
    ...chpasswd(`${jo}:\n`),
    code: 0,
    leaves: { shadow: { [jo]: ['', ''] } },
  },
  {
    title: 'chpasswd knows no such user',
    ...chpasswd(`${ghost}:${hash}\n`),
    code: 1,
    stderr: `chpasswd: line 1: user '${ghost}' does not exist\n${ignored}`,
  },
  {
    title: 'chpasswd sets all or none',
    before: [addJo],
    ...chpasswd(`${jo}:${hash}\n${ghost}:${hash}\n`),
    code: 1,
    stderr: `chpasswd: line 2: user '${ghost}' does not exist\n${ignored}`,
    leaves: { shadow: { [jo]: ['!', ''] } },
  },
  {
    title: 'chpasswd wants a colon',
    before: [addJo],
    ...chpasswd(`${jo}\n`),
    code: 1,
    stderr: `chpasswd: line 1: missing new password\n${ignored}`,
    leaves: { shadow: { [jo]: ['!', ''] } },
  },
  {
    title: 'chpasswd refuses an empty line',
    ...chpasswd('\n'),
    code: 1,
    stderr: `chpasswd: line 1: missing new password\n${ignored}`,
  },
  {
    title: 'chpasswd cannot write a colon',
    before: [addJo],
    ...chpasswd(`${jo}:a:b\n`),
    code: 1,
    stderr: 'chpasswd: failure while writing changes to /etc/shadow\n',
    leaves: { shadow: { [jo]: ['!', ''] } },
  },
  {
    title: 'chpasswd refuses a line that is too long',
    before: [addJo],
    ...chpasswd(`${jo}:${'x'.repeat(9000)}\n`),
    code: 1,
    stderr: `chpasswd: line 1: line too long\n${ignored}`,
    leaves: { shadow: { [jo]: ['!', ''] } },
  },
  { title: 'chpasswd does nothing with nothing', ...chpasswd(''), code: 0 },
  ...Object.entries({ L: [addJo], P: [addJo, hashJo], NP: [addJo, chpasswd(`${jo}:\n`)] }).map(([state, before]) => ({
    title: `passwd -S -a shows the state ${state}`,
    before,
    ...step('/usr/bin/passwd', '-S', '-a'),
    code: 0,
    stdout: new RegExp(`^${jo} ${state} \\d{4}-\\d\\d-\\d\\d 0 99999 7 -1$`, 'm'),
  })),
  {
    title: 'passwd -S -a shows a locked password as locked',
    before: [addJo, hashJo, usermod('-L', '-e', '1', jo)],
    ...step('/usr/bin/passwd', '-S', '-a'),
    code: 0,
    stdout: new RegExp(`^${jo} L `, 'm'),
  },
  {
    title: 'passwd -S knows no such user',
    ...step('/usr/bin/passwd', '-S', ghost),
    code: 1,
    stderr: `passwd: user '${ghost}' does not exist\n`,
  },
  { title: 'passwd -a alone shows its usage', ...step('/usr/bin/passwd', '-a'), code: 2, stderr: /^Usage: passwd / },
  {
    title: 'passwd knows no such option',
    ...step('/usr/bin/passwd', '--same'),
    code: 6,
    stderr: /^\/usr\/bin\/passwd: unrecognized option '--same'\nUsage: passwd /,
  },
];

const tellingCases: Case[] = [
  {
    title: 'getent tells an account',
    ...getent('passwd', 'root'),
    code: 0,
    stdout: /^root:x:0:0:[^:\n]*:\/root:\/bin\/bash\n$/,
  },
  {
    title: 'getent tells an account by its uid',
    before: [addJo],
    ...getent('passwd', '058001'),
    code: 0,
    stdout: `${jo}:${joLine('Jo')}\n`,
  },
  {
    title: 'getent lists all accounts',
    before: [addJo],
    ...getent('passwd'),
    code: 0,
    stdout: new RegExp(`^root:[\\s\\S]*\n${jo}:`),
  },
  { title: 'getent knows no such account', ...getent('passwd', ghost), code: 2 },
  { title: 'getent knows no such uid', ...getent('passwd', '58009'), code: 2 },
  { title: 'getent knows no account without a name', ...getent('passwd', ''), code: 2 },
  {
    title: 'getent tells those it knows, and that one is missing',
    before: [addJo],
    ...getent('passwd', ghost, jo),
    code: 2,
    stdout: `${jo}:${joLine('Jo')}\n`,
  },
  { title: 'getent tells a group', ...getent('group', 'users'), code: 0, stdout: /^users:x:100:.*\n$/ },
  { title: 'getent tells a group by its gid', ...getent('group', '100'), code: 0, stdout: /^users:x:100:.*\n$/ },
  { title: 'getent lists all groups', ...getent('group'), code: 0, stdout: /^root:x:0:.*\n[\s\S]*\nusers:x:100:/ },
  { title: 'getent knows no such group', ...getent('group', ghost), code: 2 },
  {
    title: 'getent knows no such database',
    ...getent('same'),
    code: 1,
    stdout: /^Try `getent --help' or/,
    stderr: 'Unknown database: same\n',
  },
  {
    title: 'id tells a user',
    before: [addJo],
    ...id(jo),
    code: 0,
    stdout: `uid=58001(${jo}) gid=100(users) groups=100(users)\n`,
  },
  {
    title: 'id tells groups in the order of the file, the primary first',
    before: [addJo, member(jo, 'games'), member(jo, 'sudo')],
    ...id('-Gn', jo),
    code: 0,
    stdout: 'users sudo games\n',
  },
  {
    title: 'id tells gids',
    before: [addJo, member(jo, 'games')],
    ...id('-G', jo),
    code: 0,
    stdout: '100 60\n',
  },
  { title: 'id knows no such user', ...id('-Gn', ghost), code: 1, stderr: `/usr/bin/id: ‘${ghost}’: no such user\n` },
  {
    title: 'id gives no names without a choice',
    ...id('-n', 'root'),
    code: 1,
    stderr: '/usr/bin/id: cannot print only names or real IDs in default format\n',
  },
  {
    title: 'id knows no such option',
    ...id('-q', 'root'),
    code: 1,
    stderr: "/usr/bin/id: invalid option -- 'q'\nTry '/usr/bin/id --help' for more information.\n",
  },
  {
    title: 'sudo serves an ordinary user nothing',
    before: [addJo],
    ...sudo(jo),
    code: 0,
    stdout: new RegExp(`^User ${jo} is not allowed to run sudo on .+\\.\n$`),
  },
  ...Object.entries<[string, Case['before']]>({
    'root everything': ['root', []],
    'a member of sudo everything': [jo, [addJo, member(jo, 'sudo')]],
    'who is named': [jo, [addJo, sudoers(`${jo} ALL=(ALL:ALL) ALL\n`)]],
    'who is named by an alias': [jo, [addJo, sudoers(`User_Alias SAME = ${ann}, ${jo}\nSAME ALL=(ALL:ALL) ALL\n`)]],
    'who is named by number': [jo, [addJo, sudoers('#58001 ALL = (ALL : ALL) ALL\n')]],
    'whose group is named': [jo, [addJo, sudoers('%users ALL=(ALL:ALL) ALL\n')]],
    'whose group is named by number': [jo, [addJo, sudoers('%#100 ALL=(ALL:ALL) ALL\n')]],
    everyone: [jo, [addJo, sudoers('ALL ALL=(ALL:ALL) ALL\n')]],
  }).map(([who, [login, before]]) => ({
    title: `sudo serves ${who}`,
    before: before!,
    ...sudo(login),
    code: 0,
    stdout: new RegExp(
      `^Matching Defaults entries for ${login} on .+:\n    .+\n\nUser ${login} may run the following commands on .+:\n    \\(ALL : ALL\\) ALL\n$`,
    ),
  })),
  {
    title: 'sudo tells what is served without a word about as whom',
    before: [addJo, sudoers(`${jo} ALL = /bin/ls\n`)],
    ...sudo(jo),
    code: 0,
    stdout: /:\n {4}\(root\) \/bin\/ls\n$/,
  },
  {
    title: 'sudo does not serve who is left out',
    before: [addJo, sudoers(`ALL,!${jo} ALL=(ALL:ALL) ALL\n`)],
    ...sudo(jo),
    code: 0,
    stdout: /is not allowed to run sudo/,
  },
  {
    title: 'sudo does not serve who is only in a comment',
    before: [addJo, sudoers(`# ${jo} ALL=(ALL:ALL) ALL\n`)],
    ...sudo(jo),
    code: 0,
    stdout: /is not allowed to run sudo/,
  },
  { title: 'sudo knows no such user', ...sudo(ghost), code: 1, stderr: `sudo: unknown user ${ghost}\n` },
  { title: 'true ends well', ...step('/usr/bin/true', 'whatever'), code: 0 },
  { title: 'false does not', ...step('/usr/bin/false'), code: 1 },
];

const occupied = [addJo, (machine: Machine) => machine.occupy(jo)];
const endingCases: Case[] = [
  { title: 'pkill finds nothing to end', before: [addJo], ...pkill(jo), code: 1 },
  { title: 'pkill ends what a user runs', before: occupied, ...pkill(jo), code: 0 },
  { title: 'pkill knows no such user', ...pkill(ghost), code: 2, stderr: `pkill: invalid user name: ${ghost}\n` },
  { title: 'pkill without a name shows its usage', ...pkill(''), code: 2, stderr: /^\nUsage:\n pkill / },
  {
    title: 'pkill wants something to match',
    ...step('/usr/bin/pkill', '-KILL'),
    code: 2,
    stderr: "pkill: no matching criteria specified\nTry `pkill --help' for more information.\n",
  },
  {
    title: 'loginctl knows no session of a user who is not signed in',
    before: [addJo],
    ...step('/usr/bin/loginctl', 'terminate-user', jo),
    code: 1,
    stderr: 'Could not terminate user: User ID 58001 is not logged in or lingering\n',
  },
  {
    title: 'loginctl knows no such user',
    ...step('/usr/bin/loginctl', 'terminate-user', ghost),
    code: 1,
    stderr: new RegExp(`^Failed to look up user ${ghost}: `),
  },
  {
    title: 'userdel removes the account and leaves the home',
    before: [addJo],
    ...userdel(jo),
    code: 0,
    leaves: { ...noJo, shadow: { [jo]: null }, subIds: { [jo]: false }, skeleton: { [jo]: true } },
  },
  {
    title: 'userdel removes a locked and expired account',
    before: [addJo, hashJo, usermod('-L', '-e', '1', jo)],
    ...userdel(jo),
    code: 0,
    leaves: noJo,
  },
  {
    title: 'userdel refuses while the user runs something',
    before: occupied,
    ...userdel(jo),
    code: 8,
    stderr: new RegExp(`^userdel: user ${jo} is currently used by process \\d+\n$`),
    leaves: inPasswd(jo, joLine('Jo')),
  },
  {
    title: 'userdel goes on once nothing runs',
    before: [...occupied, pkill(jo)],
    ...userdel(jo),
    code: 0,
    leaves: noJo,
  },
  {
    title: 'userdel ends the memberships, so that the next of that name has none',
    before: [addJo, member(jo, 'games'), userdel(jo)],
    ...useradd(jo, '58001', 'Jo', '-M'),
    code: 0,
    leaves: { groups: { [jo]: 'users' } },
  },
  {
    title: 'userdel removes the group of the same name',
    before: [step('/usr/sbin/useradd', '-u', '58001', jo), userdel(jo)],
    ...getent('group', jo),
    code: 2,
  },
  {
    title: 'userdel leaves the group of the same name while it has members',
    before: [step('/usr/sbin/useradd', '-u', '58001', jo), addAnn, member(ann, jo)],
    ...userdel(jo),
    code: 0,
    stderr: `userdel: group ${jo} not removed because it has other members.\n`,
    leaves: { ...noJo, groups: { [ann]: `users ${jo}` } },
  },
  {
    title: 'userdel leaves the group of the same name while it is the primary one of another',
    before: [step('/usr/sbin/useradd', '-u', '58001', jo), step('/usr/sbin/useradd', '-u', '58002', '-g', jo, ann)],
    ...userdel(jo),
    code: 0,
    stderr: `userdel: group ${jo} is the primary group of another user and is not removed.\n`,
    leaves: { ...noJo, groups: { [ann]: jo } },
  },
  {
    title: 'userdel knows no such user',
    ...userdel(ghost),
    code: 6,
    stderr: `userdel: user '${ghost}' does not exist\n`,
  },
  { title: 'userdel without a login shows its usage', ...userdel(), code: 2, stderr: /^Usage: userdel / },
  {
    title: 'userdel with two logins shows its usage',
    before: [addJo, addAnn],
    ...userdel(jo, ann),
    code: 2,
    stderr: /^Usage: userdel /,
    leaves: inPasswd(jo, joLine('Jo')),
  },
  {
    title: 'userdel knows no such option',
    ...userdel('--same', jo),
    code: 2,
    stderr: /^\/usr\/sbin\/userdel: unrecognized option '--same'\nUsage: userdel /,
  },
];

const passwords = ['simple', 'with blanks ', '"quotes\' $HOME \\n %', 'пароль 密码 ü', 'x'.repeat(127)];
const sambaCases: Case[] = [
  ...passwords.map((password, i) => ({
    title: `pdbedit sets password ${i + 1}, ${JSON.stringify(password).slice(0, 30)}`,
    before: [addJo],
    ...sambaPassword(jo, `${password}\n${password}\n`),
    code: 0,
    stdout: new RegExp(`^Unix username: +${jo}\n[\\s\\S]*\nFull Name: +Jo\n`),
    leaves: { samba: { [jo]: '58001:Jo' } },
  })),
  {
    title: 'pdbedit needs no last line break',
    before: [addJo],
    ...sambaPassword(jo, 'a\na'),
    code: 0,
    stdout: /^Unix username: /,
    leaves: { samba: { [jo]: '58001:Jo' } },
  },
  {
    title: 'pdbedit -a sets the password of an entry that is there',
    before: [addJo, sambaPassword(jo, 'a\na\n')],
    ...sambaPassword(jo, 'b\nb\n'),
    code: 0,
    stdout: new RegExp(`^Unix username: +${jo}\n`),
    leaves: { samba: { [jo]: '58001:Jo' } },
  },
  {
    title: 'pdbedit keeps the full name that it saw first',
    before: [addJo, sambaPassword(jo, 'a\na\n'), usermod('-c', 'New', jo)],
    ...sambaPassword(jo, 'b\nb\n'),
    code: 0,
    stdout: /\nFull Name: +Jo\n/,
    leaves: { samba: { [jo]: '58001:Jo' } },
  },
  {
    title: 'pdbedit takes a full name in any script',
    before: [useradd(jo, '58001', "Ünal O'Neill, 李雷")],
    ...sambaPassword(jo, 'a\na\n'),
    code: 0,
    stdout: /\nFull Name: +Ünal O'Neill, 李雷\n/,
    leaves: { samba: { [jo]: "58001:Ünal O'Neill, 李雷" } },
  },
  ...Object.entries({ 'a\nb\n': 255, 'b\na\n': 1, 'z\na\n': 25, 'b\n\n': 98, 'b\nbc\n': 157 }).map(([stdin, code]) => ({
    title: `pdbedit ends with ${code} where the lines differ as in ${JSON.stringify(stdin)}`,
    before: [addJo],
    ...sambaPassword(jo, stdin),
    code,
    stderr: 'Passwords do not match!\n',
    leaves: { samba: { [jo]: null } },
  })),
  {
    title: 'pdbedit cannot take a password of more than 254 bytes',
    before: [addJo],
    ...sambaPassword(jo, `${'x'.repeat(300)}\n${'x'.repeat(300)}\n`),
    code: 120,
    stderr: 'Passwords do not match!\n',
    leaves: { samba: { [jo]: null } },
  },
  ...['a\n', ''].map(stdin => ({
    title: `pdbedit wants two lines, not ${JSON.stringify(stdin)}`,
    before: [addJo],
    ...sambaPassword(jo, stdin),
    code: 255,
    stderr: 'Failed to read passwords.\n',
    leaves: { samba: { [jo]: null } },
  })),
  {
    title: 'pdbedit adds nobody who has no account',
    ...sambaPassword(ghost, 'a\na\n'),
    code: 255,
    stderr: `Failed to add entry for user ${ghost}.\n`,
  },
  {
    title: 'pdbedit -x removes an entry',
    before: [addJo, sambaPassword(jo, 'a\na\n')],
    ...pdbedit(['-x', '-u', jo]),
    code: 0,
    leaves: { samba: { [jo]: null }, passwd: { [jo]: joLine('Jo') } },
  },
  {
    title: 'pdbedit -x has no entry to remove',
    before: [addJo],
    ...pdbedit(['-x', '-u', jo]),
    code: 255,
    stderr: `user ${jo} does not exist in the passdb\n`,
  },
  {
    title: 'pdbedit -x removes what an account left behind',
    before: [addJo, sambaPassword(jo, 'a\na\n'), userdel(jo)],
    ...pdbedit(['-x', '-u', jo]),
    code: 0,
    stderr: `Failed to find a Unix account for ${jo}\n`,
    leaves: { samba: { [jo]: null } },
  },
  {
    title: 'pdbedit -L lists an entry whose account is gone with the uid -1',
    before: [addJo, sambaPassword(jo, 'a\na\n'), userdel(jo)],
    ...pdbedit(['-L']),
    code: 0,
    stdout: new RegExp(`^${jo}:4294967295:Jo$`, 'm'),
  },
  {
    title: 'pdbedit keeps the old entry for a new account of that name',
    before: [addJo, sambaPassword(jo, 'a\na\n'), userdel(jo), useradd(jo, '58002', 'New', '-M')],
    ...pdbedit(['-L', '-u', jo]),
    code: 0,
    stdout: `${jo}:58002:Jo\n`,
  },
  {
    title: 'pdbedit -L knows no such entry',
    ...pdbedit(['-L', '-u', ghost]),
    code: 255,
    stderr: 'Username not found!\n',
  },
  {
    title: 'pdbedit wants a name',
    ...pdbedit(['-x']),
    code: 255,
    stderr: 'Username not specified! (use -u option)\n',
  },
];

/** sha512-crypt of `four words and a fish`. */
const sha512 =
  '$6$rounds=1000$abcdefgh$FTwplyBy9Lkh1K3Nr1epsp47kqLD7oufYWk33BWmFXomcVrAdb1pfDh5pzGkwwxU9Id.TTpB7iDyPSu5VjDE50';
const known = chpasswd(`${jo}:${sha512}\n`);
const right = 'four words and a fish\0';
const ownPasswordCases: Case[] = [
  { title: 'unix_chkpwd knows the password', before: [addJo, known], ...chkpwd(right, jo, 'nonull'), code: 0 },
  { title: 'unix_chkpwd knows it with nullok', before: [addJo, known], ...chkpwd(right, jo, 'nullok'), code: 0 },
  ...['four words and a fisH\0', ' four words and a fish\0', 'four words and a fish', '\0', ''].map(stdin => ({
    title: `unix_chkpwd refuses ${JSON.stringify(stdin)}`,
    before: [addJo, known],
    ...chkpwd(stdin, jo, 'nonull'),
    code: 7,
  })),
  {
    title: 'unix_chkpwd refuses a password that is locked',
    before: [addJo, known, usermod('-L', jo)],
    ...chkpwd(right, jo, 'nonull'),
    code: 7,
  },
  {
    title: 'unix_chkpwd does not mind that the account is expired',
    before: [addJo, known, usermod('-e', '1', jo)],
    ...chkpwd(right, jo, 'nonull'),
    code: 0,
  },
  { title: 'unix_chkpwd refuses who never had one', before: [addJo], ...chkpwd('\0', jo, 'nullok'), code: 7 },
  {
    title: 'unix_chkpwd refuses an empty one with nonull',
    before: [addJo, usermod('-p', '', jo)],
    ...chkpwd('\0', jo, 'nonull'),
    code: 7,
  },
  { title: 'unix_chkpwd knows no such user', ...chkpwd(right, ghost, 'nonull'), code: 9 },
  ...[[jo], []].map(args => ({
    title: `unix_chkpwd is not for people: ${args.join(' ')}`,
    ...chkpwd(right, ...args),
    code: 4,
    stderr: /^This binary is not designed for running in this way\n/,
  })),
  { title: 'unix_chkpwd knows no such option', before: [addJo, known], ...chkpwd(right, jo, 'other'), code: 4 },
];

const has = (machine: Machine, group: string, gshadow: string) =>
  Promise.all([machine.read('/etc/group'), machine.read('/etc/gshadow')]).then(([first, second]) => {
    if (!first.includes(`\n${group}\n`) || !second.includes(`\n${gshadow}\n`)) throw new Error(`no line ${group}`);
  });
const inFam = [addJo, addFam, gpasswd('-a', jo, fam)];
const groupCases: Case[] = [
  {
    title: 'groupadd makes a group that nobody is in, without a password',
    before: [addFam, machine => has(machine, `${fam}:x:58101:`, `${fam}:!::`)],
    ...getent('group', fam),
    code: 0,
    stdout: `${fam}:x:58101:\n`,
  },
  { title: 'groupadd says nothing', ...addFam, code: 0 },
  {
    title: 'groupadd refuses a name that is taken, also where the number is',
    before: [addFam],
    ...addFam,
    code: 9,
    stderr: `groupadd: group '${fam}' already exists\n`,
  },
  {
    title: 'groupadd refuses a number that is taken',
    ...groupadd('-g', '0', fam),
    code: 4,
    stderr: "groupadd: GID '0' already exists\n",
  },
  ...['x', '-1', '4294967295', ''].map(gid => ({
    title: `groupadd refuses the gid '${gid}'`,
    ...groupadd('-g', gid, fam),
    code: 3,
    stderr: `groupadd: invalid group ID '${gid}'\n`,
  })),
  ...['a:b', 'a b', 'a,b', '', 'same-'.padEnd(33, 'x')].map(name => ({
    title: `groupadd refuses the name '${name}'`,
    ...groupadd('-g', '58101', name),
    code: 3,
    stderr: `groupadd: '${name}' is not a valid group name\n`,
  })),
  { title: 'groupadd without a name shows its usage', ...groupadd(), code: 2, stderr: /^Usage: groupadd / },
  {
    title: 'gpasswd puts a user into a group',
    before: [addJo, addFam],
    ...gpasswd('-a', jo, fam),
    code: 0,
    stdout: `Adding user ${jo} to group ${fam}\n`,
    leaves: { groups: { [jo]: `users ${fam}` } },
  },
  {
    title: 'gpasswd writes both files, once however often it is asked',
    before: [...inFam, gpasswd('-a', jo, fam), machine => has(machine, `${fam}:x:58101:${jo}`, `${fam}:!::${jo}`)],
    ...id('-Gn', jo),
    code: 0,
    stdout: `users ${fam}\n`,
  },
  {
    title: 'gpasswd takes a user out of a group, and of no other',
    before: [...inFam, addAnn, gpasswd('-a', ann, fam)],
    ...gpasswd('-d', jo, fam),
    code: 0,
    stdout: `Removing user ${jo} from group ${fam}\n`,
    leaves: { groups: { [jo]: 'users', [ann]: `users ${fam}` } },
  },
  {
    title: 'gpasswd takes nobody out who is not in it',
    before: [addJo, addFam],
    ...gpasswd('-d', jo, fam),
    code: 3,
    stdout: `Removing user ${jo} from group ${fam}\n`,
    stderr: `gpasswd: user '${jo}' is not a member of '${fam}'\n`,
  },
  {
    title: 'gpasswd knows no such user',
    before: [addFam],
    ...gpasswd('-a', ghost, fam),
    code: 3,
    stderr: `gpasswd: user '${ghost}' does not exist\n`,
  },
  ...['-a', '-d'].map(option => ({
    title: `gpasswd ${option} knows no such group`,
    before: [addJo],
    ...gpasswd(option, jo, fam),
    code: 3,
    stderr: `gpasswd: group '${fam}' does not exist in /etc/group\n`,
  })),
  { title: 'gpasswd wants a group', before: [addJo], ...gpasswd('-a', jo), code: 2, stderr: /^Usage: gpasswd / },
  { title: 'groupdel removes a group', before: [addFam], ...groupdel(fam), code: 0 },
  {
    title: 'groupdel does not mind members, and ends their membership',
    before: inFam,
    ...groupdel(fam),
    code: 0,
    leaves: { groups: { [jo]: 'users' } },
  },
  {
    title: 'groupdel keeps a group that is the primary one of somebody',
    before: [addFam, step('/usr/sbin/useradd', '-u', '58001', '-g', fam, jo)],
    ...groupdel(fam),
    code: 8,
    stderr: `groupdel: cannot remove the primary group of user '${jo}'\n`,
  },
  {
    title: 'groupdel knows no such group',
    ...groupdel(fam),
    code: 6,
    stderr: `groupdel: group '${fam}' does not exist\n`,
  },
  { title: 'groupdel without a name shows its usage', ...groupdel(), code: 2, stderr: /^Usage: groupdel / },
  {
    title: 'userdel ends the membership in a group that stays',
    before: [...inFam, userdel(jo)],
    ...getent('group', fam),
    code: 0,
    stdout: `${fam}:x:58101:\n`,
  },
  {
    title: 'usermod -a -G puts a user into a group beside the others',
    before: [...inFam],
    ...usermod('-a', '-G', 'games', jo),
    code: 0,
    leaves: { groups: { [jo]: `users games ${fam}` } },
  },
  {
    title: 'usermod -G alone takes all others away',
    before: inFam,
    ...usermod('-G', 'games', jo),
    code: 0,
    leaves: { groups: { [jo]: 'users games' } },
  },
  {
    title: 'usermod -a -G knows no such group',
    before: [addJo],
    ...usermod('-a', '-G', ghost, jo),
    code: 6,
    stderr: `usermod: group '${ghost}' does not exist\n`,
  },
];

const nameHost = (name: string) => hostnamectl('set-hostname', '--static', name);
const isCalled = (name: string) => (machine: Machine) =>
  machine.read('/etc/hostname').then(text => {
    if (text !== `${name}\n`) throw new Error(`the host is called ${text}`);
  });
const hostNameCases: Case[] = [
  ...['same-attic', 'Same-Attic.Example.org', 'x'.repeat(64), '42', '10.0.0.1'].map(name => ({
    title: `hostnamectl names the host ${name}, as often as it is told`,
    before: [nameHost(name), nameHost(name), isCalled(name)],
    ...nameHost('homeserver'),
    code: 0,
  })),
  {
    title: 'sudo says the name of the host up to its first dot',
    before: [nameHost('10.0.0.1'), addJo],
    ...sudo(jo),
    code: 0,
    stdout: `User ${jo} is not allowed to run sudo on 10.\n`,
  },
  ...['a_b', 'a b', 'same-', '.same', 'same.', 'sa..me', 'ünder', 'x'.repeat(65)].map(name => ({
    title: `hostnamectl refuses the name '${name}'`,
    before: [nameHost('homeserver')],
    ...nameHost(name),
    code: 1,
    stderr: `Could not set static hostname: Invalid static hostname '${name}'\n`,
  })),
  ...[[], ['a', 'b']].map(names => ({
    title: `hostnamectl takes one name, not ${names.length}`,
    ...hostnamectl('set-hostname', '--static', ...names),
    code: 1,
    stderr: `Too ${names.length === 0 ? 'few' : 'many'} arguments.\n`,
  })),
  {
    title: 'hostnamectl knows no such verb',
    ...hostnamectl('rename', 'same-attic'),
    code: 1,
    stderr: 'Unknown command verb rename.\n',
  },
];

const shellCases: Case[] = [
  {
    title: 'usermod gives a shell, and nothing else',
    before: [addJo, hashJo],
    ...usermod('-s', '/bin/bash', jo),
    code: 0,
    leaves: { ...inPasswd(jo, joLine('Jo', '/bin/bash')), shadow: { [jo]: [hash, ''] } },
  },
  {
    title: 'usermod takes the shell away',
    before: [addJo, usermod('-s', '/bin/bash', jo)],
    ...usermod('-s', '/usr/sbin/nologin', jo),
    code: 0,
    leaves: inPasswd(jo, joLine('Jo')),
  },
  {
    title: 'usermod says that a shell is as it was',
    before: [addJo],
    ...usermod('-s', '/usr/sbin/nologin', jo),
    code: 0,
    stdout: 'usermod: no changes\n',
  },
  {
    title: 'usermod warns of a shell that cannot be run',
    before: [addJo],
    ...usermod('-s', '/no/shell', jo),
    code: 0,
    stderr: "usermod: Warning: missing or non-executable shell '/no/shell'\n",
    leaves: inPasswd(jo, joLine('Jo', '/no/shell')),
  },
  ...['bash', 'a:b'].map(shell => ({
    title: `usermod refuses the shell '${shell}'`,
    before: [addJo],
    ...usermod('-s', shell, jo),
    code: 3,
    stderr: `usermod: invalid shell '${shell}'\n`,
    leaves: inPasswd(jo, joLine('Jo')),
  })),
  {
    title: 'usermod -p writes what stands for no password',
    before: [addJo, hashJo],
    ...usermod('-p', '*', jo),
    code: 0,
    leaves: { shadow: { [jo]: ['*', ''] } },
  },
  {
    title: 'usermod takes one of -L, -p and -U',
    before: [addJo],
    ...usermod('-L', '-p', '*', jo),
    code: 2,
    stderr: /^usermod: the -L, -p, and -U flags are exclusive\n/,
  },
];

const flags = (letters: string) => pdbedit(['-r', '-c', letters, '-u', jo]);
const inSamba = [addJo, sambaPassword(jo, 'a\na\n')];
const sambaFlagCases: Case[] = [
  {
    title: 'pdbedit shuts an entry out',
    before: inSamba,
    ...flags('[D]'),
    code: 0,
    stdout: /\nAccount Flags: +\[DU {9}\]\n/,
    leaves: { samba: { [jo]: '58001:Jo' } },
  },
  {
    title: 'pdbedit lets an entry in again',
    before: [...inSamba, flags('[D]')],
    ...flags('[]'),
    code: 0,
    stdout: /\nAccount Flags: +\[U {10}\]\n/,
  },
  { title: 'pdbedit shuts out twice', before: [...inSamba, flags('[D]')], ...flags('[D]'), code: 0, stdout: /\[DU / },
  {
    title: 'pdbedit lets a shut out entry in when its password is set',
    before: [...inSamba, flags('[D]')],
    ...sambaPassword(jo, 'b\nb\n'),
    code: 0,
    stdout: /\[U {10}\]/,
  },
  {
    title: 'pdbedit tells that an entry is shut out',
    before: [...inSamba, flags('[D]')],
    ...pdbedit(['-L', '-v', '-u', jo]),
    code: 0,
    stdout: /\nAccount Flags: +\[DU {9}\]\n/,
  },
  {
    title: 'pdbedit tells of no entry',
    before: [addJo],
    ...pdbedit(['-L', '-v', '-u', jo]),
    code: 255,
    stderr: /Username not found!\n$/,
  },
  {
    title: 'pdbedit has no entry to shut out',
    before: [addJo],
    ...flags('[D]'),
    code: 255,
    stderr: /Username not found!\n$/,
  },
];

export const cases: Case[] = [
  ...useraddCases,
  ...usermodCases,
  ...passwordCases,
  ...tellingCases,
  ...endingCases,
  ...sambaCases,
  ...sambaFlagCases,
  ...shellCases,
  ...groupCases,
  ...ownPasswordCases,
  ...hostNameCases,
];
