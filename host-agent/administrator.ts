// @administrator: everything the dashboard set for a user ends, and only then the group sudo takes it in.
import { rmSync } from 'node:fs';
import { programs } from '../allowlist/programs.ts';
import { Refused } from '../allowlist/refused.ts';
import type { Agent } from './agent.ts';
import { keyFilesOf } from './files/key-files.ts';

/** What it did, in order. A step that fails is the last; those before it only took something away. */
export async function makeAdministrator({ asking, files }: Agent, login: string): Promise<object> {
  const samba = (await asking.facts.sambaLogins())?.has(login);
  const steps: { says: string; argv: string[]; accept?: number[] }[] = [
    { says: 'cleared the password', argv: ['usermod', '-p', '*', login] },
    ...(samba ? [{ says: 'ended the access to file shares', argv: ['pdbedit', '-d0', '-x', '-u', login] }] : []),
    // 1: nothing of the user was running.
    { says: 'ended what was running', argv: ['pkill', '-KILL', '-u', login], accept: [0, 1] },
    { says: 'joined the group sudo', argv: ['usermod', '-a', '-G', 'sudo', login] },
  ];
  for (const file of keyFilesOf(login)) rmSync(asking.host.root + file, { force: true });
  const did = ['removed the keys'];
  for (const {
    says,
    argv: [program = '', ...args],
    accept = [0],
  } of steps) {
    const { code } = await files.run([programs.get(program) as string, ...args]);
    if (!accept.includes(code ?? -1))
      return new Refused(
        'failed',
        `${program} ended with ${code}; ${login} is no administrator. Done before: ${did.join(', ')}.`,
      );
    did.push(says);
  }
  const look = `look first at what may wait in the home folder and elsewhere (~/.ssh, ~/.bashrc, crontab -l -u ${login})`;
  return { login, did, next: `sudo asks for a password: ${look}, then set one with passwd ${login}` };
}
