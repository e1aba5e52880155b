import { getopt } from '../getopt.ts';
import type { Program } from '../program.ts';
import { fail, lines, succeed } from '../program.ts';
import type { Tree } from '../tree.ts';

/** One entry of the simulated passdb. It keeps no password. */
interface Entry {
  login: string;
  fullName: string;
  rid: number;
  setAt: string;
}

const file = '/var/lib/samba/private/passdb.json';
const longestPassword = 255;
const machineSid = 'S-1-5-21-1111111111-2222222222-3333333333';

/** pdbedit of Samba 4.17: -L, -t -a -u LOGIN, -x -u LOGIN. */
export const pdbedit: Program = ({ path, args, stdin, tree }) => {
  const options = getopt('ad:Ltu:x', path, args);
  if (options.error)
    return fail(1, `\n${options.error.replace(`${path}: `, 'Invalid option: ')}\n\nUsage: [OPTION...]`);
  const entries: Entry[] = JSON.parse(tree.read(file));
  const login = options.value('u');
  const entry = entries.find(each => each.login === login);
  if (options.has('L')) {
    if (login !== undefined && !entry) return fail(255, 'Username not found!');
    return succeed(lines((entry ? [entry] : entries).map(each => listed(tree, each))));
  }
  if (!options.has('a') && !options.has('x')) return fail(1, 'Usage: [OPTION...]');
  if (login === undefined) return fail(255, 'Username not specified! (use -u option)');
  if (options.has('x')) {
    if (!entry) return fail(255, `user ${login} does not exist in the passdb`);
    save(
      tree,
      entries.filter(each => each !== entry),
    );
    return succeed('', tree.user(login) ? '' : `Failed to find a Unix account for ${login}\n`);
  }
  const [first, second] = passwords(stdin);
  if (first === undefined || second === undefined) return fail(255, 'Failed to read passwords.');
  // Its exit code is what strcmp gave.
  const difference = compare(first, second);
  if (difference !== 0) return fail(difference & 0xff, 'Passwords do not match!');
  const user = tree.user(login);
  if (!user) return fail(255, `Failed to add entry for user ${login}.`);

  const setAt = new Date().toISOString();
  const rid = 1 + Math.max(999, ...entries.map(each => each.rid));
  const set = entry ? { ...entry, setAt } : { login, fullName: user.gecos, rid, setAt };
  save(tree, entry ? entries.map(each => (each === entry ? set : each)) : [...entries, set]);
  return succeed(described(tree, set));
};

/** The lines that fgets reads into 256 bytes. */
function passwords(stdin: string): Buffer[] {
  const found: Buffer[] = [];
  for (let rest = Buffer.from(stdin); rest.length > 0; ) {
    const end = rest.indexOf('\n');
    const length = end < 0 || end >= longestPassword ? Math.min(longestPassword, rest.length) : end + 1;
    found.push(rest.subarray(0, rest[length - 1] === 0x0a ? length - 1 : length));
    rest = rest.subarray(length);
  }
  return found;
}

function compare(a: Buffer, b: Buffer): number {
  for (let i = 0; i < a.length || i < b.length; i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  return 0;
}

/** An entry whose Unix account is gone is listed with the uid -1. */
function listed(tree: Tree, { login, fullName }: Entry): string {
  return `${login}:${tree.user(login)?.uid ?? 2 ** 32 - 1}:${fullName}`;
}

function described(tree: Tree, { login, fullName, rid, setAt }: Entry): string {
  const machine = tree.read('/etc/hostname').trim().toUpperCase();
  const when = new Date(setAt).toUTCString().replace('GMT', 'UTC');
  const rows = {
    'Unix username:': login,
    'NT username:': '',
    'Account Flags:': '[U          ]',
    'User SID:': `${machineSid}-${rid}`,
    'Primary Group SID:': `${machineSid}-513`,
    'Full Name:': fullName,
    'Home Directory:': `\\\\${machine}\\${login}`,
    'Domain:': machine,
    'Password last set:': when,
    'Password can change:': when,
    'Password must change:': 'never',
  };
  return lines(Object.entries(rows).map(([name, value]) => `${name.padEnd(21)}${name.length > 20 ? ' ' : ''}${value}`));
}

function save(tree: Tree, entries: readonly Entry[]): void {
  tree.write(file, JSON.stringify(entries, null, 2) + '\n');
}
