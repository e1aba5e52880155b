// The main job of issue 2 on a real host that was installed by docs/install-by-hand.md: in Chromium, with and without JavaScript.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findings } from '../../web/chromium.fixture.ts';
import { openBrowser, whyNoBrowser } from '../browser/chromium.ts';
import * as walk from '../browser/walk.ts';
import { type Authenticator, enrol } from './enrol.ts';
import { samba, ssh } from './enter.ts';
import { blocks, follow, install } from './install.ts';
import { networkOf, newDashboard, origin, setupLink, web } from './installed.ts';
import { type Difference, diff, describe as inWords, type Snapshot } from './snapshot.ts';
import { startHost, type TestHost, whyNoHost } from './start.ts';

const why = whyNoHost() ?? whyNoBrowser;
if (why) console.warn(`skipped: ${why}`);
const wait = { timeout: 120_000, interval: 300 };

describe.skipIf(why)('on a host that was installed by hand', () => {
  let host: TestHost;
  let bare: Snapshot;
  let app: Authenticator;
  let browser: Browser;
  beforeAll(async () => {
    host = await startHost();
    bare = await host.snapshot();
    await install(host);
    app = await enrol(host);
    browser = await openBrowser(await networkOf(host));
  });
  afterAll(async () => {
    await browser?.close();
    await host?.stop();
  });

  describe('the dashboard', () => {
    const inside = (...argv: string[]) => host.exec(['docker', 'exec', web, ...argv]);

    it('is the user gatehouse of the host, and nothing more', async () => {
      const ids = await host.must(['sh', '-c', 'echo $(id -u gatehouse) $(id -g gatehouse)']);
      const status = (await inside('cat', '/proc/self/status')).stdout;
      const [uid, gid] = ids.split(' ');
      expect(status).toMatch(
        new RegExp(`^Uid:\t${uid}\t${uid}\t${uid}\t${uid}\nGid:\t${gid}\t${gid}\t${gid}\t${gid}$`, 'm'),
      );
      expect(/^Groups:(.*)$/m.exec(status)?.[1]?.trim().split(' ').filter(Boolean)).toEqual(expect.arrayContaining([]));
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        expect(status).toMatch(new RegExp(`^${set}:\t0{16}$`, 'm'));
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    });

    it('sees of the host only the folder of the socket', async () => {
      const [container] = JSON.parse(await host.must(['docker', 'inspect', web]));
      const mounts = container.Mounts.map(({ Type, Source, Destination, RW }: Record<string, unknown>) => ({
        Type,
        Destination,
        RW,
        ...(Type === 'bind' && { Source }),
      }));
      expect(mounts.sort((a: { Type: string }, b: { Type: string }) => a.Type.localeCompare(b.Type))).toEqual([
        { Type: 'bind', Source: '/run/gatehouse', Destination: '/run/gatehouse', RW: false },
        { Type: 'volume', Destination: '/var/lib/gatehouse-web', RW: true },
      ]);
      const { Privileged, PidMode, IpcMode, NetworkMode, UTSMode, UsernsMode, Devices, CapAdd } = container.HostConfig;
      expect({
        Privileged,
        PidMode,
        IpcMode,
        UTSMode,
        UsernsMode,
        Devices: Devices ?? [],
        CapAdd: CapAdd ?? [],
      }).toEqual({
        ...{ Privileged: false, PidMode: '', IpcMode: 'private', UTSMode: '', UsernsMode: '', Devices: [], CapAdd: [] },
      });
      expect(NetworkMode).toMatch(/^gatehouse_/);
    });

    it('has a root that it cannot write, and no program of its own making runs', async () => {
      for (const path of ['/odd', '/etc/odd', '/srv/gatehouse/web/odd', '/run/gatehouse/odd'])
        expect((await inside('touch', path)).stderr).toMatch(/Read-only file system|Permission denied/);
      expect(
        (await inside('sh', '-c', 'echo "#!/bin/sh" > /tmp/odd && chmod 755 /tmp/odd && /tmp/odd')).stderr,
      ).toContain('Permission denied');
      expect((await inside('touch', '/tmp/well', '/var/lib/gatehouse-web/well')).code).toBe(0);
      await inside('rm', '/tmp/well', '/var/lib/gatehouse-web/well');
    });

    it('holds no code of the agent', async () => {
      const find =
        "find / -xdev \\( -name 'host-agent*' -o -name koffi -o -name gatehouse-agent \\) -not -path '/proc/*'";
      expect((await inside('sh', '-c', find)).stdout).toBe('');
      expect((await inside('ls', '/srv/gatehouse')).stdout.split('\n')).toEqual(
        expect.arrayContaining(['allowlist', 'web']),
      );
    });
  });

  it('the unit is rated at 4.0 or better', async () => {
    const rated = await host.exec([
      'systemd-analyze',
      'security',
      '--no-pager',
      '--threshold=40',
      'gatehouse-agent.service',
    ]);
    expect(rated, rated.stdout.slice(-200)).toMatchObject({ code: 0 });
  });

  describe.each([
    {
      title: 'with JavaScript',
      javaScriptEnabled: true,
      login: 'kim-1',
      names: ["Jo O'Neil", 'Zoë Müller-Ünal'],
      password: 'four $words "and" ä fish',
    },
    {
      title: 'without JavaScript',
      javaScriptEnabled: false,
      login: 'lee',
      names: ['李雷', 'Lee Übel'],
      password: " back\\slash 'and' пароль ",
    },
  ])('the main job $title', ({ javaScriptEnabled, login, names: [first = '', second = ''], password }) => {
    const key = `/tmp/${login}.key`;
    const found: string[] = [];
    let page: Page;
    let walker: walk.Walker;
    let before: Snapshot;

    beforeAll(async () => {
      page = await browser.newPage({ javaScriptEnabled });
      page.on(
        'console',
        message =>
          message.type() === 'error' && !message.text().includes('status of 404') && found.push(message.text()),
      );
      page.on('pageerror', error => found.push(error.message));
      // With scripts each code is waited for, as an owner would; half a minute each is enough once.
      const code = () => (javaScriptEnabled ? app.next() : app.again(host));
      walker = { page, code, look: () => examine() };
      await host.must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', `${login}@laptop`, '-f', key]);
    });
    afterAll(() => page?.close());

    async function examine(): Promise<void> {
      if (javaScriptEnabled) found.push(...(await findings(page)).map(fault => `${page.url()} ${fault}`));
    }
    const shown = async (path: string) => {
      await page.goto(`${origin}${path}`);
      return (await page.locator('main').textContent()) ?? '';
    };
    const account = async () => (await host.exec(['getent', 'passwd', login])).stdout.trim();
    const verified = async () => expect(await host.must(['gatehouse-agent', 'verify'])).toMatch(/^ok: \d+ entries$/);

    it('sets Gatehouse up with the token, and signs in', async () => {
      const link = javaScriptEnabled ? await setupLink(host) : await newDashboard(host);
      before = await host.snapshot();
      await walk.setUp(walker, link);
      await walk.signIn(walker, origin);
      expect((await page.goto(link))?.status()).toBe(404);
    });

    it('makes a user', async () => {
      await walk.makeUser(walker, origin, login, first);
      expect(await account()).toMatch(new RegExp(`^${login}:x:\\d+:100:${first}:/home/${login}:/usr/sbin/nologin$`));
      expect(await shown('/users')).toContain(first);
      expect(await host.must(['stat', '-c', '%U %a', `/home/${login}`])).toBe(`${login} 700`);
      await host.must(['sh', '-c', 'echo "a poem" > ~/poem.txt && chmod 640 ~/poem.txt'], {
        user: login,
        env: { HOME: `/home/${login}` },
      });
      await verified();
    });

    it('sets a password with a one-time code', async () => {
      expect(await host.must(['pdbedit', '-d0', '-L'])).not.toContain(`${login}:`);
      await walk.setPassword(walker, origin, login, password);
      expect(await samba(host, login, password)).toBe(0);
      expect(await samba(host, login, `${password}!`)).toBe(1);
      expect(await host.must(['passwd', '-S', login])).toMatch(new RegExp(`^${login} P `));
      expect(await shown(`/users/${login}`)).toContain('password set');
      await verified();
    });

    it('changes the full name', async () => {
      await walk.rename(walker, origin, login, second);
      expect(await account()).toContain(`:${second}:`);
      const users = await shown('/users');
      expect(users).toContain(second);
      expect(users).not.toContain(first);
      await verified();
    });

    it('adds an SSH key, and sshd takes it', async () => {
      expect((await ssh(host, login, { key }, 'true')).stderr).toContain('Permission denied (publickey');
      await walk.addKey(walker, origin, login, await host.readFile(`${key}.pub`));
      expect(await shown(`/users/${login}`)).toContain(`${login}@laptop`);
      const { stdout, stderr } = await ssh(host, login, { key }, 'true');
      expect(stderr).toMatch(/Authenticated to localhost .* using "publickey"/);
      expect(stdout).toContain('This account is currently not available.');
      const journal = () =>
        host.must(['journalctl', '--no-pager', '-u', 'ssh', '-g', `Accepted publickey for ${login} `]);
      await expect.poll(journal, wait).toContain('Accepted publickey');
      await verified();
    });

    it('deletes the user', async () => {
      await walk.deleteUser(walker, origin, login);
      expect(await account()).toBe('');
      expect((await host.exec(['ls', '-d', `/home/${login}`, `/etc/gatehouse/keys/${login}`])).stdout).toBe('');
      expect(await host.must(['stat', '-c', '%U %a', '/home/.gatehouse-trash'])).toBe('root 700');
      expect((await ssh(host, login, { key }, 'true')).stderr).toContain('Permission denied (publickey');
      expect(await shown('/users')).toMatch(new RegExp(`Deleted users[\\s\\S]*${login}`));
      await verified();
    });

    it('puts the user back, with number, home and keys', async () => {
      await walk.putBack(walker, origin, login);
      expect(await account()).toMatch(new RegExp(`^${login}:x:\\d+:100:${second}:/home/${login}:/usr/sbin/nologin$`));
      expect(await host.must(['stat', '-c', '%U %G %a', `/home/${login}/poem.txt`])).toBe(`${login} users 640`);
      expect(await host.readFile(`/home/${login}/poem.txt`)).toBe('a poem\n');
      expect((await ssh(host, login, { key }, 'true')).stderr).toContain('using "publickey"');
      expect(await host.must(['pdbedit', '-d0', '-L'])).not.toContain(`${login}:`);
      const users = await shown('/users');
      expect(users).toContain(second);
      expect(users).not.toContain('Deleted users');
      await verified();
    });

    it('has changed what it says, and nothing else', async () => {
      const session = `user@${await host.must(['id', '-u', login])}.service`;
      await expect
        .poll(() => host.exec(['systemctl', 'is-active', session]).then(({ code }) => code), wait)
        .not.toBe(0);
      expect(keys(diff(before, await host.snapshot())).filter(key => !ofTheAgent.test(key))).toEqual(
        [
          ...['accounts', 'shadow', 'subuid', 'subgid'].map(section => `${section} ${login}`),
          ...['passwd', 'shadow', 'subuid', 'subgid'].map(file => `files /etc/${file}`),
          ...['', '/.bash_logout', '/.bashrc', '/.profile', '/poem.txt'].map(path => `files /home/${login}${path}`),
          `files /etc/gatehouse/keys/${login}`,
          ...(javaScriptEnabled
            ? [
                'files /home/.gatehouse-trash',
                'files /etc/gatehouse/keys/.gatehouse-trash',
                'files /etc/gatehouse/own-keys/.gatehouse-trash',
                'files /etc/gatehouse/keys/.gatehouse-staged',
              ]
            : []),
        ].sort(),
      );
    });

    it('shows all of it in the audit log and among the changes', async () => {
      await expect.poll(() => shown('/audit'), wait).toContain(`@untrash ${login}`);
      await examine();
      expect(await shown('/changes')).toContain(`Put user ${login} back`);
      await examine();
      await shown('/');
      await examine();
      const log = await host.readFile('/var/log/gatehouse/audit.jsonl');
      expect(log).not.toContain(JSON.stringify(password).slice(1, -1));
      expect(log).not.toContain('$6$');
    });

    it('found nothing to complain of on any page', () => {
      expect(found).toEqual([]);
    });
  });

  it('goes on by itself when the agent was restarted', async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    await walk.signIn({ page, code: () => app.next() }, origin);
    await host.restartUnit('gatehouse-agent');
    const rename = () => walk.rename({ page, code: () => app.next() }, origin, 'lee', 'After the restart');
    await vi.waitFor(rename, wait);
    await page.goto(origin);
    expect(await page.locator('body').textContent()).toContain('agent running');
    expect(await host.must(['getent', 'passwd', 'lee'])).toContain(':After the restart:');
    await page.close();
  });

  it('is taken away as the page says', async () => {
    for (const block of await blocks('sh uninstall')) await follow(host, block);
    const left = diff(bare, await host.snapshot());
    const stays = // the browser and npm's cache are the test's own
      /^(accounts|groups|shadow|gshadow|subuid|subgid) (gatehouse|kim-1|lee)$|^files (\/etc\/gatehouse|\/home)(\/|$)|^gatehouse \/|^containers (gatehouse_|gatehouse-web|<none>)|^files \/usr\/local\/share\/npm-cache|^sockets (udp 172\.|u_str \/tmp\/org\.chromium)|^files \/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-?$/;
    expect(inWords(left.filter(({ section, key }) => !stays.test(`${section} ${key}`)))).toBe('');
    expect((await host.exec(['systemctl', 'cat', 'gatehouse-agent'])).code).toBe(1);
    expect((await host.exec(['sshd', '-T', '-C', 'user=lee'])).stdout).not.toContain('/etc/gatehouse');
  });
});

/** What the agent remembers, what the account tools keep of the file before, Samba following the networks of Docker, the browser. */
const ofTheAgent =
  /^gatehouse \/|^sockets (udp 172\.|u_str \/tmp\/org\.chromium)|^files \/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/;

const keys = (differences: Difference[]): string[] => differences.map(({ section, key }) => `${section} ${key}`).sort();
