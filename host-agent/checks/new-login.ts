// <new-login>: free in every sense. Nothing on the host may wait for somebody of this name.
import { lstatSync } from 'node:fs';
import type { Check } from './check.ts';
import { fileNaming, grantsOf } from './policy.ts';

const leftovers = {
  home: '/home',
  mail: '/var/mail',
  crontab: '/var/spool/cron/crontabs',
  'file of keys': '/etc/gatehouse/keys',
} as const;

export const newLogin: Check = async (login, { host, facts, trashed }) => {
  if (await facts.account(login)) return `The login ${login} is taken by an account of this host.`;
  if (await facts.groupExists(login)) return `The login ${login} is taken by a group of this host.`;
  if (trashed().has(login))
    return `The home of a deleted user ${login} is in the trash: put that user back, or empty the trash first.`;
  for (const [what, folder] of Object.entries(leftovers))
    if (lstatSync(`${host.root}${folder}/${login}`, { throwIfNoEntry: false }))
      return `There is a ${what} of that name already: ${folder}/${login}.`;
  if ((await facts.sambaLogins())?.has(login)) return `Samba still has a password of somebody named ${login}.`;
  const file = fileNaming(grantsOf(host.root, 'sudo', 'doas', 'polkit', 'sshd', 'cron', 'samba'), login);
  return file && `The login ${login} is named in ${file}, which would grant it something.`;
};
