// Takes the pictures of docs/screenshots/ from a dashboard in dummy mode: `node test/browser/screenshots.ts`.
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { Client } from '../bench/client.ts';
import { openBrowser } from './chromium.ts';
import { type Dashboard, startDashboard } from './dashboard.ts';
import * as walk from './walk.ts';

const folder = join(import.meta.dirname, '../../docs/screenshots');
const mostBytes = 150_000;
const looks = [
  { width: 1280, height: 800, colorScheme: 'light' },
  { width: 1280, height: 800, colorScheme: 'dark' },
  { width: 360, height: 740, colorScheme: 'light' },
] as const;

const family = [
  ['alex', 'Alex Example'],
  ['guest-room', 'Guest room tablet'],
  ['jo', "Jo O'Neil"],
  ['kim', 'Kim Example'],
  ['zoe', 'Zoë Example'],
] as const;
const password = 'four words in a row';
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBUbkFyXlqH8hBYvXtsf4zcXWZTXCZLXtBAbUW5Dlzvk laptop';

const [browser, dashboard] = await Promise.all([openBrowser(), startDashboard()]);
try {
  const page = await newPage(browser, dashboard);
  const preview = await live({ page, code: async () => '000000' }, dashboard);
  mkdirSync(folder, { recursive: true });
  for (const [name, path] of [
    ['overview', '/'],
    ['users', '/users'],
    ['preview', preview],
    ['audit', '/audit'],
  ] as const) {
    await page.goto(dashboard.origin + path);
    for (const { width, height, colorScheme } of looks) await shoot(page, name, width, height, colorScheme);
  }
} finally {
  await browser.close();
  await dashboard.stop();
}

async function newPage(browser: Browser, { origin }: Dashboard): Promise<Page> {
  return (await browser.newContext({ baseURL: origin })).newPage();
}

/** A household that uses it: users, keys, one deleted and put back, one refusal; gives the path of a preview that waits. */
async function live(walker: walk.Walker, { origin, setupLink, folder }: Dashboard): Promise<string> {
  const { page } = walker;
  await walk.setUp(walker, setupLink);
  await walk.signIn(walker, origin);
  for (const [login, fullName] of family) await walk.makeUser(walker, origin, login, fullName);
  for (const login of ['alex', 'jo', 'zoe']) await walk.setPassword(walker, origin, login, password);
  await walk.addKey(walker, origin, 'alex', key);
  await walk.deleteUser(walker, origin, 'kim');
  await walk.rename(walker, origin, 'guest-room', 'Guest room');
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
  // Two readings of the host make the charts of the overview, half a minute apart.
  await page.waitForTimeout(62_000);
  return preview;
}

async function shoot(page: Page, name: string, width: number, height: number, colorScheme: 'light' | 'dark') {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme });
  const path = join(folder, `${name}-${width}-${colorScheme}.png`);
  await page.screenshot({ path, animations: 'disabled' });
  const { size } = statSync(path);
  if (size > mostBytes) throw new Error(`${path} has ${size} bytes, more than ${mostBytes}`);
}
