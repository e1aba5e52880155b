import { getopt } from '../getopt.ts';
import { fail, misuse, type Program, succeed } from '../program.ts';
import { membersOf, type Row, type Tree } from '../tree.ts';

const usage = 'Usage: userdel [options] LOGIN';

/** userdel 4.13 without options: the home stays. */
export const userdel: Program = ({ path, args, tree, behaviour }) => {
  const options = getopt('', path, args);
  const [login] = options.operands;
  if (options.error || login === undefined || options.operands.length > 1) return misuse(2, options, usage);
  const user = tree.user(login);
  if (!user) return fail(6, `userdel: user '${login}' does not exist`);
  if (behaviour.runningOf(login) > 0) return fail(8, `userdel: user ${login} is currently used by process 4211`);

  for (const table of ['passwd', 'shadow', 'subuid', 'subgid'] as const) tree.keep(table, row => row.login !== login);
  for (const { name } of tree.rows('group').filter(group => membersOf(group).includes(login))) tree.leave(name, login);
  return succeed('', removeOwnGroup(tree, user));
};

/** USERGROUPS_ENAB: the group of the user's name goes too, unless someone else needs it. Returns what userdel says if not. */
function removeOwnGroup(tree: Tree, user: Row<'passwd'>): string {
  const name = user.login;
  const group = tree.group(name);
  if (!group) return '';
  if (group.gid !== user.gid)
    return `userdel: group ${name} not removed because it is not the primary group of user ${name}.\n`;
  if (membersOf(group).length > 0) return `userdel: group ${name} not removed because it has other members.\n`;
  if (tree.rows('passwd').some(each => each.gid === group.gid))
    return `userdel: group ${name} is the primary group of another user and is not removed.\n`;
  for (const table of ['group', 'gshadow'] as const) tree.keep(table, row => row.name !== name);
  return '';
}
