import { getopt } from '../getopt.ts';
import { fail, misuse, type Program, succeed } from '../program.ts';
import { isField } from './shadow.ts';

const usage = 'Usage: usermod [options] LOGIN';

/** usermod 4.13 with -c -e -L -U. */
export const usermod: Program = ({ path, args, tree }) => {
  const options = getopt('c:e:LU', path, args);
  for (const [letter, value] of options.given) {
    if (letter === 'c' && !isField(value)) return fail(3, `usermod: invalid field '${value}'`);
    if (letter === 'e' && expiryOf(value) === null) return fail(3, `usermod: invalid date '${value}'`);
  }
  const [login] = options.operands;
  if (options.error || login === undefined || options.operands.length > 1) return misuse(2, options, usage);
  const users = tree.rows('passwd');
  const user = users.find(each => each.login === login);
  if (!user) return fail(6, `usermod: user '${login}' does not exist`);
  if (options.given.length === 0) return fail(2, `usermod: no options\n${usage}`);
  const [locks, unlocks] = [options.has('L'), options.has('U')];
  if (locks && unlocks) return fail(2, `usermod: the -L, -p, and -U flags are exclusive\n${usage}`);

  const shadow = tree.rows('shadow');
  const entry = shadow.find(each => each.login === login);
  if (!entry) return fail(1, `usermod: user '${login}' has no entry in /etc/shadow`);
  const gecos = options.value('c') ?? user.gecos;
  const expires = options.has('e') ? expiryOf(options.value('e')!)! : entry.expires;
  if (gecos === user.gecos && expires === entry.expires && !locks && !unlocks) return succeed('usermod: no changes\n');

  let warning = '';
  if (locks && !entry.password.startsWith('!')) entry.password = `!${entry.password}`;
  if (unlocks && entry.password === '!') warning = passwordless;
  else if (unlocks) entry.password = entry.password.replace(/^!/, '');
  entry.expires = expires;
  user.gecos = gecos;
  tree.save('shadow', shadow);
  tree.save('passwd', users);
  return succeed('', warning);
};

const passwordless = `usermod: unlocking the user's password would result in a passwordless account.
You should set a password with usermod -p to unlock this user's password.
`;

/** Days since 1970 as text, '' for never, null where it is no date. */
function expiryOf(text: string): string | null {
  if (text === '' || text === '-1') return '';
  if (/^\d{1,9}$/.test(text)) return String(Number(text));
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : String(ms / 86_400_000);
}
