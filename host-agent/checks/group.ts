// <group>: a group that Gatehouse made, as it made it, that lets nobody further. All others are out of reach.
import type { Asking, Check } from './check.ts';
import type { Group } from './facts.ts';
import { fileNaming, grantsOf } from './policy.ts';

export const group: Check = async (name, asking) => {
  const found = await asking.facts.group(name);
  if (!found) return `There is no group ${name} on this host.`;
  if (!isOurs(found, asking))
    return `${name} is not a group that Gatehouse made, so it is changed only at the host's terminal.`;
  const file = fileServing(found, asking);
  return file && `The group ${name} is privileged: ${file} names it. It is changed only at the host's terminal.`;
};

/** Whether it is still as Gatehouse made it. */
export const isOurs = ({ name, gid }: Group, { registry }: Pick<Asking, 'registry'>): boolean =>
  registry.gidOf(name) === gid;

/** Their names. */
export async function groupsMadeHere({ facts, registry }: Pick<Asking, 'facts' | 'registry'>): Promise<Set<string>> {
  return new Set((await facts.groups()).filter(each => isOurs(each, { registry })).map(({ name }) => name));
}

/** The file by which sudo, doas or polkit lets the members of a group further. */
function fileServing({ name, gid }: Group, { host }: Asking): string | undefined {
  const grants = grantsOf(host.root, 'sudo', 'doas', 'polkit');
  return fileNaming(grants, name) ?? fileNaming(grants, String(gid));
}
