// Every clause of the types that ask the host (contract §3), on a simulated machine whose files are edited; beside each refusal a lawful neighbour.
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dummyHost } from '../dummy/host.ts';
import { Registry } from '../registry.ts';
import { ask } from '../run.ts';
import type { Asking } from './check.ts';
import { emptyGroup } from './empty-group.ts';
import { Facts } from './facts.ts';
import { group } from './group.ts';
import { hostAccount } from './host-account.ts';
import { hostName } from './host-name.ts';
import { leavingUser } from './leaving-user.ts';
import { newGroup } from './new-group.ts';
import { newLogin } from './new-login.ts';
import { nextGid } from './next-gid.ts';
import { freeUid, nextUid, usedUids } from './next-uid.ts';
import { sambaUser } from './samba-user.ts';
import { trashedUser } from './trashed-user.ts';
import { user } from './user.ts';

let state: string;
let asking: Asking;
let trash: Map<string, number>;
beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), 'gatehouse-checks-'));
  const host = dummyHost(state);
  trash = new Map();
  asking = { host, facts: new Facts(host), registry: new Registry(state, true, () => [1001]), trashed: () => trash };
  await make('ann');
});
afterEach(() => rmSync(state, { recursive: true }));

async function make(login: string): Promise<number> {
  const uid = asking.registry.nextUid;
  asking.registry.begin(login, uid);
  await ask(asking.host, ['/usr/sbin/useradd', '-m', '-u', String(uid), '-g', 'users', login]);
  await asking.registry.settle(async () => uid);
  asking.facts.forget();
  return uid;
}
async function makeGroup(name: string): Promise<number> {
  const gid = asking.registry.nextUid;
  asking.registry.beginGroup(name, gid);
  add('/etc/group', `${name}:x:${gid}:`);
  await asking.registry.settle(
    async () => undefined,
    async () => gid,
  );
  return gid;
}
const path = (file: string) => asking.host.root + file;
const edit = (file: string, change: (text: string) => string) => {
  mkdirSync(dirname(path(file)), { recursive: true });
  let text = '';
  try {
    text = readFileSync(path(file), 'utf8');
  } catch {
    // A file that this test makes.
  }
  writeFileSync(path(file), change(text));
  asking.facts.forget();
};
const add = (file: string, line: string) => edit(file, text => `${text}${line}\n`);
const inGroup = (group: string) =>
  edit('/etc/group', text =>
    text.replace(
      new RegExp(`^(${group}:.*:)(.*)$`, 'm'),
      (_, head, members) => `${head}${members ? `${members},` : ''}ann`,
    ),
  );

