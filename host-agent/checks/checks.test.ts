// The checks against a simulated host whose files are changed as root might change them. Beside each refusal stands what is allowed.
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { dummyHost } from '../dummy/host.ts';
import { Registry } from '../registry.ts';
import { ask } from '../run.ts';
import type { Asking } from './check.ts';
import { Facts } from './facts.ts';
import { newLogin } from './new-login.ts';
import { freeUid, nextUid, usedUids } from './next-uid.ts';
import { trashedUser } from './trashed-user.ts';
import { user } from './user.ts';

let asking: Asking;
let root: string;
const trash = new Map<string, number>();

beforeEach(async () => {
  const state = mkdtempSync(join(tmpdir(), 'gatehouse-checks-'));
  const host = dummyHost(state);
  root = host.root;
  trash.clear();
  asking = { host, facts: new Facts(host), registry: new Registry(state, true, () => [1001]), trashed: () => trash };
  await make('jo');
});

/** As the agent would make a user. */
async function make(login: string): Promise<number> {
  const uid = await freeUid(asking);
  asking.registry.begin(login, uid);
  const made = await run(
    '/usr/sbin/useradd',
    '-m',
    '-K',
    'HOME_MODE=0700',
    '-u',
    `${uid}`,
    '-g',
    'users',
    '-s',
    '/usr/sbin/nologin',
    '-c',
    login,
    login,
  );
  expect(made.code).toBe(0);
  await asking.registry.settle(async name => (await asking.facts.account(name))?.uid);
  asking.facts.forget();
  return uid;
}
const run = (...argv: string[]) => ask(asking.host, argv);

function write(path: string, text: string): void {
  mkdirSync(dirname(root + path), { recursive: true });
  appendFileSync(root + path, text);
}
function edit(path: string, from: string | RegExp, to: string): void {
  writeFileSync(root + path, readFileSync(root + path, 'utf8').replace(from, to));
}

describe('<user>', () => {
  it('is one that Gatehouse made', async () => {
    expect(await user('jo', asking)).toBeUndefined();
  });

  it.each([['root'], ['daemon'], ['debian'], ['steward'], ['gatehouse'], ['nobody']])('is not %s', async login => {
    expect(await user(login, asking)).toMatch(/not a user that Gatehouse manages|privileged/);
  });

  it('is not somebody who is not there', async () => {
    expect(await user('ghost', asking)).toBe('There is no user ghost on this host.');
  });

  it('is not one that another hand made, though he looks the same', async () => {
    await run('/usr/sbin/useradd', '-m', '-u', '1500', '-g', 'users', '-s', '/usr/sbin/nologin', '-c', 'x', 'kim');
    expect(await user('kim', asking)).toContain('made by another hand');
  });

  it.each([
    ['whose uid was changed', /^jo:x:\d+/m, 'jo:x:1700', 'its uid is 1700'],
    ['whose uid was set to 0', /^jo:x:\d+/m, 'jo:x:0', 'its uid is 0'],
    ['whose home was moved', '/home/jo:', '/root:', 'its home is not /home/jo'],
    ['whose primary group was changed to sudo', /^(jo:x:\d+):100/m, '$1:27', 'it is in the group sudo'],
  ])('is not one %s', async (_, from, to, why) => {
    edit('/etc/passwd', from, to);
    expect(await user('jo', asking)).toContain(why);
  });

  it.each(['sudo', 'adm', 'docker', 'lxd', 'shadow'])('is not one whom somebody put into the group %s', async group => {
    edit('/etc/group', new RegExp(`^(${group}:.*)$`, 'm'), '$1,jo');
    edit('/etc/group', /:,jo/, ':jo');
    expect(await user('jo', asking)).toContain(`it is in the group ${group}`);
  });

  it('may be in a group of its own name', async () => {
    write('/etc/group', 'jo:x:1700:jo\n');
    expect(await user('jo', asking)).toBeUndefined();
  });

  it.each([
    ['sudoers', '/etc/sudoers.d/x', 'jo ALL=(ALL) NOPASSWD: /usr/bin/true\n', 'sudo would run commands'],
    ['sudoers by its group', '/etc/sudoers.d/x', '%users ALL=(ALL) ALL\n', 'sudo would run commands'],
    ['doas.conf', '/etc/doas.conf', 'permit jo as root\n', '/etc/doas.conf'],
    ['doas.conf by its group', '/etc/doas.conf', 'permit nopass :users\n', '/etc/doas.conf'],
    [
      'a rule of polkit',
      '/etc/polkit-1/rules.d/50-x.rules',
      'if (subject.user == "jo") return polkit.Result.YES;\n',
      '/etc/polkit-1',
    ],
    [
      'a rule of polkit by its group',
      '/etc/polkit-1/rules.d/50-x.rules',
      'if (subject.isInGroup("users")) return "yes";\n',
      '/etc/polkit-1',
    ],
  ])('is not one whom %s serves', async (_, path, line, why) => {
    expect(await user('jo', asking)).toBeUndefined();
    asking.facts.forget();
    write(path, line);
    expect(await user('jo', asking)).toContain(why);
  });

  it.each([
    ['/etc/doas.conf', '# permit jo as root\npermit joanna as root\npermit not-jo\n'],
    ['/etc/polkit-1/rules.d/50-x.rules', '// jo was here\nif (subject.user == "jo.x") return "yes";\n'],
  ])('may be named in a comment, or be part of another name, in %s', async (path, lines) => {
    write(path, lines);
    expect(await user('jo', asking)).toBeUndefined();
  });
});

