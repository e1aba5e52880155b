// How a user of the host comes in: by SSH with a key or a password, and to the file shares.
import type { TestHost } from './host.ts';
import type { Outcome } from './run.ts';

export interface Way {
  /** The file of a private key, on the host. */
  key?: string;
  password?: string;
}

/** Signs in by SSH with this alone and runs a command there; `-v`, so that stderr says how it went. */
export async function ssh(
  host: TestHost,
  login: string,
  { key, password }: Way,
  ...command: string[]
): Promise<Outcome> {
  const kept = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'ConnectTimeout=20',
    'NumberOfPasswordPrompts=1',
  ];
  const how = key ? ['IdentitiesOnly=yes', 'BatchMode=yes'] : ['PubkeyAuthentication=no'];
  const options = [...kept, ...how].flatMap(option => ['-o', option]);
  const says = '/var/tmp/says';
  if (password !== undefined) await host.writeFile(says, '#!/bin/sh\nprintf "%s\\n" "$SAY"\n', '0755');
  return host.exec(['ssh', '-v', ...options, ...(key ? ['-i', key] : []), `${login}@localhost`, ...command], {
    env: password === undefined ? {} : { SSH_ASKPASS: says, SSH_ASKPASS_REQUIRE: 'force', SAY: password },
    timeoutMs: 300_000,
  });
}

/** The code that smbclient ends with: 0 where Samba lets in. */
export async function samba(host: TestHost, login: string, password: string): Promise<number> {
  return (await host.exec(['smbclient', '-L', 'localhost', '-U', login], { env: { PASSWD: password } })).code;
}