describe('<user>', () => {
  it('is one that Gatehouse made, as it made it', async () => {
    expect(await user('ann', asking)).toBeUndefined();
  });

  it('is not one of whom sudo was killed before it said no', async () => {
    const { host } = asking;
    let signal: 'SIGKILL' | undefined;
    const start: typeof host.start = spec => {
      const child = host.start(spec);
      if (signal && spec.argv[0] === '/usr/bin/sudo') child.kill(signal);
      return child;
    };
    const facts = new Facts({ ...host, start });
    expect(await user('ann', { ...asking, facts })).toBeUndefined();
    facts.forget();
    signal = 'SIGKILL';
    expect(await user('ann', { ...asking, facts })).toMatch(/privileged/);
  });

  it.each(['root', 'daemon', 'gatehouse', 'debian', 'steward', 'nobody', 'nosuchuser'])('is not %s', async login => {
    expect(await user(login, asking)).toMatch(login === 'nosuchuser' ? /no user/ : /another hand/);
  });

  it('is not one whose uid another hand changed', async () => {
    edit('/etc/passwd', text => text.replace(/^ann:x:\d+/m, 'ann:x:1500'));
    expect(await user('ann', asking)).toMatch(/its uid is 1500/);
  });

  it('is not one whose home was moved', async () => {
    edit('/etc/passwd', text => text.replace(':/home/ann:', ':/root:'));
    expect(await user('ann', asking)).toMatch(/home/);
  });

  it.each(['sudo', 'adm', 'docker', 'lxd', 'disk', 'shadow', 'staff', 'root', 'debian'])(
    'is not in the group %s',
    async group => {
      inGroup(group);
      expect(await user('ann', asking)).toMatch(new RegExp(`in the group ${group}`));
    },
  );

  it('may be in a group of its own name, and of users as well', async () => {
    add('/etc/group', 'ann:x:1002:');
    inGroup('users');
    inGroup('ann');
    expect(await user('ann', asking)).toBeUndefined();
  });

  it('may be in a group that Gatehouse made, until another hand made it anew', async () => {
    const gid = await makeGroup('family');
    inGroup('family');
    expect(await user('ann', asking)).toBeUndefined();
    edit('/etc/group', text => text.replace(`family:x:${gid}:`, 'family:x:60:'));
    expect(await user('ann', asking)).toMatch(/in the group family/);
  });

  it.each([
    ['/etc/sudoers.d/x', '%family ALL=(ALL) ALL'],
    ['/etc/doas.conf', 'permit nopass :family'],
    ['/etc/polkit-1/rules.d/50-x.rules', 'if (subject.isInGroup("family")) return polkit.Result.YES;'],
  ])('is not served through a group of its own by %s: %s', async (file, line) => {
    await makeGroup('family');
    await makeGroup('music');
    inGroup('music');
    add(file, line);
    expect(await user('ann', asking)).toBeUndefined();
    inGroup('family');
    expect(await user('ann', asking)).toMatch(/privileged/);
  });

  it.each([27, 0, 4])('has no primary group %i', async gid => {
    edit('/etc/passwd', text => text.replace(/^(ann:x:\d+):100:/m, `$1:${gid}:`));
    expect(await user('ann', asking)).toMatch(/group/);
  });

  it.each([
    ['/etc/sudoers', 'ann ALL=(ALL) ALL'],
    ['/etc/sudoers.d/x', 'ann ALL=(root) NOPASSWD: /bin/true'],
    ['/etc/sudoers.d/x', '#1002 ALL=(ALL) ALL'],
    ['/etc/sudoers.d/x', '%users ALL=(ALL) ALL'],
    ['/etc/sudoers.d/x', 'ALL ALL=(ALL) ALL'],
    ['/etc/doas.conf', 'permit nopass ann as root'],
    ['/etc/doas.conf', 'permit nopass :users'],
    ['/etc/doas.conf', 'permit nopass 1002 as root'],
    ['/etc/polkit-1/rules.d/50-x.rules', 'if (subject.user == "ann") return polkit.Result.YES;'],
    ['/etc/polkit-1/rules.d/50-x.rules', 'if (subject.isInGroup("users")) return polkit.Result.YES;'],
    ['/etc/polkit-1/localauthority/50-local.d/x.pkla', 'Identity=unix-user:ann'],
    ['/etc/polkit-1/localauthority/50-local.d/x.pkla', 'Identity=unix-group:users'],
  ])('is not served by %s: %s', async (file, line) => {
    add(file, line);
    expect(await user('ann', asking)).toMatch(/privileged/);
  });

  it.each([
    ['/etc/sudoers.d/x', 'anna ALL=(ALL) ALL'],
    ['/etc/sudoers.d/x', '# ann ALL=(ALL) ALL'],
    ['/etc/sudoers.d/x', '#10021 ALL=(ALL) ALL'],
    ['/etc/doas.conf', 'permit nopass ann-marie as root'],
    ['/etc/doas.conf', '# permit ann'],
    ['/etc/polkit-1/rules.d/50-x.rules', '// ann'],
    ['/etc/polkit-1/rules.d/50-x.rules', 'if (subject.isInGroup("users-admin")) return polkit.Result.YES;'],
  ])('may have a neighbour in %s: %s', async (file, line) => {
    add(file, line);
    expect(await user('ann', asking)).toBeUndefined();
  });
});

