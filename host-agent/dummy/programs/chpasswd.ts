import { getopt } from '../getopt.ts';
import type { Program } from '../program.ts';
import { fail, succeed } from '../program.ts';
import { today } from '../tree.ts';

const longestLine = 8191;

/** chpasswd 4.13 -e: all lines or none. */
export const chpasswd: Program = ({ path, args, stdin, tree }) => {
  const options = getopt('e', path, args);
  if (options.error || !options.has('e'))
    return fail(2, [...(options.error ? [options.error] : []), 'Usage: chpasswd [options]'].join('\n'));
  const shadow = tree.rows('shadow');
  const logins = new Set(tree.rows('passwd').map(user => user.login));
  const problems: string[] = [];
  for (const [i, line] of stdin.replace(/\n$/, '').split('\n').entries()) {
    if (stdin === '') break;
    const [, login = '', hash] = /^([^:]*)(?::(.*))?$/s.exec(line)!;
    const problem =
      Buffer.byteLength(line) > longestLine
        ? 'line too long'
        : hash === undefined
          ? 'missing new password'
          : logins.has(login)
            ? null
            : `user '${login}' does not exist`;
    if (problem) problems.push(`chpasswd: line ${i + 1}: ${problem}`);
    const entry = shadow.find(each => each.login === login);
    if (entry) Object.assign(entry, { password: hash, changed: today() });
  }
  if (problems.length > 0) return fail(1, [...problems, 'chpasswd: error detected, changes ignored'].join('\n'));
  if (shadow.some(entry => entry.password.includes(':')))
    return fail(1, 'chpasswd: failure while writing changes to /etc/shadow');
  tree.save('shadow', shadow);
  return succeed();
};
