// <new-login>: free in every sense. Nothing on the host may wait for somebody of this name.
import { lstatSync } from 'node:fs';
import type { Asking, Check } from './check.ts';
import { fileNaming, grantsOf } from './policy.ts';
import { reservedNames } from './reserved.ts';

const leftovers = {
  home: '/home',
  mail: '/var/mail',
  crontab: '/var/spool/cron/crontabs',
  'file of keys': '/etc/gatehouse/keys',
  'file of own keys': '/etc/gatehouse/own-keys',
} as const;

export const newLogin: Check = async (login, asking) => {
  const taken = await takenBy(login, 'login', asking);
  if (taken) return taken;
  for (const [what, folder] of Object.entries(leftovers))
    if (lstatSync(`${asking.host.root}${folder}/${login}`, { throwIfNoEntry: false }))
      return `There is a ${what} of that name already: ${folder}/${login}.`;
  if ((await asking.facts.sambaLogins())?.has(login)) return `Samba still has a password of somebody named ${login}.`;
  return namedIn(login, 'login', asking);
};

/** Who has this name, or did and may come back. */
export async function takenBy(name: string, what: string, { facts, trashed }: Asking): Promise<string | undefined> {
  if (await facts.account(name)) return `The ${what} ${name} is taken by an account of this host.`;
  if (await facts.group(name)) return `The ${what} ${name} is taken by a group of this host.`;
  if (reservedNames.has(name)) return `The ${what} ${name} is one that programs give power to, now or once installed.`;
  if (!trashed().has(name)) return undefined;
  return `The home of a deleted user ${name} is in the trash: put that user back, or empty the trash first.`;
}

/** What would grant something to whoever gets this name. */
export function namedIn(name: string, what: string, { host }: Asking): string | undefined {
  const file = fileNaming(grantsOf(host.root, 'sudo', 'doas', 'polkit', 'pam', 'sshd', 'cron', 'samba'), name);
  return file && `The ${what} ${name} is named in ${file}, which would grant it something.`;
}
