// The simulated machine as it is at first use: a Debian 12 with an administrator, a steward whom doas knows, and no user of Gatehouse.
import { lines } from './program.ts';
import { type Tree, today } from './tree.ts';

const accounts = [
  'root:x:0:0:root:/root:/bin/bash',
  'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
  'mail:x:8:8:mail:/var/mail:/usr/sbin/nologin',
  'www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin',
  'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
  'sshd:x:101:65534::/run/sshd:/usr/sbin/nologin',
  'gatehouse:x:999:999:Gatehouse:/nonexistent:/usr/sbin/nologin',
  'debian:x:1000:1000:Debian:/home/debian:/bin/bash',
  'steward:x:1001:1001:Steward:/home/steward:/bin/bash',
];
const groups = [
  ...['root:x:0:', 'daemon:x:1:', 'adm:x:4:debian', 'disk:x:6:', 'mail:x:8:', 'sudo:x:27:debian', 'www-data:x:33:'],
  ...['shadow:x:42:', 'staff:x:50:', 'games:x:60:', 'users:x:100:', 'lxd:x:110:', 'docker:x:111:'],
  ...['gatehouse:x:999:', 'debian:x:1000:', 'steward:x:1001:', 'nogroup:x:65534:'],
];
const withPassword = ['debian', 'steward'];
const subIds = ['debian:100000:65536', 'steward:165536:65536'];

const folders: [mode: number, ...paths: string[]][] = [
  [
    0o755,
    '/',
    '/bin',
    '/etc',
    '/etc/cron.d',
    '/etc/gatehouse/keys',
    '/etc/gatehouse/own-keys',
    '/etc/samba',
    '/etc/skel',
    '/etc/ssh/sshd_config.d',
  ],
  [0o755, '/etc/sudoers.d', '/home', '/srv/shares', '/usr/sbin', '/var/log'],
  [0o750, '/etc/polkit-1/rules.d'],
  [0o700, '/home/debian', '/home/steward', '/root', '/srv/apps', '/var/lib/samba/private'],
  [0o2775, '/var/mail'],
  [0o1730, '/var/spool/cron/crontabs'],
];

/** /etc/passwd comes last and says that the tree is whole. */
export function seed(tree: Tree): void {
  if (tree.has('/etc/passwd')) return;
  for (const [mode, ...paths] of folders) for (const path of paths) tree.makeFolder(path, mode);
  for (const [path, mode, text] of files()) tree.write(path, text, mode);
}

function files(): [path: string, mode: number, text: string][] {
  const gshadow = groups.map(group => group.replace(/^([^:]*):x:\d+:/, '$1:*::'));
  return [
    ['/bin/bash', 0o755, ''],
    ['/usr/sbin/nologin', 0o755, ''],
    ['/var/log/lastlog', 0o664, ''],
    ['/etc/hostname', 0o644, 'dummy\n'],
    ['/etc/os-release', 0o644, 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n'],
    ['/etc/crontab', 0o644, '17 * * * * root cd / && run-parts --report /etc/cron.hourly\n'],
    ['/etc/doas.conf', 0o600, 'permit persist steward as root\n'],
    ['/etc/sudoers', 0o440, sudoers],
    ['/etc/ssh/sshd_config', 0o644, 'Include /etc/ssh/sshd_config.d/*.conf\nUsePAM yes\n'],
    [
      '/etc/ssh/sshd_config.d/gatehouse.conf',
      0o644,
      'AuthorizedKeysFile /etc/gatehouse/keys/%u /etc/gatehouse/own-keys/%u\n',
    ],
    ['/etc/samba/smb.conf', 0o644, '[global]\n   workgroup = WORKGROUP\n   server role = standalone server\n'],
    ['/etc/skel/.bash_logout', 0o644, '# ~/.bash_logout\n'],
    ['/etc/skel/.bashrc', 0o644, '# ~/.bashrc\n'],
    ['/etc/skel/.profile', 0o644, '# ~/.profile\n'],
    ['/var/lib/samba/private/passdb.json', 0o600, '[]\n'],
    ['/etc/subuid', 0o644, lines(subIds)],
    ['/etc/subgid', 0o644, lines(subIds)],
    ['/etc/group', 0o644, lines(groups)],
    ['/etc/gshadow', 0o640, lines(gshadow)],
    ['/etc/shadow', 0o640, lines(accounts.map(shadowOf))],
    ['/etc/passwd', 0o644, lines(accounts)],
  ];
}

function shadowOf(account: string): string {
  const login = account.slice(0, account.indexOf(':'));
  const password = withPassword.includes(login) ? '$y$j9T$nobody.signs.in$to.a.simulated.machine' : '*';
  return `${login}:${password}:${today()}:0:99999:7:::`;
}

const sudoers = `Defaults	env_reset
Defaults	mail_badpass
Defaults	secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
Defaults	use_pty
root	ALL=(ALL:ALL) ALL
%sudo	ALL=(ALL:ALL) ALL
@includedir /etc/sudoers.d
`;