describe('<new-login>', () => {
  it('is free', async () => {
    expect(await newLogin('kim', asking)).toBeUndefined();
  });

  it('is not one that a user, another account or a group has', async () => {
    for (const login of ['jo', 'debian', 'www-data', 'docker'])
      expect(await newLogin(login, asking)).toContain('is taken by');
  });

  it('is not one whose home is in the trash', async () => {
    trash.set('kim', 1900);
    expect(await newLogin('kim', asking)).toContain('put that user back, or empty the trash');
  });

  it.each([
    ['home', '/home/kim/x'],
    ['mail', '/var/mail/kim'],
    ['crontab', '/var/spool/cron/crontabs/kim'],
  ])('is not one of whom a %s is left', async (what, path) => {
    write(path, 'x');
    expect(await newLogin('kim', asking)).toContain(`There is a ${what} of that name already`);
    expect(await newLogin('kimberly', asking)).toBeUndefined();
  });

  it('is not one for whom a link that leads nowhere lies in /home', async () => {
    symlinkSync('/nowhere', `${root}/home/kim`);
    expect(await newLogin('kim', asking)).toContain('There is a home');
  });

  it.each([
    ['/etc/sudoers', 'kim ALL=(ALL) ALL\n'],
    ['/etc/sudoers.d/90-kim', 'User_Alias ADMINS = debian, kim\n'],
    ['/etc/doas.conf', 'permit kim\n'],
    ['/etc/polkit-1/rules.d/10-x.rules', 'return subject.user == "kim";\n'],
    ['/etc/ssh/sshd_config.d/x.conf', 'Match User kim\n'],
    ['/etc/cron.d/backup', '0 3 * * * kim /usr/local/bin/backup\n'],
    ['/etc/cron.allow', 'kim\n'],
    ['/etc/samba/smb.conf', '   admin users = debian,kim\n'],
  ])('is not one that %s names', async (path, line) => {
    write(path, line);
    expect(await newLogin('kim', asking)).toContain(`is named in ${path}`);
    expect(await newLogin('kimberly', asking)).toBeUndefined();
  });

  it('may stand in a comment of sudoers', async () => {
    write('/etc/sudoers', '# kim left in May\n');
    expect(await newLogin('kim', asking)).toBeUndefined();
  });
});

describe('<next-uid>', () => {
  it('is the one the counter gives, and no other', async () => {
    const next = await freeUid(asking);
    expect(await nextUid(`${next}`, asking)).toBeUndefined();
    for (const other of [next - 1, next + 1, 1000])
      expect(await nextUid(`${other}`, asking)).toContain(`The uid must be ${next}`);
  });

  it('passes over a uid that somebody else has taken', async () => {
    const next = await freeUid(asking);
    await run('/usr/sbin/useradd', '-M', '-u', `${next}`, '-g', 'users', 'other');
    asking.facts.forget();
    expect(await nextUid(`${next}`, asking)).toContain(`must be ${next + 1}`);
    expect(await nextUid(`${next + 1}`, asking)).toBeUndefined();
  });

  it.each([
    ['by its number', (uid: number) => `#${uid} ALL=(ALL) ALL\n`],
    ['by the group users', () => '%users ALL=(ALL) ALL\n'],
    ['by the number of the group users', () => '%#100 ALL=(ALL) ALL\n'],
  ])('is not one whom sudoers serves %s', async (_, line) => {
    const next = await freeUid(asking);
    write('/etc/sudoers', `#${next}1 ALL=(ALL) ALL\n# about ${next}\n`);
    expect(await nextUid(`${next}`, asking)).toBeUndefined();
    write('/etc/sudoers.d/x', line(next));
    expect(await nextUid(`${next}`, asking)).toContain('would be privileged');
  });

  it('begins, on a host with a past, after all uids in use and all owners of homes', () => {
    expect(usedUids(root, { passwd: 'a:x:1005:100::/:\nnobody:x:65534:65534::/:\n', homes: ['jo'] })).toEqual(
      expect.arrayContaining([1005, 65534, process.getuid?.() ?? 0]),
    );
  });
});

describe('<trashed-user>', () => {
  it('is one whose home is in the trash with the uid that Gatehouse gave', async () => {
    trash.set('jo', asking.registry.uidOf('jo') ?? 0);
    expect(await trashedUser('jo', asking)).toBeUndefined();
    expect(await trashedUser('kim', asking)).toContain('no deleted user kim');
    trash.set('jo', 0);
    expect(await trashedUser('jo', asking)).toContain('not the one that Gatehouse made it with');
  });

  it('is not one whose uid or login somebody else has taken', async () => {
    const uid = asking.registry.uidOf('jo') ?? 0;
    trash.set('jo', uid);
    edit('/etc/passwd', /^jo:x:\d+/m, `other:x:${uid}`);
    asking.facts.forget();
    expect(await trashedUser('jo', asking)).toContain('is taken by another account');
    edit('/etc/passwd', /^other:x:\d+/m, 'jo:x:1800');
    asking.facts.forget();
    expect(await trashedUser('jo', asking)).toContain('is taken by another account');
  });

  it('is not one whom sudoers names meanwhile', async () => {
    trash.set('jo', asking.registry.uidOf('jo') ?? 0);
    write('/etc/sudoers.d/x', 'jo ALL=(ALL) ALL\n');
    expect(await trashedUser('jo', asking)).toContain('would come back privileged');
  });
});