describe('<host-name>', () => {
  it('is free where sudo treats all hosts alike', async () => {
    add('/etc/sudoers.d/x', 'jo\tALL = (ALL) NOPASSWD: /usr/bin/x --a\\=attic');
    add('/etc/sudoers.d/x', 'User_Alias FRIENDS = jo, attic');
    add('/etc/sudoers.d/x', '# jo attic=(ALL) ALL');
    expect(await hostName('attic', asking)).toBeUndefined();
  });

  it.each([
    'jo attic=(ALL) ALL',
    'jo other = (ALL) ALL',
    '%users *=(ALL) ALL',
    'ALL att*,kitchen=(ALL) ALL',
    'jo ALL=(root) /usr/bin/x : attic=(ALL) ALL',
    'jo ALL,!attic=(ALL) ALL',
    'jo attic\\\n=(ALL) ALL',
    'Host_Alias SERVERS = attic',
    'jo SERVERS=(ALL) ALL',
    'Defaults@attic !authenticate',
  ])('is not changed where sudo tells hosts apart: %s', async line => {
    add('/etc/sudoers.d/x', line);
    expect(await hostName('attic', asking)).toContain('/etc/sudoers.d/x gives rights by the name of the host');
  });
});

describe('<new-login>', () => {
  it('is free', async () => expect(await newLogin('ben', asking)).toBeUndefined());

  it.each(['ann', 'debian', 'root', 'docker', 'users'])('is not %s, of an account or a group', async login => {
    expect(await newLogin(login, asking)).toMatch(/taken/);
  });

  it.each([
    '/home/ben',
    '/var/mail/ben',
    '/var/spool/cron/crontabs/ben',
    '/etc/gatehouse/keys/ben',
    '/etc/gatehouse/own-keys/ben',
  ])('has left nothing: %s', async file => {
    symlinkSync('/nowhere', path(file));
    expect(await newLogin('ben', asking)).toContain(file);
    expect(await newLogin('bena', asking)).toBeUndefined();
  });

  it('has no password for shares', async () => {
    writeFileSync(
      path('/var/lib/samba/private/passdb.json'),
      JSON.stringify([{ login: 'ben', fullName: '', rid: 1, setAt: '' }]),
    );
    expect(await newLogin('ben', asking)).toMatch(/Samba/);
    expect(await newLogin('be', asking)).toBeUndefined();
  });

  it('is not in the trash', async () => {
    trash.set('ben', 1010);
    expect(await newLogin('ben', asking)).toMatch(/trash/);
    expect(await newLogin('bena', asking)).toBeUndefined();
  });

  it.each([
    ['/etc/sudoers', 'ben ALL=(ALL) ALL'],
    ['/etc/sudoers.d/later', 'User_Alias FRIENDS = jo, ben'],
    ['/etc/sudoers.d/later', 'jo,ben,kim ALL=(ALL) ALL'],
    ['/etc/doas.conf', 'permit ben'],
    ['/etc/polkit-1/rules.d/1.rules', '["ben"].includes(subject.user)'],
    ['/usr/share/polkit-1/rules.d/1.rules', "subject.user == 'ben'"],
    ['/etc/ssh/sshd_config', 'AllowUsers ben@192.168.*'],
    ['/etc/ssh/sshd_config.d/x.conf', 'Match User jo,ben'],
    ['/etc/crontab', '* * * * * ben /usr/local/bin/x'],
    ['/etc/cron.d/x', '@daily ben x'],
    ['/etc/cron.allow', 'ben'],
    ['/etc/samba/smb.conf', '   admin users = jo, ben'],
    ['/etc/samba/smb.conf', '   Admin Users = BEN'],
    ['/etc/samba/smb.conf', '   valid users = jo \\\n ben'],
    ['/etc/samba/smb.conf', '[ben]'],
  ])('is not named before it exists, in %s: %s', async (file, line) => {
    add(file, line);
    expect(await newLogin('ben', asking)).toContain(file);
    expect(await newLogin('bena', asking)).toBeUndefined();
  });

  it.each([
    ['/etc/sudoers', '# ben was here', 'ben'],
    ['/etc/samba/smb.conf', '; valid users = ben', 'ben'],
    ['/etc/samba/smb.conf', '   max log size = 1000', 'max'],
    ['/etc/ssh/sshd_config', '#AllowUsers ben', 'ben'],
  ])('may stand where it grants nothing, in %s: %s', async (file, line, login) => {
    add(file, line);
    expect(await newLogin(login, asking)).toBeUndefined();
  });

  it('is not named behind a link either', async () => {
    writeFileSync(path('/root/hidden'), 'ben ALL=(ALL) ALL\n');
    symlinkSync(path('/root/hidden'), path('/etc/sudoers.d/linked'));
    expect(await newLogin('ben', asking)).toContain('/etc/sudoers.d/linked');
  });

  it('is not named in a folder behind a link, and links in a circle or to nowhere name nobody', async () => {
    const folder = path('/srv/policies/rules.d');
    mkdirSync(folder, { recursive: true });
    rmSync(path('/etc/polkit-1/rules.d'), { recursive: true });
    symlinkSync(folder, path('/etc/polkit-1/rules.d'));
    for (const [name, to] of [
      ['circle', '.'],
      ['itself', 'itself'],
      ['nowhere', '/nowhere'],
      ['below', '/etc/hostname/x'],
    ] as const)
      symlinkSync(to, join(folder, name));
    expect(await newLogin('ben', asking)).toBeUndefined();
    writeFileSync(join(folder, '50.rules'), 'if (subject.user == "ben") return polkit.Result.YES;\n');
    expect(await newLogin('ben', asking)).toContain('/etc/polkit-1/rules.d/50.rules');
    expect(await newLogin('bena', asking)).toBeUndefined();
  });
});

