// Takes the pictures of docs/screenshots/ from a dashboard in dummy mode: `node test/browser/screenshots.ts [FOLDER] [LANGUAGE]`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { Client } from '../bench/client.ts';
import { openBrowser } from './chromium.ts';
import { type Dashboard, startDashboard } from './dashboard.ts';
import * as door from './door.ts';
import * as walk from './walk.ts';

const [folder = join(import.meta.dirname, '../../docs/screenshots'), locale = 'en-GB'] = process.argv.slice(2);
const mostBytes = 80_000;
const sizes = [
  { width: 1280, height: 800 },
  { width: 360, height: 740 },
] as const;

const family = [
  ['alex', 'Alex Example'],
  ['guest-room', 'Guest room tablet'],
  ['jo', "Jo O'Example"],
  ['kim', 'Kim Example'],
  ['zoe', 'Zoë Example'],
] as const;
const password = 'four words in a row';
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBUbkFyXlqH8hBYvXtsf4zcXWZTXCZLXtBAbUW5Dlzvk laptop';

const [browser, dashboard] = await Promise.all([openBrowser(), startDashboard()]);
try {
  const { origin } = dashboard;
  mkdirSync(folder, { recursive: true });
  const page = await newPage(browser);
  const look = async (what: string) => {
    if (what === 'setup') await shoot(page, what);
    if (what === 'overview') await shoot(page, 'first');
  };
  const { preview, done, account, member } = await live({ page, code: async () => '000000', look }, dashboard);
  const pages = {
    overview: '/?range=hour',
    users: '/users',
    user: '/users/alex',
    'user-new': '/users/new',
    groups: '/groups',
    host: '/host',
    preview,
    change: done,
    changes: '/changes',
    audit: '/audit',
    'audit-entry': '/audit/8',
    'audit-check': '/audit/verify',
    rules: '/rules',
    'rules-try': '/rules/try',
    accounts: '/accounts',
    account,
    me: '/me',
    factors: '/me/factors',
  };
  for (const [name, path] of Object.entries(pages)) await shoot(page, name, origin + path);
  await shoot(member, 'my-user', `${origin}/my-user`);
  await shoot(await newPage(browser), 'sign-in', `${origin}/sign-in`);
} finally {
  await browser.close();
  await dashboard.stop();
}

async function newPage(browser: Browser): Promise<Page> {
  return (await browser.newContext({ locale, reducedMotion: 'reduce' })).newPage();
}

/** A household that uses it: users, groups, keys, one deleted and put back, one refusal, a member; and a preview that waits. */
async function live(walker: walk.Walker, { origin, setupLink, folder }: Dashboard) {
  const { page } = walker;
  await walk.setUp(walker, setupLink);
  await walk.signIn(walker, origin);
  for (const [login, fullName] of family) await walk.makeUser(walker, origin, login, fullName);
  for (const login of ['alex', 'jo', 'zoe']) await walk.setPassword(walker, origin, login, password);
  await walk.addKey(walker, origin, 'alex', key);
  await walk.deleteUser(walker, origin, 'kim');
  const done = new URL(page.url()).pathname;
  await walk.rename(walker, origin, 'guest-room', 'Guest room');
  await door.preview(walker, `${origin}/groups`, '/groups', { name: 'children' });
  await door.begin(walker);
  await door.outcome(walker);
  await door.preview(walker, `${origin}/users/zoe`, '/users/zoe/groups', { group: 'children' });
  await door.begin(walker);
  await door.outcome(walker);
  const person = { login: 'zoe', name: 'Zoë Example', password: 'a few words of her own' };
  const link = await door.invite(walker, origin, { person, role: 'member', user: 'zoe' });
  const member = await newPage(browser);
  await door.enter({ page: member, code: async () => '' }, link, person.password);
  await page.goto(`${origin}/accounts`);
  const account = (await page.getAttribute('td a:text-is("zoe")', 'href')) ?? '';
  const client = await Client.connect(join(folder, 'run/agent.sock'));
  await client.ask({ cmd: 'usermod', args: ['-aG', 'sudo', 'jo'], actor: { account: 'sam', ip: '192.168.1.7' } });
  client.close();
  await page.goto(`${origin}/users/new`);
  await page.fill('[name=login]', 'robin');
  await page.fill('[name=fullName]', 'Robin Example');
  await page.fill('[name=password]', password);
  await page.fill('[name=repeat]', password);
  await page.click('form[action="/users"] button[type=submit]');
  await page.waitForURL(/\/changes\//);
  const preview = new URL(page.url()).pathname;
  // A few readings of the host make the charts of the overview.
  await page.waitForTimeout(40_000);
  return { preview, done, account, member };
}

/** WebP has a fifth of the bytes of a PNG. */
async function shoot(page: Page, name: string, address = page.url()): Promise<void> {
  await page.goto(address);
  const session = await page.context().newCDPSession(page);
  for (const { width, height } of sizes)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      // Charts are drawn again in other colours.
      await page.evaluate(
        'scrollTo(0, 0), new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))',
      );
      const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 85 });
      const path = join(folder, `${name}-${width}-${colorScheme}.webp`);
      const bytes = Buffer.from(data, 'base64');
      if (bytes.length > mostBytes) throw new Error(`${path} has ${bytes.length} bytes, more than ${mostBytes}`);
      writeFileSync(path, bytes);
    }
}
