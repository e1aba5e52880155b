import { getopt } from '../getopt.ts';
import { fail, misuse, type Program, succeed } from '../program.ts';
import { membersOf } from '../tree.ts';

const usage = 'Usage: gpasswd [option] GROUP';

/** gpasswd 4.13 with -a LOGIN or -d LOGIN. */
export const gpasswd: Program = ({ path, args, tree }) => {
  const options = getopt('a:d:', path, args);
  const [given, ...more] = options.given;
  if (given?.[0] === 'a' && !tree.user(given[1])) return fail(3, `gpasswd: user '${given[1]}' does not exist`);
  const [name] = options.operands;
  if (options.error || !given || more.length > 0 || name === undefined || options.operands.length > 1)
    return misuse(2, options, usage);
  const [letter, login] = given;
  const group = tree.group(name);
  if (!group) return fail(3, `gpasswd: group '${name}' does not exist in /etc/group`);
  const says =
    letter === 'a' ? `Adding user ${login} to group ${name}\n` : `Removing user ${login} from group ${name}\n`;
  if (letter === 'a') tree.join(name, login);
  else if (membersOf(group).includes(login)) tree.leave(name, login);
  else return fail(3, `gpasswd: user '${login}' is not a member of '${name}'`, says);
  return succeed(says);
};