describe('<next-uid>', () => {
  const next = () => String(asking.registry.nextUid);

  it('is the next, and no other', async () => {
    expect(await nextUid(next(), asking)).toBeUndefined();
    for (const other of [-1, 1, 1000]) expect(await nextUid(String(Number(next()) + other), asking)).toMatch(/must be/);
  });

  it('passes over what another hand took, also when that is gone again', async () => {
    const uid = Number(next());
    add('/etc/passwd', `byhand:x:${uid}:100::/home/byhand:/bin/sh`);
    expect(await nextUid(String(uid), asking)).toMatch(/must be/);
    edit('/etc/passwd', text => text.replace(/^byhand.*\n/m, ''));
    expect(await freeUid(asking)).toBe(uid + 1);
    expect(new Registry(state, true, () => []).nextUid).toBe(uid + 1);
  });

  it.each([
    ['/etc/sudoers', (uid: string) => `#${uid} ALL=(ALL) ALL`],
    ['/etc/sudoers.d/x', (uid: string) => `jo,#${uid} ALL=(ALL) ALL`],
    ['/etc/sudoers.d/x', () => '%users ALL=(ALL) ALL'],
    ['/etc/sudoers.d/x', () => '%#100 ALL=(ALL) ALL'],
    ['/etc/sudoers.d/x', () => 'ALL ALL=(ALL) NOPASSWD: /bin/true'],
    ['/etc/doas.conf', (uid: string) => `permit ${uid}`],
    ['/etc/doas.conf', () => 'permit nopass :users'],
  ])('is not served before it exists, in %s', async (file, line) => {
    add(file, line(next()));
    expect(await nextUid(next(), asking)).toContain(file);
  });

  it.each([
    ['/etc/sudoers', (uid: string) => `#${uid}0 ALL=(ALL) ALL`],
    ['/etc/sudoers.d/x', () => '%users-admin ALL=(ALL) ALL'],
    ['/etc/sudoers.d/x', () => '%sudo ALL=(ALL) ALL'],
    ['/etc/doas.conf', (uid: string) => `permit ${uid}0`],
  ])('may have a neighbour in %s', async (file, line) => {
    add(file, line(next()));
    expect(await nextUid(next(), asking)).toBeUndefined();
  });

  it('passes over the number of a group as well', async () => {
    const number = Number(next());
    add('/etc/group', `byhand:x:${number}:`);
    expect(await nextUid(String(number), asking)).toMatch(/must be/);
    expect(await nextUid(String(number + 1), asking)).toBeUndefined();
  });

  it('ends where the range ends', async () => {
    asking.registry.skipTo(60_000);
    expect(await nextUid('60000', asking)).toMatch(/have been used/);
  });

  it('begins behind every uid that is in use or owns a home', () => {
    const passwd = readFileSync(path('/etc/passwd'), 'utf8');
    expect(Math.max(...usedUids(asking.host.root, { passwd, homes: ['debian'] }).filter(uid => uid < 60_000))).toBe(
      1002,
    );
    expect(new Registry(mkdtempSync(join(state, 'other-')), false, () => [0, 999, 1000, 1010, 60_000]).nextUid).toBe(
      1011,
    );
  });
});

