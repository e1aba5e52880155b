import { getopt } from '../getopt.ts';
import { fail, misuse, type Program, succeed } from '../program.ts';
import { isField, isShell } from './shadow.ts';

const usage = 'Usage: usermod [options] LOGIN';

/** usermod 4.13 with -a -c -e -G -L -p -s -U. */
export const usermod: Program = ({ path, args, tree }) => {
  const options = getopt('ac:e:G:Lp:s:U', path, args);
  let warning = '';
  for (const [letter, value] of options.given) {
    if (letter === 'c' && !isField(value)) return fail(3, `usermod: invalid field '${value}'`);
    if (letter === 'e' && expiryOf(value) === null) return fail(3, `usermod: invalid date '${value}'`);
    if (letter === 's' && !isShell(value)) return fail(3, `usermod: invalid shell '${value}'`);
    if (letter === 's' && !tree.isExecutable(value))
      warning = `usermod: Warning: missing or non-executable shell '${value}'\n`;
    const missing = letter === 'G' ? value.split(',').find(name => !tree.group(name)) : undefined;
    if (missing !== undefined) return fail(6, `usermod: group '${missing}' does not exist`);
  }
  const [login] = options.operands;
  if (options.error || login === undefined || options.operands.length > 1) return misuse(2, options, usage);
  const users = tree.rows('passwd');
  const user = users.find(each => each.login === login);
  if (!user) return fail(6, `usermod: user '${login}' does not exist`);
  if (options.given.length === 0) return fail(2, `usermod: no options\n${usage}`);
  const [locks, unlocks, password] = [options.has('L'), options.has('U'), options.value('p')];
  if (Number(locks) + Number(unlocks) + Number(password !== undefined) > 1)
    return fail(2, `usermod: the -L, -p, and -U flags are exclusive\n${usage}`);

  const shadow = tree.rows('shadow');
  const entry = shadow.find(each => each.login === login);
  if (!entry) return fail(1, `usermod: user '${login}' has no entry in /etc/shadow`);
  const gecos = options.value('c') ?? user.gecos;
  const expires = options.has('e') ? expiryOf(options.value('e')!)! : entry.expires;
  const shell = options.value('s') ?? user.shell;
  const groups = options.value('G')?.split(',');
  const same = gecos === user.gecos && shell === user.shell && expires === entry.expires;
  if (same && !groups && !locks && !unlocks && password === undefined) return succeed('usermod: no changes\n', warning);

  if (password !== undefined) entry.password = password;
  if (locks && !entry.password.startsWith('!')) entry.password = `!${entry.password}`;
  if (unlocks && entry.password === '!') warning = passwordless;
  else if (unlocks) entry.password = entry.password.replace(/^!/, '');
  entry.expires = expires;
  Object.assign(user, { gecos, shell });
  tree.save('shadow', shadow);
  tree.save('passwd', users);
  if (groups && !options.has('a')) for (const { name } of tree.rows('group')) tree.leave(name, user.login);
  for (const name of groups ?? []) tree.join(name, user.login);
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
