// What the pages of users do besides the main job, on a real host: sessions, shells, groups, the trash, and taking an account over.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, whyNoBrowser } from '../browser/chromium.ts';
import * as door from '../browser/door.ts';
import * as walk from '../browser/walk.ts';
import { samba, ssh } from './enter.ts';
import { enrolAnew, leftBehind, networkOf, newDashboard, origin, sharedHost } from './installed.ts';
import { type TestHost, whyNoHost } from './start.ts';

const why = whyNoHost() ?? whyNoBrowser;
if (why) console.warn(`skipped: ${why}`);
const wait = { timeout: 60_000, interval: 300 };
const password = `kept in "the" drawer $1`;
const key = '/tmp/kim.key';

describe.skipIf(why)('a user of a real host', () => {
  let host: TestHost;
  let browser: Browser;
  let page: Page;
  let walker: walk.Walker;
  const run = (argv: string[]) => host.exec(argv).then(({ stdout }) => stdout.trim());
  /** Presses the button of a form, runs what it previews, and wants it done. */
  const done = async (address: string, action: string, fields?: Record<string, string>) => {
    await door.preview(walker, origin + address, action, fields);
    await door.begin(walker);
    expect(await door.outcome(walker)).toMatch(/\bok\b/);
  };
  const entersBy = async () => ({
    key: (await ssh(host, 'kim', { key }, 'true')).code === 0,
    password: (await ssh(host, 'kim', { password }, 'true')).code === 0,
    samba: (await samba(host, 'kim', password)) === 0,
  });

  beforeAll(async () => {
    host = await sharedHost();
    const app = await enrolAnew(host);
    const link = await newDashboard(host);
    browser = await openBrowser(await networkOf(host));
    page = await browser.newPage();
    walker = { page, code: () => app.again(host) };
    await walk.setUp(walker, link);
    await walk.signIn(walker, origin);
    await walk.makeUser(walker, origin, 'kim', 'Kim Example');
    await walk.setPassword(walker, origin, 'kim', password);
    await host.must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key]);
    await walk.addKey(walker, origin, 'kim', await host.readFile(`${key}.pub`));
  });
  afterAll(async () => {
    await browser?.close();
    for (const login of ['kim', 'robin', 'lin']) {
      await host?.exec(['pdbedit', '-d0', '-x', '-u', login]);
      await host?.exec(['userdel', '-f', '-r', login]);
    }
  });

  it('signs in to a shell only while that is allowed', async () => {
    const refused = await ssh(host, 'kim', { key }, 'id', '-un');
    expect(refused.stdout).toContain('This account is currently not available.');
    await done('/users/kim', '/users/kim/shell');
    expect(await ssh(host, 'kim', { key }, 'id', '-un')).toMatchObject({ code: 0, stdout: 'kim\n' });
    await done('/users/kim', '/users/kim/shell');
    expect((await ssh(host, 'kim', { key }, 'id', '-un')).stdout).toContain('not available');
    expect(await samba(host, 'kim', password)).toBe(0);
    await done('/users/kim', '/users/kim/shell');
  });

  it('loses its sessions, keys, password and shares when locked, and has them again when let in', async () => {
    expect(await entersBy()).toEqual({ key: true, password: true, samba: true });
    const session = ssh(host, 'kim', { key }, 'sleep', '3600');
    await expect.poll(() => run(['pgrep', '-u', 'kim', '-x', 'sleep']), wait).not.toBe('');
    await done('/users/kim', '/users/kim/lock');
    expect((await session).code).not.toBe(0);
    expect(await run(['pgrep', '-u', 'kim'])).toBe('');
    expect(await entersBy()).toEqual({ key: false, password: false, samba: false });
    expect(await page.goto(`${origin}/users/kim`).then(() => page.locator('main').textContent())).toContain('locked');
    await done('/users/kim', '/users/kim/let-in');
    expect(await entersBy()).toEqual({ key: true, password: true, samba: true });
  });

  it('is put into a group that was made, and taken out before it is removed', async () => {
    await done('/groups', '/groups', { name: 'music' });
    await done('/users/kim', '/users/kim/groups', { group: 'music' });
    expect(await run(['id', '-Gn', 'kim'])).toBe('users music');
    await page.goto(`${origin}/groups`);
    expect(await page.locator('form[action="/groups/music/remove"]').count()).toBe(0);
    await done('/users/kim', '/users/kim/groups/leave');
    expect(await run(['id', '-Gn', 'kim'])).toBe('users');
    await done('/groups', '/groups/music/remove');
    expect(await run(['getent', 'group', 'music'])).toBe('');
  });

  it('is gone for good once the trash is emptied, and who has its login next has another number', async () => {
    const uid = await run(['id', '-u', 'kim']);
    await host.must([
      'sh',
      '-c',
      'mkdir ~kim/deep; ln -s / ~kim/deep/root; echo kept > /var/tmp/kept; ln /var/tmp/kept ~kim/hard; chown -hR kim ~kim',
    ]);
    await walk.deleteUser(walker, origin, 'kim');
    expect(await run(['ls', '/home/.gatehouse-trash'])).toContain('kim');
    await done('/users/deleted/kim', '/users/deleted/kim/empty', { confirm: 'kim' });
    expect(await run(['ls', '/home/.gatehouse-trash'])).not.toContain('kim');
    expect(await run(['cat', '/var/tmp/kept'])).toBe('kept');
    expect(await page.goto(`${origin}/users`).then(() => page.locator('main').textContent())).not.toContain('kim');
    await walk.makeUser(walker, origin, 'kim', 'Another Kim');
    expect(await run(['id', '-u', 'kim'])).not.toBe(uid);
    expect((await ssh(host, 'kim', { key }, 'true')).code).not.toBe(0);
  });

  it('is taken over from the accounts of the host by approval at its terminal, which nobody privileged is', async () => {
    for (const login of ['robin', 'lin']) await host.must(['useradd', '-m', '-s', '/bin/bash', login]);
    await host.must(['usermod', '-aG', 'sudo', 'lin']);
    const takeOver = (login: string) => page.locator(`form[action="/users/accounts/${login}/take-over"]`).count();
    await expect.poll(() => page.goto(`${origin}/users`).then(() => takeOver('robin')), wait).toBe(1);
    expect(await takeOver('lin')).toBe(0);
    expect(await takeOver('debian')).toBe(0);

    const before = await host.snapshot();
    await door.preview(walker, `${origin}/users`, '/users/accounts/robin/take-over');
    await door.begin(walker);
    const said = await page.locator('#job-now code').textContent();
    const [, approval = ''] = /gatehouse-agent approve (\d+)/.exec(said ?? '') ?? [];
    expect(leftBehind(before, await host.snapshot())).toBe('');
    const approved = await host.exec(['gatehouse-agent', 'approve', approval], { tty: true, input: 'yes\n' });
    expect(approved, approved.stdout).toMatchObject({ code: 0 });
    expect(await door.outcome(walker)).toMatch(/\bok\b/);
    await walk.rename(walker, origin, 'robin', 'Robin Example');
    expect(await run(['getent', 'passwd', 'robin'])).toContain(':Robin Example');
    expect(await host.must(['gatehouse-agent', 'verify'])).toMatch(/^ok: /);
  });
});