describe('<next-gid>', () => {
  it('is given by the same counter, so that no number is given twice', async () => {
    const gid = await makeGroup('family');
    expect(asking.registry.nextUid).toBe(gid + 1);
    expect(await nextGid(String(gid), asking)).toMatch(/must be/);
    expect(await nextGid(String(gid + 1), asking)).toBeUndefined();
    expect(await nextUid(String(gid + 1), asking)).toBeUndefined();
  });

  it.each(['/etc/sudoers.d/x', '/etc/doas.conf', '/etc/polkit-1/rules.d/x.rules'])(
    'is not served before it exists, in %s',
    async file => {
      const gid = String(asking.registry.nextUid);
      add(file, `%#${gid}0`);
      expect(await nextGid(gid, asking)).toBeUndefined();
      add(file, `%#${gid}`);
      expect(await nextGid(gid, asking)).toContain(file);
    },
  );
});

describe('<group>', () => {
  it('is one that Gatehouse made, as it made it', async () => {
    const gid = await makeGroup('family');
    expect(await group('family', asking)).toBeUndefined();
    edit('/etc/group', text => text.replace(`family:x:${gid}:`, `family:x:${gid + 1}:`));
    expect(await group('family', asking)).toMatch(/not a group that Gatehouse made/);
  });

  it.each(['root', 'sudo', 'adm', 'docker', 'users', 'debian', 'nosuchgroup'])('is not %s', async name => {
    expect(await group(name, asking)).toMatch(name === 'nosuchgroup' ? /no group/ : /not a group that Gatehouse made/);
  });

  it('is not one that was begun and never made', async () => {
    asking.registry.beginGroup('family', asking.registry.nextUid);
    add('/etc/group', 'family:x:1500:');
    await asking.registry.settle(
      async () => undefined,
      async () => 1500,
    );
    expect(await group('family', asking)).toMatch(/not a group that Gatehouse made/);
  });

  it.each([
    ['/etc/sudoers', (name: string) => `%${name} ALL=(ALL) ALL`],
    ['/etc/doas.conf', (name: string) => `permit nopass :${name}`],
    ['/etc/polkit-1/rules.d/x.rules', (name: string) => `subject.isInGroup("${name}")`],
    ['/etc/sudoers.d/x', (_: string, gid: number) => `%#${gid} ALL=(ALL) ALL`],
  ])('is not served by %s', async (file, line) => {
    const gid = await makeGroup('family');
    add(file, line('familya', gid * 10));
    expect(await group('family', asking)).toBeUndefined();
    add(file, line('family', gid));
    expect(await group('family', asking)).toMatch(/privileged/);
  });
});

describe('a name that programs give power to', () => {
  it.each(['wheel', 'incus-admin', 'nopasswdlogin'])('is free for no group and no login: %s', async name => {
    expect(await newGroup(name, asking)).toMatch(/give power to/);
    expect(await newLogin(name, asking)).toMatch(/give power to/);
    expect(await newGroup(`${name}-x`, asking)).toBeUndefined();
  });

  it('is not made good by a login of that name', async () => {
    edit('/etc/passwd', text => `${text}docker:x:1700:111::/home/docker:/bin/sh\nkim:x:1701:1701::/home/kim:/bin/sh\n`);
    add('/etc/group', 'kim:x:1701:');
    expect(await hostAccount('docker', asking)).toMatch(/in the group docker/);
    expect(await hostAccount('kim', asking)).toBeUndefined();
  });
});

describe('<samba-user>', () => {
  it('is one that file shares let in', async () => {
    const pdbedit = async (...args: string[]) => {
      await ask(asking.host, ['/usr/bin/pdbedit', '-d0', ...args, '-u', 'ann'], 'password\npassword\n');
      asking.facts.forget();
    };
    expect(await sambaUser('ann', asking)).toMatch(/do not let ann in/);
    await pdbedit('-t', '-a');
    expect(await sambaUser('ann', asking)).toBeUndefined();
    await pdbedit('-r', '-c', '[D]');
    expect(await sambaUser('ann', asking)).toMatch(/do not let ann in/);
    await pdbedit('-r', '-c', '[]');
    expect(await sambaUser('ann', asking)).toBeUndefined();
    expect(await sambaUser('debian', asking)).toMatch(/another hand/);
  });
});

