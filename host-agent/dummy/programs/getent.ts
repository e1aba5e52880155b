import { getopt } from '../getopt.ts';
import type { Program } from '../program.ts';
import { fail, lines, succeed } from '../program.ts';
import type { Tree } from '../tree.ts';
import { lineOf } from '../tree.ts';

const hint = "Try `getent --help' or `getent --usage' for more information.\n";

/** getent of glibc 2.36 for passwd and group. */
export const getent: Program = ({ path, args, tree }) => {
  const options = getopt('', path, args);
  if (options.error) return fail(64, options.error, hint);
  const [database, ...keys] = options.operands;
  if (database === undefined) return fail(1, `${path}: wrong number of arguments`, hint);
  if (database !== 'passwd' && database !== 'group') return fail(1, `Unknown database: ${database}`, hint);
  const entries = entriesOf(tree, database);
  if (keys.length === 0) return succeed(lines(entries.map(entry => entry.line)));
  const found = keys.map(key =>
    entries.find(entry => (/^\d+$/.test(key) ? entry.id === Number(key) : entry.name === key)),
  );
  const stdout = lines(found.flatMap(entry => entry?.line ?? []));
  return found.includes(undefined) ? fail(2, '', stdout) : succeed(stdout);
};

function entriesOf(tree: Tree, database: 'passwd' | 'group'): { name: string; id: number; line: string }[] {
  if (database === 'passwd')
    return tree.rows('passwd').map(row => ({ name: row.login, id: Number(row.uid), line: lineOf('passwd', row) }));
  return tree.rows('group').map(row => ({ name: row.name, id: Number(row.gid), line: lineOf('group', row) }));
}
