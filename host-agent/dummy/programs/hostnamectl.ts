import { fail, type Program, succeed } from '../program.ts';

/** hostnamectl of systemd 252: set-hostname --static. */
export const hostnamectl: Program = ({ args, tree }) => {
  const [verb, ...names] = args.filter(arg => arg !== '--static');
  if (verb !== 'set-hostname') return fail(1, `Unknown command verb ${verb}.`);
  if (names.length !== 1) return fail(1, `Too ${names.length < 1 ? 'few' : 'many'} arguments.`);
  const name = names[0]!;
  if (!isHostName(name)) return fail(1, `Could not set static hostname: Invalid static hostname '${name}'`);
  tree.write('/etc/hostname', `${name}\n`);
  return succeed();
};

/** Looser than <host-name>: an address is a name to it, and a part may be as long as the whole. */
function isHostName(name: string): boolean {
  return name.length <= 64 && name.split('.').every(part => /^[A-Za-z0-9-]+$/.test(part) && !/^-|-$/.test(part));
}