describe('<leaving-user>', () => {
  it('is one of ours, or was until the account was removed, its number still its own', async () => {
    expect(await leavingUser('ann', asking)).toBeUndefined();
    expect(await leavingUser('debian', asking)).toMatch(/another hand/);
    const uid = (await asking.facts.account('ann'))?.uid;
    await ask(asking.host, ['/usr/sbin/userdel', 'ann']);
    asking.facts.forget();
    expect(await user('ann', asking)).toMatch(/There is no user ann/);
    expect(await leavingUser('ann', asking)).toBeUndefined();
    await ask(asking.host, ['/usr/sbin/useradd', '-u', String(uid), '-g', 'users', 'other']);
    asking.facts.forget();
    expect(await leavingUser('ann', asking)).toMatch(/is taken by other/);
    expect(await leavingUser('nobodyhere', asking)).toMatch(/There is no user/);
  });
});

describe('<empty-group>', () => {
  it('has no member, neither by its list nor as a primary group', async () => {
    const gid = await makeGroup('family');
    expect(await emptyGroup('family', asking)).toBeUndefined();
    inGroup('family');
    expect(await emptyGroup('family', asking)).toMatch(/ann is in it/);
    edit('/etc/group', text => text.replace(/^(family:.*:)ann$/m, '$1'));
    expect(await emptyGroup('family', asking)).toBeUndefined();
    edit('/etc/passwd', text => text.replace(/^(ann:x:\d+):100:/m, `$1:${gid}:`));
    expect(await emptyGroup('family', asking)).toMatch(/ann is in it/);
  });

  it.each(['users', 'games', 'staff'])('is not %s, however empty', async name => {
    expect(await emptyGroup(name, asking)).toMatch(/not a group that Gatehouse made/);
  });
});

describe('<new-group>', () => {
  it('is free', async () => expect(await newGroup('family', asking)).toBeUndefined());

  it.each(['ann', 'debian', 'docker', 'users'])('is not %s, of an account or a group', async name => {
    expect(await newGroup(name, asking)).toMatch(/taken/);
  });

  it('is nobody in the trash, whose own group it would seem', async () => {
    trash.set('ben', 1010);
    expect(await newGroup('ben', asking)).toMatch(/trash/);
    expect(await newGroup('bena', asking)).toBeUndefined();
  });

  it.each([
    ['/etc/sudoers', '%family ALL=(ALL) ALL'],
    ['/etc/doas.conf', 'permit :family'],
    ['/etc/polkit-1/rules.d/1.rules', 'subject.isInGroup("family")'],
    ['/etc/ssh/sshd_config', 'AllowGroups family'],
    ['/etc/cron.allow', 'family'],
    ['/etc/samba/smb.conf', '   valid users = @family'],
    ['/etc/pam.d/su', 'auth sufficient pam_wheel.so trust group=family'],
  ])('is not named before it exists, in %s: %s', async (file, line) => {
    add(file, line);
    expect(await newGroup('family', asking)).toContain(file);
    expect(await newGroup('familya', asking)).toBeUndefined();
  });
});

