// What a snapshot sees, tried on a real host. One host for all; each change is made, seen and taken back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Difference, diff, describe as inWords, type Snapshot } from './snapshot.ts';
import { startHost, type TestHost, whyNoHost } from './start.ts';

/** What happens, the shell that makes it happen and takes it back, and what a snapshot has to see of it. */
interface Change {
  what: string;
  doing: string;
  undoing: string;
  seen: string[];
}

const changes: Change[] = [
  {
    what: 'a new file in /etc',
    doing: 'touch /etc/odd',
    undoing: 'rm /etc/odd',
    seen: ['files /etc/odd'],
  },
  {
    what: 'a changed byte',
    doing: 'sed -i s/steward/Steward/ /etc/doas.conf',
    undoing: 'sed -i s/Steward/steward/ /etc/doas.conf',
    seen: ['files /etc/doas.conf'],
  },
  {
    what: 'another mode',
    doing: 'chmod 666 /etc/issue',
    undoing: 'chmod 644 /etc/issue',
    seen: ['files /etc/issue'],
  },
  {
    what: 'another owner',
    doing: 'chown debian /etc/motd',
    undoing: 'chown root /etc/motd',
    seen: ['files /etc/motd'],
  },
  {
    what: 'a link',
    doing: 'ln -s /etc/shadow /usr/local/odd',
    undoing: 'rm /usr/local/odd',
    seen: ['files /usr/local/odd'],
  },
  {
    what: 'a hard link',
    doing: 'ln /etc/fstab /srv/odd',
    undoing: 'rm /srv/odd',
    seen: ['files /etc/fstab', 'files /srv/odd'],
  },
  {
    what: 'a file in a home',
    doing: 'touch /root/odd',
    undoing: 'rm /root/odd',
    seen: ['files /root/odd'],
  },
  {
    what: 'a crontab',
    doing: "echo '@daily true' | crontab -",
    undoing: 'crontab -r',
    seen: ['crontabs /var/spool/cron/crontabs/root'],
  },
  {
    what: 'a membership',
    doing: 'gpasswd -a steward sudo',
    undoing: 'gpasswd -d steward sudo',
    seen: ['files /etc/group', 'files /etc/gshadow', 'groups sudo', 'gshadow sudo'],
  },
  {
    what: 'a setuid file',
    doing: 'chmod u+s /usr/bin/tac',
    undoing: 'chmod u-s /usr/bin/tac',
    seen: ['setuid /usr/bin/tac'],
  },
  {
    what: 'a capability',
    doing: 'setcap cap_setuid+ep /usr/bin/wc',
    undoing: 'setcap -r /usr/bin/wc',
    seen: ['setuid /usr/bin/wc'],
  },
  {
    what: 'a stopped unit',
    doing: 'systemctl stop caddy',
    undoing: 'systemctl start caddy',
    seen: ['units caddy.service', 'sockets tcp *:80', 'sockets tcp 127.0.0.1:2019'],
  },
  {
    what: 'a masked unit',
    doing: 'systemctl mask monit',
    undoing: 'systemctl unmask monit',
    seen: ['files /etc/systemd/system/monit.service', 'unitFiles monit.service', 'units monit.service'],
  },
  {
    what: 'a new unit and its open port',
    doing: `systemd-run --unit odd python3 -c "import socket, time; s = socket.create_server(('', 4444)); time.sleep(900)"; sleep 1`,
    undoing: 'systemctl stop odd',
    seen: ['units odd.service', 'unitFiles odd.service', 'sockets tcp 0.0.0.0:4444'],
  },
  {
    what: 'a container',
    doing: 'docker create --name odd node:24-bookworm-slim',
    undoing: 'docker rm odd',
    seen: ['containers odd'],
  },
  {
    what: 'a mount',
    doing: 'mount -t tmpfs odd /mnt',
    undoing: 'umount /mnt',
    seen: ['mounts /mnt', 'units mnt.mount'],
  },
  {
    what: 'a user',
    doing: "useradd -m -g users zoe && echo 'zoe:$6$salt$hash' | chpasswd -e",
    undoing: 'userdel zoe && rm -r /home/zoe',
    seen: [
      'accounts zoe',
      'shadow zoe',
      'subgid zoe',
      'subuid zoe',
      'files /etc/passwd',
      'files /etc/shadow',
      'files /etc/subgid',
      'files /etc/subuid',
      'files /home/zoe',
      'files /home/zoe/.bash_logout',
      'files /home/zoe/.bashrc',
      'files /home/zoe/.profile',
    ],
  },
  {
    what: 'a password for file shares',
    doing: "printf 'a\\na\\n' | pdbedit -d0 -t -a -u steward",
    undoing: 'pdbedit -d0 -x -u steward',
    seen: ['samba steward'],
  },
  {
    what: 'what the agent keeps',
    doing: 'mkdir /var/lib/gatehouse && touch /var/lib/gatehouse/odd',
    undoing: 'rm -r /var/lib/gatehouse',
    seen: ['gatehouse /var/lib/gatehouse', 'gatehouse /var/lib/gatehouse/odd'],
  },
];

