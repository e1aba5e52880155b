import { getopt } from '../getopt.ts';
import type { Program } from '../program.ts';
import { fail, succeed } from '../program.ts';
import type { Row, Tree } from '../tree.ts';
import { membersOf } from '../tree.ts';

const usage = 'Usage: userdel [options] LOGIN';

/** userdel 4.13 without options: the home stays. */
export const userdel: Program = ({ path, args, tree, behaviour }) => {
  const options = getopt('', path, args);
  if (options.error) return fail(2, `${options.error}\n${usage}`);
  const [login, ...more] = options.operands;
  if (login === undefined || more.length > 0) return fail(2, usage);
  const user = tree.user(login);
  if (!user) return fail(6, `userdel: user '${login}' does not exist`);
  if (behaviour.runningOf(login) > 0) return fail(8, `userdel: user ${login} is currently used by process 4211`);

  tree.save(
    'passwd',
    tree.rows('passwd').filter(each => each.login !== login),
  );
  for (const table of ['shadow', 'subuid', 'subgid'] as const)
    tree.save(table, tree.rows<'shadow' | 'subuid' | 'subgid'>(table).filter(each => each.login !== login) as never);
  for (const table of ['group', 'gshadow'] as const) tree.save(table, withoutMember(tree.rows(table), login) as never);
  return succeed('', removeOwnGroup(tree, user));
};

function withoutMember<R extends { members: string }>(rows: R[], login: string): R[] {
  return rows.map(row => ({
    ...row,
    members: membersOf(row)
      .filter(member => member !== login)
      .join(','),
  }));
}

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
  for (const table of ['group', 'gshadow'] as const)
    tree.save(table, tree.rows<'group' | 'gshadow'>(table).filter(each => each.name !== name) as never);
  return '';
}
