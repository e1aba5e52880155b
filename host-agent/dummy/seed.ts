// The simulated machine as it is at first use: a Debian 12 with an administrator, a steward whom doas knows, and no user of Gatehouse.

import { lines } from './program.ts';
import type { Tree } from './tree.ts';
import { today } from './tree.ts';

const nologin = '/usr/sbin/nologin';
const accounts = [
  ['root', 0, 0, 'root', '/root', '/bin/bash'],
  ['daemon', 1, 1, 'daemon', '/usr/sbin', nologin],
  ['bin', 2, 2, 'bin', '/bin', nologin],
  ['sys', 3, 3, 'sys', '/dev', nologin],
  ['games', 5, 60, 'games', '/usr/games', nologin],
  ['man', 6, 12, 'man', '/var/cache/man', nologin],
  ['mail', 8, 8, 'mail', '/var/mail', nologin],
  ['www-data', 33, 33, 'www-data', '/var/www', nologin],
  ['backup', 34, 34, 'backup', '/var/backups', nologin],
  ['nobody', 65534, 65534, 'nobody', '/nonexistent', nologin],
  ['sshd', 101, 65534, '', '/run/sshd', nologin],
  ['gatehouse', 999, 999, 'Gatehouse web', '/var/lib/gatehouse-web', nologin],
  ['debian', 1000, 1000, 'Debian', '/home/debian', '/bin/bash'],
  ['steward', 1001, 1001, 'Steward', '/home/steward', '/bin/bash'],
] as const;
const groups: [name: string, gid: number, members?: string][] = [
  ['root', 0],
  ['daemon', 1],
  ['bin', 2],
  ['sys', 3],
  ['adm', 4, 'debian'],
  ['disk', 6],
  ['mail', 8],
  ['man', 12],
  ['sudo', 27, 'debian'],
  ['www-data', 33],
  ['backup', 34],
  ['shadow', 42],
  ['staff', 50],
  ['games', 60],
  ['users', 100],
  ['lxd', 110],
  ['docker', 111],
  ['gatehouse', 999],
  ['debian', 1000],
  ['steward', 1001],
  ['nogroup', 65534],
];
const folders: [path: string, mode: number][] = [
  ['/', 0o755],
  ['/bin', 0o755],
  ['/etc', 0o755],
  ['/etc/cron.d', 0o755],
  ['/etc/gatehouse', 0o755],
  ['/etc/gatehouse/keys', 0o755],
  ['/etc/polkit-1/rules.d', 0o750],
  ['/etc/samba', 0o755],
  ['/etc/skel', 0o755],
  ['/etc/ssh/sshd_config.d', 0o755],
  ['/etc/sudoers.d', 0o755],
  ['/home', 0o755],
  ['/home/debian', 0o700],
  ['/home/steward', 0o700],
  ['/root', 0o700],
  ['/srv/apps', 0o700],
  ['/srv/shares', 0o755],
  ['/usr/sbin', 0o755],
  ['/var/lib/samba/private', 0o700],
  ['/var/mail', 0o2775],
  ['/var/spool/cron/crontabs', 0o1730],
];

/** /etc/passwd comes last and says that the tree is whole. */
export function seed(tree: Tree): void {
  if (tree.has('/etc/passwd')) return;
  for (const [path, mode] of folders) tree.makeFolder(path, mode);
  for (const [path, [mode, text]] of Object.entries(files())) tree.write(path, text, mode);
}

function files(): Record<string, [mode: number, text: string]> {
  const password = (uid: number) => (uid >= 1000 && uid < 65534 ? '$y$j9T$dummymodehasnopasswords' : '*');
  return {
    '/bin/bash': [0o755, ''],
    '/bin/sh': [0o755, ''],
    '/usr/sbin/nologin': [0o755, ''],
    '/etc/hostname': [0o644, 'dummy\n'],
    '/etc/debian_version': [0o644, '12.11\n'],
    '/etc/crontab': [0o644, '17 * * * * root cd / && run-parts --report /etc/cron.hourly\n'],
    '/etc/doas.conf': [0o600, 'permit persist steward as root\n'],
    '/etc/sudoers': [0o440, sudoers],
    '/etc/ssh/sshd_config': [0o644, 'Include /etc/ssh/sshd_config.d/*.conf\nUsePAM yes\n'],
    '/etc/ssh/sshd_config.d/gatehouse.conf': [
      0o644,
      'AuthorizedKeysFile .ssh/authorized_keys /etc/gatehouse/keys/%u\n',
    ],
    '/etc/samba/smb.conf': [0o644, '[global]\n   workgroup = WORKGROUP\n   server role = standalone server\n'],
    '/etc/skel/.bash_logout': [0o644, '# ~/.bash_logout\n'],
    '/etc/skel/.bashrc': [0o644, '# ~/.bashrc\n'],
    '/etc/skel/.profile': [0o644, '# ~/.profile\n'],
    '/var/lib/samba/private/passdb.json': [0o600, '[]\n'],
    '/etc/subuid': [0o644, 'debian:100000:65536\nsteward:165536:65536\n'],
    '/etc/subgid': [0o644, 'debian:100000:65536\nsteward:165536:65536\n'],
    '/etc/group': [0o644, lines(groups.map(([name, gid, members = '']) => `${name}:x:${gid}:${members}`))],
    '/etc/gshadow': [0o640, lines(groups.map(([name, , members = '']) => `${name}:*::${members}`))],
    '/etc/shadow': [0o640, lines(accounts.map(([login, uid]) => `${login}:${password(uid)}:${today()}:0:99999:7:::`))],
    '/etc/passwd': [0o644, lines(accounts.map(([login, ...rest]) => [login, 'x', ...rest].join(':')))],
  };
}

const sudoers = `Defaults	env_reset
Defaults	mail_badpass
Defaults	secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
Defaults	use_pty

root	ALL=(ALL:ALL) ALL

# Allow members of group sudo to execute any command
%sudo	ALL=(ALL:ALL) ALL

@includedir /etc/sudoers.d
`;
