import { getopt } from '../getopt.ts';
import { fail, type Program, succeed } from '../program.ts';

const usage = '\nUsage:\n pkill [options] <pattern>';

/** pkill of procps 4.0 -KILL -u LOGIN. Exit 1: no process matched. */
export const pkill: Program = ({ path, args, tree, behaviour }) => {
  const others = args.filter(arg => arg !== '-KILL');
  const options = getopt('u:', path, others);
  if (options.error) return fail(2, `${options.error}\n${usage}`);
  const login = options.value('u');
  if (login === undefined || others.length === args.length)
    return fail(2, "pkill: no matching criteria specified\nTry `pkill --help' for more information.");
  if (login === '') return fail(2, usage);
  const user = tree.user(login);
  if (!user) return fail(2, `pkill: invalid user name: ${login}`);
  if (behaviour.runningOf(login) === 0) return fail(1);
  behaviour.endRunningOf(login);
  return succeed();
};
