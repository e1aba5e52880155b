// <host-name>: nobody may gain or lose a right by it. A file of sudo that tells hosts apart would mean other people from then on.
import type { Check } from './check.ts';
import { grantsOf } from './policy.ts';

export const hostName: Check = async (_, { host }) => {
  const file = grantsOf(host.root, 'sudo').find(({ line }) => tellsHostsApart(line))?.file;
  return file && `${file} gives rights by the name of the host: its name is changed only at the host's terminal.`;
};

/** Whether a line of sudoers holds for some hosts and not for others. It may say yes too often, never no. */
function tellsHostsApart(line: string): boolean {
  if (/^\s*(?:Host_Alias\b|Defaults@)/.test(line)) return true;
  if (/^\s*(?:Defaults|(?:User|Runas|Cmnd)_Alias|[@#]include(?:dir)?)(?![\w.-])/.test(line)) return false;
  return [...line.matchAll(/(\S*)\s*(?<!\\)=/g)].some(([, hosts]) => hosts !== 'ALL');
}
