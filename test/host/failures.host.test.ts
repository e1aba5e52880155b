// What goes wrong on a home server, on a real host and seen in the browser: a full disk, an agent that is gone or killed, wrong codes.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBrowser, whyNoBrowser } from '../browser/chromium.ts';
import * as walk from '../browser/walk.ts';
import type { Authenticator } from './enrol.ts';
import type { TestHost } from './host.ts';
import { enrolAnew, leftBehind, networkOf, newDashboard, origin, sharedHost } from './installed.ts';
import { whyNoHost } from './start.ts';

const why = whyNoHost() ?? whyNoBrowser;
if (why) console.warn(`skipped: ${why}`);
/** The unit is active before the agent listens. */
const start = `systemctl start gatehouse-agent && until [ "$(stat -c %G /run/gatehouse/agent.sock)" = gatehouse ]; do sleep 0.1; done`;
const wait = { timeout: 120_000, interval: 250 };

describe.skipIf(why)('on a real host, the dashboard', () => {
  let host: TestHost;
  let app: Authenticator;
  let browser: Browser;
  let page: Page;
  let walker: walk.Walker;
  const sh = (script: string) => host.must(['sh', '-c', script], { timeoutMs: 120_000 });
  const shown = async (path: string) => {
    const response = await page.goto(`${origin}${path}`);
    expect(response?.status(), path).toBe(200);
    return (await page.locator('body').textContent()) ?? '';
  };
  const fullName = async (login: string) => (await host.exec(['getent', 'passwd', login])).stdout.split(':')[4];
  /** What the page says instead of doing it. */
  const refusal = async (act: Promise<void>) =>
    (
      await act.then(
        () => new Error('it was done'),
        (error: Error) => error,
      )
    ).message;
  const rename = (name: string) => walk.rename(walker, origin, 'ida', name);

  beforeAll(async () => {
    host = await sharedHost();
    app = await enrolAnew(host);
    const link = await newDashboard(host);
    browser = await openBrowser(await networkOf(host));
    page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    walker = { page, code: () => app.again(host) };
    await walk.setUp(walker, link);
    await walk.signIn(walker, origin);
    await walk.makeUser(walker, origin, 'ida', 'Ida');
  });
  afterAll(async () => {
    await browser?.close();
    await host?.exec([
      'sh',
      '-c',
      'systemctl start gatehouse-agent; pdbedit -d0 -x -u ida; userdel -f -r ida; userdel -f -r jon',
    ]);
  });

  describe('when the disk of the audit log is full', () => {
    const log = '/var/log/gatehouse';
    beforeAll(() =>
      sh(`systemctl stop gatehouse-agent && cp -a ${log} /root/log.kept && mount -t tmpfs -o size=90m,mode=0750 tmpfs ${log} &&
        cp -a /root/log.kept/. ${log}/ && rm -r /root/log.kept && ${start}`),
    );
    afterAll(() =>
      sh(`systemctl stop gatehouse-agent; rm -f ${log}/fill; cp -a ${log} /root/log.kept; umount ${log};
        cp -a /root/log.kept/. ${log}/ && rm -r /root/log.kept && ${start}`),
    );

    it('runs while there is room', () => vi.waitFor(() => rename('With room'), wait));

    it('runs nothing, and says so in words', async () => {
      await sh(`fallocate -l 40M ${log}/fill`);
      const before = await host.snapshot();
      await expect.poll(() => shown('/'), wait).toContain('audit log full');
      expect(await shown('/')).toContain('cannot be written: nothing runs');
      expect(await refusal(rename('Without room'))).toMatch(/nothing runs until there is more room/);
      expect(await refusal(walk.setPassword(walker, origin, 'ida', 'a good password'))).toMatch(/audit log/);
      expect(await fullName('ida')).toBe('With room');
      expect(leftBehind(before, await host.snapshot())).toBe('');
      expect(await shown('/users')).toContain('With room');
    });

    it('goes on by itself when there is room again', async () => {
      await sh(`rm ${log}/fill`);
      await vi.waitFor(() => rename('Room again'), wait);
      expect(await fullName('ida')).toBe('Room again');
      expect(await shown('/')).toContain('agent running');
      expect(await host.must(['gatehouse-agent', 'verify'])).toMatch(/^ok: /);
    });
  });

  describe('when the agent is gone', () => {
    it('opens every page and says what is stale', async () => {
      for (const path of ['/', '/users/ida', '/audit']) await shown(path);
      expect(await shown('/users')).toContain('Room again');
      await sh('systemctl stop gatehouse-agent');
      for (const path of ['/', '/users', '/users/ida'])
        await expect.poll(() => shown(path), { ...wait, message: path }).toMatch(/The agent .*does not answer/);
      expect(await shown('/audit')).toContain('agent gone');
      expect(await shown('/users')).toMatch(/This is what it said at .*nothing can be changed until it is back/);
      expect(await shown('/users')).toContain('Room again');
      expect(await shown('/changes')).toContain('Rename user ida');
    });

    it('refuses an act with a sentence, and changes nothing', async () => {
      const said = await refusal(rename('Nobody there'));
      expect(said).toMatch(
        /The agent on the host does not answer \(.+\), so nothing can be previewed or run. Nothing was changed/,
      );
      expect(await fullName('ida')).toBe('Room again');
    });

    it('goes on by itself when it is back', async () => {
      await sh(start);
      await vi.waitFor(() => rename('Back again'), wait);
      expect(await fullName('ida')).toBe('Back again');
      for (const path of ['/', '/users', '/users/ida', '/audit'])
        expect(await shown(path), path).not.toMatch(/does not answer|agent gone/);
    });
  });

  describe('when the agent is killed in the middle of an act', () => {
    const entries = async () =>
      (await host.readFile('/var/log/gatehouse/audit.jsonl'))
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as Record<string, unknown>);

    it('tells the truth: nobody saw how it ended', async () => {
      const holding =
        'import fcntl, time; f = open("/etc/.pwd.lock", "w"); fcntl.lockf(f, fcntl.LOCK_EX); time.sleep(60)';
      const name = 'While it was killed';
      await sh(`python3 -c '${holding}' >/dev/null 2>&1 & echo $! > /run/holder`);
      const { n: last } = (await entries()).at(-1) as { n: number };
      const running = refusal(rename(name));
      const intent = () =>
        entries().then(all =>
          all.find(
            ({ n, kind, argv }) => Number(n) > last && kind === 'intent' && Array.isArray(argv) && argv.includes(name),
          ),
        );
      await expect.poll(intent, wait).toBeDefined();
      const { n } = (await intent()) as { n: number };
      await sh('systemctl kill --kill-whom=main -s KILL gatehouse-agent; kill $(cat /run/holder); rm /run/holder');
      expect(await running).toContain('Nobody knows how');
      await expect
        .poll(() => entries().then(all => all.find(({ of }) => of === n)), wait)
        .toMatchObject({ kind: 'unknown' });
      expect(await host.must(['gatehouse-agent', 'verify'])).toMatch(/^ok: /);
      expect(await host.must(['systemctl', 'is-active', 'gatehouse-agent'])).toBe('active');
      expect(await shown('/changes')).toContain('interrupted');
      await expect.poll(() => shown('/users'), wait).toContain(String(await fullName('ida')));
    });

    it('and the next act runs', async () => {
      await vi.waitFor(() => rename('After the kill'), wait);
      expect(await fullName('ida')).toBe('After the kill');
    });
  });

  describe('when five wrong codes were given', () => {
    const password = 'a password for ida';
    it('pauses, and takes not even the right one', async () => {
      const right = walker.code;
      walker.code = async () => app.wrong();
      for (let i = 1; i < 5; i++)
        expect(await refusal(walk.setPassword(walker, origin, 'ida', password))).toContain(`${i} wrong in a row`);
      expect(await refusal(walk.setPassword(walker, origin, 'ida', password))).toContain('No code is taken until');
      walker.code = () => app.next();
      const refused = await refusal(walk.setPassword(walker, origin, 'ida', password));
      expect(refused).toMatch(
        /No code is taken until .* after 5 wrong ones: wait, or run gatehouse-agent confirm unlock on the host/,
      );
      walker.code = right;
      expect(await host.must(['passwd', '-S', 'ida'])).toMatch(/^ida L /);
      expect(await host.must(['journalctl', '--no-pager', '-u', 'gatehouse-agent', '-n', '20'])).toMatch(/pause|lock/i);
    });

    it('lets acts without a code go on meanwhile', async () => {
      await rename('Meanwhile');
      expect(await fullName('ida')).toBe('Meanwhile');
    });

    it("opens at the host's terminal", async () => {
      const unlock = ['gatehouse-agent', 'confirm', 'unlock'];
      expect((await host.exec(unlock)).code).toBe(1);
      const unlocked = await host.exec(unlock, { tty: true });
      expect(unlocked).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/Codes are taken again. Before: 5 wrong codes in a row/),
      });
      walker.code = () => app.next();
      await walk.setPassword(walker, origin, 'ida', password);
      expect(await host.must(['passwd', '-S', 'ida'])).toMatch(/^ida P /);
    });
  });
});
