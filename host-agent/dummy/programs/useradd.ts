import { getopt } from '../getopt.ts';
import type { Output, Program } from '../program.ts';
import { fail, succeed } from '../program.ts';
import type { Row, Tree } from '../tree.ts';
import { today } from '../tree.ts';
import { isField, numberOfC, parseId } from './shadow.ts';

const usage = 'Usage: useradd [options] LOGIN\n       useradd -D\n       useradd -D [options]';
const badLogin = /^[-+~]|[:,\s]|^$/;
const subIds = { first: 100_000, count: 65_536 };
const regularIds = { first: 1000, last: 60_000 };

/** useradd 4.13 with -c -g -K HOME_MODE -m -M -s -u. Without CREATE_MAIL_SPOOL, as Debian ships it, no mail file is made. */
export const useradd: Program = ({ path, args, tree }) => {
  const options = getopt('c:g:K:mMs:u:', path, args);
  let warnings = '';
  let homeMode = 0o755;
  for (const [letter, value] of options.given) {
    if (letter === 'c' && !isField(value)) return fail(3, `useradd: invalid comment '${value}'`);
    if (letter === 'g' && !findGroup(tree, value)) return fail(6, `useradd: group '${value}' does not exist`);
    if (letter === 'u' && parseId(value) === null) return fail(3, `useradd: invalid user ID '${value}'`);
    if (letter === 'K') {
      const [key, number] = value.split('=', 2) as [string, string?];
      if (number === undefined) return fail(3, 'useradd: -K requires KEY=VALUE');
      if (key !== 'HOME_MODE') return fail(3, `configuration error - unknown item '${key}' (notify administrator)`);
      homeMode = numberOfC(number) ?? homeMode;
      if (numberOfC(number) === null) warnings += `configuration error - cannot parse HOME_MODE value: '${number}'`;
    }
    if (letter === 's' && value !== '') {
      if (!isField(value) || !/^[/*]/.test(value)) return fail(3, `useradd: invalid shell '${value}'`);
      if (!tree.isExecutable(value)) warnings += `useradd: Warning: missing or non-executable shell '${value}'\n`;
    }
  }
  if (options.error) return fail(2, `${options.error}\n${usage}`);
  if (options.has('m') && options.has('M')) return fail(2, `useradd: options -m and -M conflict\n${usage}`);
  const [login, ...more] = options.operands;
  if (login === undefined || more.length > 0) return fail(2, usage);

  const users = tree.rows('passwd');
  const uid = options.has('u') ? parseId(options.value('u')!)! : nextUid(users);
  const ownGroup = !options.has('g');
  if (badLogin.test(login) || Buffer.byteLength(login) > 32)
    return fail(3, `useradd: invalid user name '${login}': use --badname to ignore`);
  if (users.some(user => user.login === login)) return fail(9, `useradd: user '${login}' already exists`);
  if (ownGroup && tree.group(login))
    return fail(9, `useradd: group ${login} exists - if you want to add this user to that group, use -g.`);
  if (users.some(user => Number(user.uid) === uid)) return fail(4, `useradd: UID ${uid} is not unique`);
  const isRegular = uid >= regularIds.first && uid <= regularIds.last;
  if (!isRegular)
    warnings += `useradd warning: ${login}'s uid ${uid} outside of the UID_MIN 1000 and UID_MAX 60000 range.\n`;

  const gid = ownGroup ? String(uid) : findGroup(tree, options.value('g')!)!.gid;
  const home = `/home/${login}`;
  const shell = options.value('s') ?? '/bin/sh';
  const user = { login, password: 'x', uid: String(uid), gid, gecos: options.value('c') ?? '', home, shell };
  tree.save('passwd', [...users, user]);
  const aging = { changed: today(), min: '0', max: '99999', warn: '7', inactive: '', expires: '', reserved: '' };
  tree.save('shadow', [...tree.rows('shadow'), { login, password: '!', ...aging }]);
  if (ownGroup) {
    tree.save('group', [...tree.rows('group'), { name: login, password: 'x', gid, members: '' }]);
    tree.save('gshadow', [...tree.rows('gshadow'), { name: login, password: '!', administrators: '', members: '' }]);
  }
  if (isRegular) for (const table of ['subuid', 'subgid'] as const) addSubIds(tree, table, login);
  return options.has('m') ? makeHome(tree, home, homeMode, warnings) : succeed('', warnings);
};

function findGroup(tree: Tree, nameOrGid: string): Row<'group'> | undefined {
  const gid = parseId(nameOrGid);
  return tree.rows('group').find(group => (gid === null ? group.name === nameOrGid : Number(group.gid) === gid));
}

function nextUid(users: readonly Row<'passwd'>[]): number {
  const regular = users.map(user => Number(user.uid)).filter(uid => uid <= regularIds.last);
  return Math.max(regularIds.first - 1, ...regular) + 1;
}

/** The first gap that is wide enough. */
function addSubIds(tree: Tree, table: 'subuid' | 'subgid', login: string): void {
  const rows = tree.rows(table);
  let { first } = subIds;
  for (const row of rows.toSorted((a, b) => Number(a.first) - Number(b.first)))
    if (Number(row.first) < first + subIds.count) first = Math.max(first, Number(row.first) + Number(row.count));
  tree.save(table, [...rows, { login, first: String(first), count: String(subIds.count) }]);
}

function makeHome(tree: Tree, home: string, mode: number, warnings: string): Output {
  if (tree.has(home)) {
    const there = `useradd: warning: the home directory ${home} already exists.`;
    return succeed('', `${warnings}${there}\nuseradd: Not copying any file from skel directory into it.\n`);
  }
  tree.makeFolder(home, mode);
  for (const name of tree.list('/etc/skel')) tree.write(`${home}/${name}`, tree.read(`/etc/skel/${name}`));
  return succeed('', warnings);
}
