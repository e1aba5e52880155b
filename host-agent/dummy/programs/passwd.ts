import { getopt } from '../getopt.ts';
import { fail, lines, misuse, type Program, succeed } from '../program.ts';
import type { Row } from '../tree.ts';

const usage = 'Usage: passwd [options] [LOGIN]';

/** passwd 4.13 -S, of one account or with -a of all: it only tells. */
export const passwd: Program = ({ path, args, tree }) => {
  const options = getopt('aS', path, args);
  if (options.error) return misuse(6, options, usage);
  const all = options.has('a');
  if (!options.has('S') || options.operands.length > 1 || (all && options.operands.length > 0)) return fail(2, usage);
  const login = options.operands[0] ?? 'root';
  if (!all && !tree.user(login)) return fail(1, `passwd: user '${login}' does not exist`);
  const shadow = new Map(tree.rows('shadow').map(entry => [entry.login, entry]));
  const users = tree.rows('passwd').filter(user => all || user.login === login);
  return succeed(lines(users.map(user => status(user.login, shadow.get(user.login)))));
};

function status(login: string, entry: Row<'shadow'> | undefined): string {
  if (!entry) return `${login} P`;
  const changed = new Date(Number(entry.changed) * 86_400_000).toISOString().slice(0, 10);
  const state = entry.password === '' ? 'NP' : /^[!*]/.test(entry.password) ? 'L' : 'P';
  const numbers = [entry.min, entry.max, entry.warn, entry.inactive].map(field => field || '-1');
  return [login, state, changed, ...numbers].join(' ');
}
