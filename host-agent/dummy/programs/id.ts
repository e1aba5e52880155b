import { getopt } from '../getopt.ts';
import { fail, type Program, succeed } from '../program.ts';

/** id of coreutils 9.1: plain, -G and -Gn of one account. Without an account it tells root's, as whom the agent runs. */
export const id: Program = ({ path, args, tree }) => {
  const options = getopt('Gn', path, args);
  if (options.error) return fail(1, `${options.error}\nTry '${path} --help' for more information.`);
  const { operands } = options;
  if (operands.length > 1) return fail(1, `${path}: extra operand '${operands[1]}'`);
  if (options.has('n') && !options.has('G'))
    return fail(1, `${path}: cannot print only names or real IDs in default format`);
  const key = operands[0] ?? 'root';
  const user = tree.user(key) ?? tree.rows('passwd').find(each => each.uid === key);
  if (!user) return fail(1, `${path}: ‘${key}’: no such user`);

  const names = new Map(tree.rows('group').map(group => [group.gid, group.name]));
  const gids = tree.gidsOf(user);
  if (!options.has('G')) {
    const named = (gid: string) => (names.has(gid) ? `${gid}(${names.get(gid)})` : gid);
    return succeed(`uid=${user.uid}(${user.login}) gid=${named(user.gid)} groups=${gids.map(named).join(',')}\n`);
  }
  if (!options.has('n')) return succeed(gids.join(' ') + '\n');
  const stdout = gids.map(gid => names.get(gid) ?? gid).join(' ') + '\n';
  const nameless = gids.filter(gid => !names.has(gid));
  if (nameless.length === 0) return succeed(stdout);
  return fail(1, nameless.map(gid => `${path}: cannot find name for group ID ${gid}`).join('\n'), stdout);
};
