import { getopt } from '../getopt.ts';
import { fail, misuse, type Program, succeed } from '../program.ts';
import { isName, parseId } from './shadow.ts';

const usage = 'Usage: groupadd [options] GROUP';

/** groupadd 4.13 with -g. */
export const groupadd: Program = ({ path, args, tree }) => {
  const options = getopt('g:', path, args);
  const wanted = options.value('g');
  if (wanted !== undefined && parseId(wanted) === null) return fail(3, `groupadd: invalid group ID '${wanted}'`);
  const [name] = options.operands;
  if (options.error || name === undefined || options.operands.length > 1) return misuse(2, options, usage);
  if (!isName(name)) return fail(3, `groupadd: '${name}' is not a valid group name`);
  const gids = tree.rows('group').map(group => Number(group.gid));
  const gid = parseId(wanted ?? '') ?? 1 + Math.max(999, ...gids.filter(each => each >= 1000 && each <= 60_000));
  if (tree.group(name)) return fail(9, `groupadd: group '${name}' already exists`);
  if (gids.includes(gid)) return fail(4, `groupadd: GID '${gid}' already exists`);
  tree.add('group', { name, password: 'x', gid: String(gid), members: '' });
  tree.add('gshadow', { name, password: '!', administrators: '', members: '' });
  return succeed();
};
