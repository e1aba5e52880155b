import { getopt } from '../getopt.ts';
import { fail, lines, misuse, type Output, type Program, succeed } from '../program.ts';
import { type Row, type Tree, today } from '../tree.ts';
import { isField, isName, isShell, numberOfC, parseId } from './shadow.ts';

const usage = 'Usage: useradd [options] LOGIN\n       useradd -D\n       useradd -D [options]';
const subIds = { first: 100_000, count: 65_536 };
const isRegular = (uid: number) => uid >= 1000 && uid <= 60_000;

/** useradd 4.13 with -c -g -K HOME_MODE -m -M -s -u. Without CREATE_MAIL_SPOOL, as Debian ships it, no mail file is made. */
export const useradd: Program = ({ path, args, tree }) => {
  const options = getopt('c:g:K:mMs:u:', path, args);
  const wrong = options.given.map(([letter, value]) => objection(tree, letter, value)).find(output => output !== null);
  if (wrong) return wrong;
  const [login] = options.operands;
  if (options.error || login === undefined || options.operands.length > 1) return misuse(2, options, usage);
  if (options.has('m') && options.has('M')) return fail(2, `useradd: options -m and -M conflict\n${usage}`);

  const users = tree.rows('passwd');
  const uid =
    parseId(options.value('u') ?? '') ?? 1 + Math.max(999, ...users.map(user => Number(user.uid)).filter(isRegular));
  const group = options.has('g') ? findGroup(tree, options.value('g')!) : undefined;
  if (!isName(login)) return fail(3, `useradd: invalid user name '${login}': use --badname to ignore`);
  if (users.some(user => user.login === login)) return fail(9, `useradd: user '${login}' already exists`);
  if (!group && tree.group(login))
    return fail(9, `useradd: group ${login} exists - if you want to add this user to that group, use -g.`);
  if (users.some(user => Number(user.uid) === uid)) return fail(4, `useradd: UID ${uid} is not unique`);

  const gecos = options.value('c') ?? '';
  const shell = options.value('s') ?? '/bin/sh';
  const ids = { uid: String(uid), gid: group?.gid ?? String(uid) };
  const home = `/home/${login}`;
  tree.add('passwd', { login, password: 'x', ...ids, gecos, home, shell });
  const aging = { changed: today(), min: '0', max: '99999', warn: '7', inactive: '', expires: '', reserved: '' };
  tree.add('shadow', { login, password: '!', ...aging });
  if (!group) {
    tree.add('group', { name: login, password: 'x', gid: ids.gid, members: '' });
    tree.add('gshadow', { name: login, password: '!', administrators: '', members: '' });
  }
  const warnings: string[] = [];
  if (options.value('s') && !tree.isExecutable(shell))
    warnings.push(`useradd: Warning: missing or non-executable shell '${shell}'`);
  if (!isRegular(uid))
    warnings.push(`useradd warning: ${login}'s uid ${uid} outside of the UID_MIN 1000 and UID_MAX 60000 range.`);
  else for (const table of ['subuid', 'subgid'] as const) addSubIds(tree, table, login);
  if (options.has('m')) warnings.push(...makeHome(tree, home, options.value('K')));
  return succeed('', lines(warnings));
};

function objection(tree: Tree, letter: string, value: string): Output | null {
  if (letter === 'c' && !isField(value)) return fail(3, `useradd: invalid comment '${value}'`);
  if (letter === 'g' && !findGroup(tree, value)) return fail(6, `useradd: group '${value}' does not exist`);
  if (letter === 'u' && parseId(value) === null) return fail(3, `useradd: invalid user ID '${value}'`);
  if (letter === 's' && !isShell(value)) return fail(3, `useradd: invalid shell '${value}'`);
  if (letter !== 'K') return null;
  const [key, ...number] = value.split('=');
  if (number.length === 0) return fail(3, 'useradd: -K requires KEY=VALUE');
  return key === 'HOME_MODE' ? null : fail(3, `configuration error - unknown item '${key}' (notify administrator)`);
}

function findGroup(tree: Tree, nameOrGid: string): Row<'group'> | undefined {
  const gid = parseId(nameOrGid);
  return tree.rows('group').find(group => (gid === null ? group.name === nameOrGid : Number(group.gid) === gid));
}

/** The first gap that is wide enough. */
function addSubIds(tree: Tree, table: 'subuid' | 'subgid', login: string): void {
  const rows = tree.rows(table);
  let { first } = subIds;
  for (const row of rows.toSorted((a, b) => Number(a.first) - Number(b.first)))
    if (Number(row.first) < first + subIds.count) first = Math.max(first, Number(row.first) + Number(row.count));
  tree.add(table, { login, first: String(first), count: String(subIds.count) });
}

/** Returns what useradd says about it. */
function makeHome(tree: Tree, home: string, key = 'HOME_MODE=0755'): string[] {
  if (tree.has(home))
    return [
      `useradd: warning: the home directory ${home} already exists.`,
      'useradd: Not copying any file from skel directory into it.',
    ];
  tree.makeFolder(home, numberOfC(key.replace('HOME_MODE=', '')) ?? 0o755);
  for (const name of tree.list('/etc/skel')) tree.write(`${home}/${name}`, tree.read(`/etc/skel/${name}`));
  return [];
}
