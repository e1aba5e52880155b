import { getopt } from '../getopt.ts';
import { fail, lines, misuse, type Program, succeed } from '../program.ts';
import type { Row, Tree } from '../tree.ts';

const usage = 'usage: sudo -h | -K | -k | -V\nusage: sudo -l [-ABkNnS] [-g group] [-h host] [-p prompt] [-U user]';

/** sudo 1.9 -l -U LOGIN: what the simulated sudoers lets an account do. */
export const sudo: Program = ({ path, args, tree }) => {
  const options = getopt('lnU:', path, args);
  const login = options.value('U');
  if (options.error || !options.has('l') || login === undefined || options.operands.length > 0)
    return misuse(1, options, usage);
  const user = tree.user(login);
  if (!user) return fail(1, `sudo: unknown user ${login}`);

  const host = tree.read('/etc/hostname').trim().split('.', 1)[0];
  const policy: Policy = { defaults: [], aliases: new Map(), grants: [], errors: [] };
  readInto(policy, tree, '/etc/sudoers');
  const errors = lines(policy.errors);
  const names = namesOf(tree, user);
  const granted = policy.grants.filter(grant => covers(grant.who, names, policy.aliases));
  if (granted.length === 0) return succeed(`User ${login} is not allowed to run sudo on ${host}.\n`, errors);
  const heading = `Matching Defaults entries for ${login} on ${host}:\n    ${policy.defaults.join(', ')}\n\n`;
  const allowed = lines(granted.map(grant => `    ${grant.what}`));
  return succeed(`${heading}User ${login} may run the following commands on ${host}:\n${allowed}`, errors);
};

interface Policy {
  defaults: string[];
  aliases: Map<string, string[]>;
  grants: { who: string[]; what: string }[];
  errors: string[];
}

function readInto(policy: Policy, tree: Tree, file: string): void {
  const text = tree.read(file).replace(/\\\n/g, ' ');
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.replace(/(^|\s)#(?!\d|include).*/, '').trim();
    if (line === '') continue;
    const [, folder] = /^[@#]includedir\s+(\S+)$/.exec(line) ?? [];
    const [, included] = /^[@#]include\s+(\S+)$/.exec(line) ?? [];
    const [, setting] = /^Defaults\s+(.+)$/.exec(line) ?? [];
    const [, alias, people] = /^User_Alias\s+([A-Z][A-Z0-9_]*)\s*=\s*(.+)$/.exec(line) ?? [];
    const [, who, what] = /^([^=]+?)\s+\S+\s*=\s*(.+)$/.exec(line) ?? [];
    if (folder)
      for (const name of tree.list(folder).filter(name => !/[.]|~$/.test(name)))
        readInto(policy, tree, `${folder}/${name}`);
    else if (included) readInto(policy, tree, included);
    else if (setting) policy.defaults.push(shown(setting));
    else if (alias) policy.aliases.set(alias, people!.split(/\s*,\s*/));
    else if (who) policy.grants.push({ who: who.split(/\s*,\s*/), what: asListed(what!) });
    else if (!/^(Defaults|Host_Alias|Runas_Alias|Cmnd_Alias)\b/.test(line))
      policy.errors.push(`${file}:${i + 1}: syntax error`, raw);
  }
}

/** As sudo -l prints a Defaults value: without quotes, `:` escaped. */
function shown(setting: string): string {
  return setting.includes('"') ? setting.replaceAll('"', '').replaceAll(':', '\\:') : setting;
}

function asListed(what: string): string {
  const [, runas, command] = /^\(([^)]*)\)\s*(.+)$/.exec(what) ?? [];
  return runas === undefined ? `(root) ${what}` : `(${runas.replace(/\s*:\s*/, ' : ')}) ${command}`;
}

/** All by which sudoers may name this user. */
function namesOf(tree: Tree, user: Row<'passwd'>): Set<string> {
  const gids = tree.gidsOf(user);
  const groups = tree.rows('group').filter(group => gids.includes(group.gid));
  return new Set([
    ...['ALL', user.login, `#${user.uid}`],
    ...gids.map(gid => `%#${gid}`),
    ...groups.map(group => `%${group.name}`),
  ]);
}

/** The last entry that names the user counts; `!` takes away. */
function covers(who: readonly string[], names: Set<string>, aliases: Policy['aliases']): boolean {
  const named = (entry: string) => names.has(entry) || covers(aliases.get(entry) ?? [], names, aliases);
  const last = who.findLast(entry => named(entry.replace(/^!/, '')));
  return last !== undefined && !last.startsWith('!');
}
