import { getopt } from '../getopt.ts';
import { fail, type Program, succeed } from '../program.ts';

/** loginctl of systemd 252: terminate-user LOGIN. */
export const loginctl: Program = ({ path, args, tree, behaviour }) => {
  const options = getopt('', path, args);
  if (options.error) return fail(1, options.error);
  const [verb, login] = options.operands;
  if (verb !== 'terminate-user') return fail(1, `Unknown command verb ${verb ?? ''}.`);
  if (login === undefined) return fail(1, 'Too few arguments.');
  const user = tree.user(login);
  if (!user) return fail(1, `Failed to look up user ${login}: No such process`);
  if (behaviour.runningOf(login) === 0)
    return fail(1, `Could not terminate user: User ID ${user.uid} is not logged in or lingering`);
  behaviour.endRunningOf(login);
  return succeed();
};
