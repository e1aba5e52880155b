import { getopt } from '../getopt.ts';
import { fail, misuse, type Program, succeed } from '../program.ts';

const usage = 'Usage: groupdel [options] GROUP';

/** groupdel 4.13 without options: members do not keep a group, but whose primary group it is does. */
export const groupdel: Program = ({ path, args, tree }) => {
  const options = getopt('', path, args);
  const [name] = options.operands;
  if (options.error || name === undefined || options.operands.length > 1) return misuse(2, options, usage);
  const group = tree.group(name);
  if (!group) return fail(6, `groupdel: group '${name}' does not exist`);
  const user = tree.rows('passwd').find(each => each.gid === group.gid);
  if (user) return fail(8, `groupdel: cannot remove the primary group of user '${user.login}'`);
  for (const table of ['group', 'gshadow'] as const) tree.keep(table, row => row.name !== name);
  return succeed();
};
