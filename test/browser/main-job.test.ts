// The main job in a real Chromium on the simulated host: with scripts, without, and by keyboard alone; axe-core finds nothing on the way.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, whyNoBrowser } from './chromium.ts';
import { type Dashboard, startDashboard } from './dashboard.ts';
import * as walk from './walk.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const password = `four $words "and" 'a' \\fish ä`;
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBUbkFyXlqH8hBYvXtsf4zcXWZTXCZLXtBAbUW5Dlzvk laptop';

describe.skipIf(whyNoBrowser)('the main job', { timeout: 120_000 }, () => {
  let browser: Browser;
  let dashboard: Dashboard;

  beforeAll(async () => {
    [browser, dashboard] = await Promise.all([openBrowser(), startDashboard()]);
  });
  afterAll(async () => {
    await browser?.close();
    await dashboard?.stop();
  });

  const passwd = () => readFileSync(join(dashboard.folder, 'state/host/etc/passwd'), 'utf8');
  const open = async (options: object) =>
    (await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })).newPage();

  async function mainJob(walker: walk.Walker, login: string): Promise<void> {
    const { origin } = dashboard;
    await walk.makeUser(walker, origin, login, "Jo O'Neil");
    expect(passwd()).toMatch(new RegExp(`^${login}:x:\\d+:100:Jo O'Neil:/home/${login}:/usr/sbin/nologin$`, 'm'));
    await walk.setPassword(walker, origin, login, password);
    await walk.rename(walker, origin, login, 'Zoë');
    expect(passwd()).toContain(':Zoë:');
    await walk.addKey(walker, origin, login, key);
    expect(readFileSync(join(dashboard.folder, 'state/host/etc/gatehouse/keys', login), 'utf8')).toContain(
      key.split(' ')[1],
    );
    await walk.deleteUser(walker, origin, login);
    expect(passwd()).not.toContain(`${login}:`);
    await walk.putBack(walker, origin, login);
    expect(passwd()).toContain(`:Zoë:/home/${login}:`);
  }

  it('works with scripts, and axe-core finds nothing on any page of it, light or dark, wide or narrow', async () => {
    const page = await open({});
    const complaints: string[] = [];
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    let looks = 0;
    const look = async (what: string) => {
      const narrow = looks++ % 2 === 1;
      await page.emulateMedia({ colorScheme: looks % 3 === 0 ? 'dark' : 'light' });
      await page.setViewportSize(narrow ? { width: 360, height: 740 } : { width: 1280, height: 900 });
      complaints.push(...(await violations(page)).map(found => `${what}: ${found}`));
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
      if (overflow) complaints.push(`${what}: wider than a screen of ${narrow ? 360 : 1280} px`);
      await page.setViewportSize({ width: 1280, height: 900 });
    };
    const walker = { page, look, code: async () => '000000' };
    await walk.setUp(walker, dashboard.setupLink);
    await walk.signIn(walker, dashboard.origin);
    await mainJob(walker, 'jo');
    for (const path of ['/audit', '/changes', '/']) {
      await page.goto(dashboard.origin + path);
      await look(path);
    }
    expect(complaints).toEqual([]);
    expect(looks).toBeGreaterThan(20);
  });

  it('works without scripts', async () => {
    const page = await open({ javaScriptEnabled: false });
    const walker = { page, code: async () => '000000' };
    await walk.signIn(walker, dashboard.origin);
    await mainJob(walker, 'guest-room');
  });

  it('works by keyboard alone', async () => {
    const page = await open({});
    const type = (text: string) => page.keyboard.type(text);
    const press = (keys: string) => page.keyboard.press(keys);
    await page.goto(`${dashboard.origin}/sign-in`);
    await type(walk.owner.login);
    await press('Tab');
    await type(walk.owner.password);
    await press('Enter');
    await page.waitForSelector('nav');
    await press('Tab');
    expect(await focused(page)).toMatch(/skip/i);
    await tabTo(page, 'a[href="/users"]');
    await press('Enter');
    await page.waitForURL(/\/users$/);
    await tabTo(page, 'a[href="/users/new"]');
    await press('Enter');
    await page.waitForURL(/\/users\/new/);
    await tabTo(page, '[name=login]');
    await type('kim');
    await press('Tab');
    await type('Kim');
    await press('Enter');
    await page.waitForURL(/\/changes\//);
    await tabTo(page, 'form[action$="/run"] button');
    await press('Enter');
    await page.waitForSelector('main .note.ok');
    expect(passwd()).toContain('kim:');
  });
});

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}

/** Presses Tab until the wanted element has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await page.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)})`)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${selector} on ${page.url()}`);
}

function focused(page: Page): Promise<string> {
  return page.evaluate("document.activeElement?.className || document.activeElement?.outerHTML || ''");
}
