import { getopt } from '../getopt.ts';
import { fail, lines, type Program, succeed } from '../program.ts';
import type { Tree } from '../tree.ts';

/** One entry of the simulated passdb. It keeps no password. */
interface Entry {
  login: string;
  fullName: string;
  rid: number;
  setAt: string;
  disabled?: boolean;
}

const file = '/var/lib/samba/private/passdb.json';
const machineSid = 'S-1-5-21-1111111111-2222222222-3333333333';

/** pdbedit of Samba 4.17: -L, -t -a -u LOGIN, -x -u LOGIN, -r -c FLAGS -u LOGIN. */
export const pdbedit: Program = ({ path, args, stdin, tree }) => {
  const options = getopt('ac:d:Lrtu:vx', path, args);
  if (options.error)
    return fail(1, `\n${options.error.replace(`${path}: `, 'Invalid option: ')}\n\nUsage: [OPTION...]`);
  const entries: Entry[] = JSON.parse(tree.read(file));
  const login = options.value('u');
  const entry = entries.find(each => each.login === login);
  const others = entries.filter(each => each.login !== login);
  if (options.has('L')) {
    if (login !== undefined && !entry) return fail(255, 'Username not found!');
    const say = options.has('v') ? described : listed;
    return succeed(lines((entry ? [entry] : entries).map(each => say(tree, each))));
  }
  if (!options.has('a') && !options.has('x') && !options.has('r')) return fail(1, 'Usage: [OPTION...]');
  if (login === undefined) return fail(255, 'Username not specified! (use -u option)');
  if (options.has('x')) {
    if (!entry) return fail(255, `user ${login} does not exist in the passdb`);
    save(tree, others);
    return succeed('', tree.user(login) ? '' : `Failed to find a Unix account for ${login}\n`);
  }
  if (options.has('r')) {
    if (!entry) return fail(255, 'Username not found!');
    const changed = { ...entry, disabled: options.value('c')?.includes('D') ?? entry.disabled ?? false };
    save(tree, [...others, changed]);
    return succeed(described(tree, changed));
  }
  const [first, second] = passwords(stdin);
  if (first === undefined || second === undefined) return fail(255, 'Failed to read passwords.');
  if (first !== second) return fail(strcmp(first, second) & 0xff, 'Passwords do not match!');
  const user = tree.user(login);
  if (!user) return fail(255, `Failed to add entry for user ${login}.`);

  const setAt = new Date().toISOString();
  const rid = 1 + Math.max(999, ...entries.map(each => each.rid));
  const set = entry ? { ...entry, setAt, disabled: false } : { login, fullName: user.gecos, rid, setAt };
  save(tree, [...others, set]);
  return succeed(described(tree, set));
};

/** What fgets reads into 256 bytes, each byte as one character. */
function passwords(stdin: string): string[] {
  const bytes = Buffer.from(stdin).toString('latin1');
  return (bytes.match(/[^\n]{255}|[^\n]*\n|[^\n]+$/g) ?? []).map(line => line.replace('\n', ''));
}

function strcmp(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return (a.charCodeAt(at) || 0) - (b.charCodeAt(at) || 0);
}

/** An entry whose Unix account is gone is listed with the uid -1. */
function listed(tree: Tree, { login, fullName }: Entry): string {
  return `${login}:${tree.user(login)?.uid ?? 2 ** 32 - 1}:${fullName}`;
}

function described(tree: Tree, { login, fullName, rid, setAt, disabled }: Entry): string {
  const machine = tree.read('/etc/hostname').trim().toUpperCase();
  const when = new Date(setAt).toUTCString().replace('GMT', 'UTC');
  const rows = {
    'Unix username:': login,
    'Account Flags:': disabled ? '[DU         ]' : '[U          ]',
    'User SID:': `${machineSid}-${rid}`,
    'Full Name:': fullName,
    'Home Directory:': `\\\\${machine}\\${login}`,
    'Domain:': machine,
    'Password last set:': when,
    'Password must change:': 'never',
  };
  return lines(Object.entries(rows).map(([name, value]) => `${name.padEnd(21)}${name.length > 20 ? ' ' : ''}${value}`));
}

function save(tree: Tree, entries: readonly Entry[]): void {
  tree.write(file, JSON.stringify(entries, null, 2) + '\n');
}