describe('<host-account>', () => {
  beforeEach(() => add('/etc/passwd', 'kim:x:1700:100:Kim:/home/kim:/bin/bash'));

  it('is one that another hand made as Gatehouse would have', async () => {
    expect(await hostAccount('kim', asking)).toBeUndefined();
    add('/etc/group', 'kim:x:1700:');
    inGroup('users');
    expect(await hostAccount('kim', asking)).toBeUndefined();
    asking.registry.adopt('kim', 1700);
    expect(await user('kim', asking)).toBeUndefined();
  });

  it('is not one that Gatehouse manages already', async () => {
    expect(await hostAccount('ann', asking)).toMatch(/manages it already/);
  });

  it.each(['root', 'www-data', 'gatehouse', 'nobody', 'debian', 'steward', 'nosuchuser'])('is not %s', async login => {
    expect(await hostAccount(login, asking)).toMatch(login === 'nosuchuser' ? /no account/ : /cannot be taken over/);
  });

  it.each([
    ['kim:x:999:', /uid 999/],
    ['kim:x:60000:', /uid 60000/],
    ['kim:x:0:', /same uid/],
    ['kim:x:1000:', /debian has the same uid/],
  ])('has a number of its own in the range: %s', async (line, why) => {
    edit('/etc/passwd', text => text.replace('kim:x:1700:', line));
    expect(await hostAccount('kim', asking)).toMatch(why);
  });

  it('has its home where homes are', async () => {
    edit('/etc/passwd', text => text.replace('/home/kim', '/srv/kim'));
    expect(await hostAccount('kim', asking)).toMatch(/home is not/);
  });

  it.each(['sudo', 'docker', 'games'])('is not in the group %s', async name => {
    edit('/etc/group', text => text.replace(new RegExp(`^(${name}:x:\\d+:).*$`, 'm'), '$1kim'));
    expect(await hostAccount('kim', asking)).toMatch(`in the group ${name}`);
  });

  it.each([
    ['/etc/sudoers.d/x', 'kim ALL=(ALL) ALL'],
    ['/etc/doas.conf', 'permit kim'],
    ['/etc/polkit-1/rules.d/x.rules', 'subject.user == "kim"'],
  ])('is not served by %s: %s', async (file, line) => {
    add(file, line.replace('kim', 'kima'));
    expect(await hostAccount('kim', asking)).toBeUndefined();
    add(file, line);
    expect(await hostAccount('kim', asking)).toMatch(/privileged/);
  });

  it('has no namesake in the trash', async () => {
    trash.set('kim', 1002);
    expect(await hostAccount('kim', asking)).toMatch(/trash/);
  });
});

describe('<trashed-user>', () => {
  it('is in the trash with the uid it was made with', async () => {
    const uid = asking.registry.uidOf('ann') as number;
    expect(await trashedUser('ann', asking)).toMatch(/no deleted user/);
    trash.set('ann', uid);
    expect(await trashedUser('ann', asking)).toBeUndefined();
    trash.set('ann', uid + 1);
    expect(await trashedUser('ann', asking)).toMatch(/not the one/);
  });

  it('was not replaced by another account', async () => {
    const uid = asking.registry.uidOf('ann') as number;
    trash.set('ann', uid);
    edit('/etc/passwd', text => text.replace(/^ann:/m, 'other:'));
    expect(await trashedUser('ann', asking)).toMatch(/taken/);
    edit('/etc/passwd', text => text.replace(/^other:x:\d+/m, 'ann:x:1700'));
    expect(await trashedUser('ann', asking)).toMatch(/taken/);
    edit('/etc/passwd', text => text.replace(/^ann:.*\n/m, ''));
    expect(await trashedUser('ann', asking)).toBeUndefined();
  });

  it.each(['/etc/sudoers.d/x', '/etc/doas.conf', '/etc/polkit-1/rules.d/x.rules'])(
    'is not named meanwhile in %s',
    async file => {
      trash.set('ann', asking.registry.uidOf('ann') as number);
      add(file, 'permit anna');
      expect(await trashedUser('ann', asking)).toBeUndefined();
      add(file, 'permit ann');
      expect(await trashedUser('ann', asking)).toMatch(/would come back privileged/);
    },
  );

  it('is nobody that Gatehouse did not make', async () => {
    trash.set('stranger', 1001);
    expect(await trashedUser('stranger', asking)).toMatch(/not the one/);
  });
});

describe('what the host says', () => {
  it('is asked again after a change, and kept no longer than a second', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    expect(await user('ann', asking)).toBeUndefined();
    appendFileSync(path('/etc/sudoers'), 'ann ALL=(ALL) ALL\n');
    vi.advanceTimersByTime(1000);
    expect(await user('ann', asking)).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(await user('ann', asking)).toMatch(/privileged/);
    vi.useRealTimers();
  });

  it('counts as privilege where sudo does not say plainly no', async () => {
    for (const fault of [{ exit: 1, stderr: 'sudo: broken' }, { output: 10 }]) {
      writeFileSync(path('/dummy.json'), JSON.stringify({ programs: { sudo: fault } }));
      asking.facts.forget();
      expect(await user('ann', asking)).toMatch(/privileged/);
    }
    writeFileSync(path('/dummy.json'), JSON.stringify({ programs: { sudo: { missing: true } } }));
    asking.facts.forget();
    expect(await user('ann', asking)).toBeUndefined();
  });
});
