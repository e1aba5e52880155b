import { getopt } from '../getopt.ts';
import { fail, misuse, type Program, succeed } from '../program.ts';
import { today } from '../tree.ts';

const longestLine = 8191;

/** chpasswd 4.13 -e, which --encrypted is the long name of: all lines or none. */
export const chpasswd: Program = ({ path, args, stdin, tree }) => {
  const options = getopt(
    'e',
    path,
    args.map(arg => (arg === '--encrypted' ? '-e' : arg)),
  );
  if (options.error || !options.has('e')) return misuse(2, options, 'Usage: chpasswd [options]');
  if (stdin === '') return succeed();
  const logins = new Set(tree.rows('passwd').map(user => user.login));
  const shadow = tree.rows('shadow');
  const problems: string[] = [];
  for (const [i, line] of stdin.replace(/\n$/, '').split('\n').entries()) {
    const [, login = '', hash] = /^([^:]*)(?::(.*))?$/s.exec(line) ?? [];
    const problem = (text: string) => problems.push(`chpasswd: line ${i + 1}: ${text}`);
    if (Buffer.byteLength(line) > longestLine) problem('line too long');
    else if (hash === undefined) problem('missing new password');
    else if (!logins.has(login)) problem(`user '${login}' does not exist`);
    const entry = shadow.find(each => each.login === login);
    if (entry) Object.assign(entry, { password: hash, changed: today() });
  }
  if (problems.length > 0) return fail(1, [...problems, 'chpasswd: error detected, changes ignored'].join('\n'));
  if (shadow.some(entry => entry.password.includes(':')))
    return fail(1, 'chpasswd: failure while writing changes to /etc/shadow');
  tree.save('shadow', shadow);
  return succeed();
};