const keys = (differences: Difference[]): string[] => differences.map(({ section, key }) => `${section} ${key}`);

/** The account tools keep what a file was before them as `passwd-` and so on. */
const isBackup = (key: string): boolean => /^files \/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/.test(key);

const why = whyNoHost();
if (why) console.warn(`skipped: ${why}`);

describe.skipIf(why)('a snapshot of a host', () => {
  let host: TestHost;
  let idle: Snapshot;

  let busy: Snapshot;
  let undone: Snapshot;

  beforeAll(async () => {
    host = await startHost();
    idle = await host.snapshot();
    for (const { doing } of changes) await host.must(['sh', '-c', doing]);
    busy = await host.snapshot();
    for (const { undoing } of changes.toReversed()) await host.must(['sh', '-c', undoing]);
    undone = await host.snapshot();
  }, 600_000);
  afterAll(() => host?.stop());

  it('is the same twice when nothing happens', async () => {
    expect(inWords(diff(undone, await host.snapshot()))).toBe('');
  });

  it('shows no difference once all is taken back', () => {
    expect(keys(diff(idle, undone)).filter(key => !isBackup(key))).toEqual([]);
  });

  for (const { what, seen } of changes) {
    it(`sees ${what}`, () => {
      expect(keys(diff(idle, busy))).toEqual(expect.arrayContaining(seen));
    });
  }

  it('sees nothing else', () => {
    const foreseen = new Set(changes.flatMap(({ seen }) => seen));
    const unforeseen = keys(diff(idle, busy)).filter(key => !foreseen.has(key) && !isBackup(key));
    expect(unforeseen).toEqual([]);
  });

  it('holds no password hash, only whether there is one', () => {
    expect(busy.shadow?.zoe).toMatch(/^set [0-9a-f]{16} /);
    expect(busy.shadow?.debian).toMatch(/^locked /);
    expect(JSON.stringify(busy)).not.toContain('$6$salt');
  });
});

describe('the difference of two snapshots', () => {
  const before = { accounts: { ann: 'a', bob: 'b' }, units: { ssh: 'active' } };

  it('is empty where they are equal', () => {
    expect(diff(before, structuredClone(before))).toEqual([]);
  });

  it('says in words what is new, gone and other', () => {
    const after = { accounts: { ann: 'A', eve: 'e' }, units: { ssh: 'active' } };
    const found: Difference[] = diff(before, after);
    expect(inWords(found)).toBe('~ accounts ann: a => A\n- accounts bob: b\n+ accounts eve: e');
  });

  it('sees a section that only one of them has', () => {
    expect(diff(before, { accounts: before.accounts })).toEqual([{ section: 'units', key: 'ssh', before: 'active' }]);
  });
});
