// The door and the users on a real host, in Chromium, at the width of a desktop and of a phone: what ends issue 3.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findings } from '../../web/chromium.fixture.ts';
import { openBrowser, whyNoBrowser } from '../browser/chromium.ts';
import * as door from '../browser/door.ts';
import * as walk from '../browser/walk.ts';
import type { Authenticator } from './enrol.ts';
import { samba, ssh } from './enter.ts';
import { enrolAnew, networkOf, newDashboard, origin, setClocks, sharedHost, web } from './installed.ts';
import { type TestHost, whyNoHost } from './start.ts';

const why = whyNoHost() ?? whyNoBrowser;
if (why) console.warn(`skipped: ${why}`);
const wait = { timeout: 60_000, interval: 300 };

describe.skipIf(why)('on a host that was installed by hand', () => {
  let host: TestHost;
  let app: Authenticator;
  let browser: Browser;
  beforeAll(async () => {
    host = await sharedHost();
    app = await enrolAnew(host);
    browser = await openBrowser(await networkOf(host));
  });
  afterAll(() => browser?.close());

  describe.each([
    { title: 'on a desktop', viewport: { width: 1280, height: 800 }, user: 'pat', boss: 'max' },
    { title: 'on a phone', viewport: { width: 360, height: 740 }, user: 'uma', boss: 'lou' },
  ])('$title', ({ viewport, user, boss }) => {
    const reviewer = { login: `${user}-reviews`, name: 'Rae Example', password: 'reads the log at night' };
    const member = { login: `${user}-member`, name: 'Mo Example', password: 'a few words of my own' };
    const first = 'the first host password';
    const second = "mine 'now' $only";
    const found: string[] = [];
    let page: Page;
    let walker: walk.Walker;
    beforeAll(async () => {
      const link = await newDashboard(host);
      page = await browser.newPage({ viewport });
      page.on('pageerror', error => found.push(error.message));
      walker = { page, code: () => app.again(host), look: what => examine(page, what) };
      await walk.setUp(walker, link);
      await walk.signIn(walker, origin);
      for (const login of [user, boss]) await walk.makeUser(walker, origin, login, `${login} Example`);
      await walk.setPassword(walker, origin, user, first);
    });
    afterAll(() => page?.context().close());

    async function examine(page: Page, what: string): Promise<void> {
      found.push(...(await findings(page)).map(fault => `${what} ${fault}`));
    }
    const somebody = async (): Promise<walk.Walker> => {
      const own = await (await browser.newContext({ viewport })).newPage();
      own.on('pageerror', error => found.push(error.message));
      return { page: own, code: async () => '', look: what => examine(own, what) };
    };
    const passwd = async (login: string) => (await host.exec(['getent', 'passwd', login])).stdout.trim();

    it('settles a change whose dashboard was killed in the middle, and undoes it a day later', async () => {
      await door.preview(walker, `${origin}/users/${user}`, `/users/${user}/name`, { fullName: 'After the kill' });
      // Whoever holds this lock makes usermod wait: the change is in its middle for as long as we like.
      await host.must([
        'sh',
        '-c',
        `${lockPasswd} >/dev/null 2>&1 & while ! test -e /run/test-locked; do sleep 0.1; done`,
      ]);
      await door.begin(walker);
      await expect.poll(() => host.exec(['pgrep', '-x', 'usermod']).then(({ code }) => code), wait).toBe(0);
      await host.must(['docker', 'kill', web]);
      await host.must(['rm', '/run/test-locked']);
      await expect.poll(() => passwd(user), wait).toContain(':After the kill:');
      await host.must(['docker', 'start', web]);
      await vi.waitFor(() => page.reload(), wait);
      const came = await door.outcome(walker);
      expect(came).toMatch(/\bok\b/);
      expect(await page.locator('main').textContent()).toMatch(/Settled/i);

      const change = new URL(page.url()).pathname;
      await setClocks(host, { aheadMs: 86_400_000 });
      await vi.waitFor(() => page.goto(origin + change), wait);
      expect(page.url()).toContain('/sign-in');
      await walk.signIn(walker, origin);
      await door.preview(walker, origin + change, `${change}/undo`);
      await door.begin(walker);
      expect(await door.outcome(walker)).toMatch(/\bok\b/);
      expect(await passwd(user)).toContain(`:${user} Example:`);
      const newest = (await host.readFile('/var/log/gatehouse/audit.jsonl')).trim().split('\n').at(-1) ?? '';
      expect(Date.parse(JSON.parse(newest).at)).toBeGreaterThan(Date.now() + 80_000_000);
      await setClocks(host, { aheadMs: 0 });
      await vi.waitFor(() => page.goto(origin), wait);
      expect(await host.must(['gatehouse-agent', 'verify'])).toMatch(/^ok:/);
    });

    it('lets a reviewer read the audit log and do nothing else', async () => {
      const link = await door.invite(walker, origin, { person: reviewer, role: 'reviewer' });
      const own = await somebody();
      await door.enter(own, link, reviewer.password);
      await own.page.goto(`${origin}/audit`);
      await expect.poll(() => own.page.locator('main').textContent(), wait).toContain('useradd');
      for (const path of ['/users', `/users/${user}`, '/accounts', '/groups', '/my-user'])
        expect((await own.page.goto(origin + path))?.status()).toBe(403);
      await own.page.goto(`${origin}/changes`);
      expect(await own.page.locator('form[action$="/undo"]').count()).toBe(0);
      const post = (path: string) =>
        own.page.evaluate(async path => {
          const browser = globalThis as unknown as { document: { querySelector(what: string): { value: string } } };
          const _csrf = browser.document.querySelector('[name=_csrf]').value;
          return (await fetch(path, { method: 'POST', body: new URLSearchParams({ _csrf, fullName: 'X' }) })).status;
        }, path);
      expect(await post(`/users/${user}/name`)).toBe(403);
      expect(await post('/audit/verify')).toBe(200);
      await own.page.context().close();
    });

    it('lets a member change their own password and keys, and sshd takes both', async () => {
      const key = `/tmp/${user}.key`;
      await host.must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'laptop', '-f', key]);
      await door.preview(walker, `${origin}/users/${user}`, `/users/${user}/shell`);
      await door.begin(walker);
      expect(await door.outcome(walker)).toMatch(/\bok\b/);
      const link = await door.invite(walker, origin, { person: member, role: 'member', user });
      const own = await somebody();
      await door.enter(own, link, member.password);
      expect((await own.page.goto(`${origin}/users`))?.status()).toBe(403);

      const change = { password: second, repeat: second };
      await door.preview(own, `${origin}/my-user`, '/my-user/password', change);
      await own.page.locator('form[action$="/run"] [name=code]').fill('not my password');
      await own.page.click('form[action$="/run"] button[type=submit]');
      expect(await own.page.locator('main').textContent()).toContain('This is not the password');
      await door.begin(own, first);
      expect(await door.outcome(own)).toMatch(/\bok\b/);
      await door.preview(own, `${origin}/my-user`, '/my-user/keys', { key: await host.readFile(`${key}.pub`) });
      await door.begin(own, second);
      expect(await door.outcome(own)).toMatch(/\bok\b/);
      await own.page.context().close();

      const signedIn = { code: 0, stdout: `${user}\n` };
      expect(await ssh(host, user, { key }, 'id', '-un')).toMatchObject(signedIn);
      expect(await ssh(host, user, { password: second }, 'id', '-un')).toMatchObject(signedIn);
      expect((await ssh(host, user, { password: first }, 'id', '-un')).stderr).toContain('Permission denied');
      expect([await samba(host, user, second), await samba(host, user, first)]).toEqual([0, 1]);

      // A phone was stolen: whoever runs the host takes the keys away that the member set.
      await door.preview(walker, `${origin}/users/${user}`, `/users/${user}/own-keys/revoke`);
      await door.begin(walker);
      expect(await door.outcome(walker)).toMatch(/\bok\b/);
      expect((await ssh(host, user, { key }, 'true')).stderr).toContain('Permission denied');
    });

    it('makes an administrator of the host by approval at its terminal, out of reach from then on', async () => {
      await door.preview(walker, `${origin}/users/${boss}`, `/users/${boss}/administrator`);
      await door.begin(walker);
      const said = await page.locator('#job-now code').textContent();
      const [, approval = ''] = /gatehouse-agent approve (\d+)/.exec(said ?? '') ?? [];
      await examine(page, 'waiting for approval');
      expect(await host.must(['id', '-Gn', boss])).not.toContain('sudo');
      const listed = await host.exec(['gatehouse-agent', 'approve'], { tty: true });
      expect(listed.stdout).toContain(approval);
      expect((await host.exec(['gatehouse-agent', 'approve', approval], { input: 'yes\n' })).stderr).toContain(
        'at a terminal',
      );
      expect(
        (await host.exec(['gatehouse-agent', 'approve', approval], { input: 'yes\n', tty: true, user: 'debian' })).code,
      ).not.toBe(0);
      const approved = await host.exec(['gatehouse-agent', 'approve', approval], { tty: true, input: 'yes\n' });
      expect(approved, approved.stdout).toMatchObject({ code: 0 });
      expect(await door.outcome(walker)).toMatch(/\bok\b/);
      expect(await host.must(['id', '-Gn', boss])).toContain('sudo');
      expect(await host.must(['getent', 'shadow', boss])).toMatch(new RegExp(`^${boss}:\\*:`));
      await page.goto(`${origin}/users/${boss}`);
      expect(page.url()).toBe(`${origin}/users`);
      await expect.poll(() => page.locator('main').textContent(), wait).toMatch(/sudo/);
    });

    it('lets an administrator who lost everything, the second step too, back in from the host', async () => {
      await page.goto(`${origin}/me/factors/app`);
      await door.proved(page);
      await door.addApp(page);
      await page.context().clearCookies();
      await door.signInAs(walker, origin, { ...walk.owner, name: '' });
      expect(page.url()).toContain('/sign-in/second');
      const recovered = await host.must(['docker', 'exec', web, 'node', 'web/main.ts', 'recover', walk.owner.login]);
      const link = /http:\S+/.exec(recovered)?.[0] ?? '';
      const fresh = 'found in the attic again';
      await door.enter(walker, link, fresh);
      expect((await page.goto(`${origin}/users`))?.status()).toBe(200);
      expect((await page.goto(link))?.status()).not.toBe(200);
      await page.context().clearCookies();
      await door.signInAs(walker, origin, { ...walk.owner, name: '', password: walk.owner.password });
      expect(await page.locator('nav').count()).toBe(0);
      await door.signInAs(walker, origin, { ...walk.owner, name: '', password: fresh });
      await page.waitForSelector('nav');
    });

    it('found nothing to complain of on any page', () => {
      expect(found).toEqual([]);
    });
  });
});

/** Holds the lock of the account tools until /run/test-locked is gone. */
const lockPasswd = `python3 -c "
import fcntl, os, time
f = open('/etc/.pwd.lock', 'w')
fcntl.lockf(f, fcntl.LOCK_EX)
open('/run/test-locked', 'w').close()
while os.path.exists('/run/test-locked'): time.sleep(0.05)
"`;
