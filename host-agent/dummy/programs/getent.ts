import { getopt } from '../getopt.ts';
import { fail, lines, type Program, succeed } from '../program.ts';

const hint = "Try `getent --help' or `getent --usage' for more information.\n";

/** getent of glibc 2.36 for passwd and group. */
export const getent: Program = ({ path, args, tree }) => {
  const options = getopt('', path, args);
  if (options.error) return fail(64, options.error, hint);
  const [database, ...keys] = options.operands;
  if (database === undefined) return fail(1, `${path}: wrong number of arguments`, hint);
  if (database !== 'passwd' && database !== 'group') return fail(1, `Unknown database: ${database}`, hint);
  const all = tree.read(`/etc/${database}`);
  if (keys.length === 0) return succeed(all);
  const entries = all.split('\n').filter(line => line !== '');
  const found = keys.map(key => entries.find(entry => answers(entry, key)));
  const stdout = lines(found.filter(entry => entry !== undefined));
  return found.includes(undefined) ? fail(2, '', stdout) : succeed(stdout);
};

/** In both files the name is the first field and the number the third. */
function answers(entry: string, key: string): boolean {
  const [name, , id] = entry.split(':');
  return /^\d+$/.test(key) ? Number(id) === Number(key) : name === key;
}
