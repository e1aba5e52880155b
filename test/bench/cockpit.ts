// Gatehouse and Debian's Cockpit on one real host, in one run and in turns: from the click on "sign in" to the first list of accounts.
import type { Browser, Page } from 'playwright-core';
import { openBrowser, whyNoBrowser } from '../browser/chromium.ts';
import { owner, setUp } from '../browser/walk.ts';
import { install } from '../host/install.ts';
import { networkOf, origin, setupLink } from '../host/installed.ts';
import { startHost, type TestHost, whyNoHost } from '../host/start.ts';
import { median } from './measure.ts';
import type { Row } from './report.ts';
import { type FirstList, signInTo } from './sign-in.ts';

const users = 200;
const rounds = 5;
const admin = { login: 'caretaker', password: 'a few plain words' };

export async function measureBesideCockpit(): Promise<{ rows: Row[]; remarks: string[] }> {
  const why = whyNoHost() ?? whyNoBrowser;
  if (why) return { rows: [rowOf(Number.NaN, Number.NaN)], remarks: [`Beside Cockpit: ${why}`] };
  const host = await startHost();
  try {
    const version = await furnish(host);
    const browser = await openBrowser(await networkOf(host));
    const page = await browser.newPage();
    await setUp({ page, code: async () => '' }, await setupLink(host));
    await page.close();
    const [ours, theirs]: [FirstList[], FirstList[]] = [[], []];
    for (let n = 0; n < rounds; n++) {
      ours.push(await gatehouse(browser));
      theirs.push(await cockpit(browser));
    }
    await browser.close();
    const [a, b] = [typical(ours), typical(theirs)];
    const told = ({ ms, bytes, requests }: FirstList) =>
      `${Math.round(ms)} ms, ${(bytes / 1000).toFixed(1)} kB, ${requests} requests`;
    return {
      rows: [rowOf(a.ms / b.ms, a.bytes / b.bytes)],
      remarks: [`On a test host with ${users} users, in turns: Gatehouse ${told(a)}; Cockpit ${version} ${told(b)}.`],
    };
  } finally {
    await host.stop();
  }
}

const times = (value: number) => `${value.toFixed(2)}×`;

function rowOf(time: number, weight: number): Row {
  return {
    what: `web: sign-in to the first list of ${users} users, against Cockpit on the same host: time; weight`,
    figures: [
      { value: time, atLeast: 1, aim: 0.5, show: times },
      { value: weight, atLeast: 1, aim: 0.1, show: times },
    ],
  };
}

/** Gatehouse as docs/install-by-hand.md says, Cockpit as Debian has it, one list of accounts for both. Gives Cockpit's version. */
async function furnish(host: TestHost): Promise<string> {
  await install(host);
  const socket = '/run/gatehouse/agent.sock';
  const make = ['/opt/gatehouse/node/bin/node', '/opt/gatehouse/test/bench/make-users.ts', socket, `${users}`];
  await host.must(make, { user: 'gatehouse', timeoutMs: 300_000 });
  // Cockpit lists nobody without a shell.
  await host.must(['sed', '-i', '/:User Number /s#/usr/sbin/nologin$#/bin/bash#', '/etc/passwd']);
  const quietly = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 300_000 };
  await host.must(['apt-get', 'update', '-qq'], quietly);
  const parts = ['cockpit-ws', 'cockpit-bridge', 'cockpit-system'];
  await host.must(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...parts], quietly);
  await host.must(['useradd', '-m', '-s', '/bin/bash', '-G', 'sudo', admin.login]);
  await host.must(['chpasswd'], { input: `${admin.login}:${admin.password}\n` });
  await host.must(['systemctl', 'start', 'cockpit.socket']);
  return (await host.must(['dpkg-query', '-W', 'cockpit-ws'])).replace('cockpit-ws\t', '');
}

const gatehouse = (browser: Browser) =>
  signInTo(browser, {
    page: `${origin}/sign-in?next=/users`,
    fields: { '[name=login]': owner.login, '[name=password]': owner.password },
    button: 'main button[type=submit]',
    shown: (page: Page) => page.waitForSelector('#users tbody tr'),
  });

const cockpit = (browser: Browser) =>
  signInTo(browser, {
    page: 'http://127.0.0.1:9090/users',
    fields: { '#login-user-input': admin.login, '#login-password-input': admin.password },
    button: '#login-button',
    shown: (page: Page) =>
      page
        .frameLocator('iframe[name*="users"]')
        .getByText('user-1', { exact: true })
        .first()
        .waitFor({ timeout: 90_000 }),
  });

const typical = (measured: readonly FirstList[]): FirstList => ({
  ms: median(measured.map(({ ms }) => ms)),
  bytes: median(measured.map(({ bytes }) => bytes)),
  requests: median(measured.map(({ requests }) => requests)),
});
