// Pages that were opened while the agent was gone, and what they become when it is back. Nobody loads them again.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findings } from '../../web/chromium.fixture.ts';
import { openBrowser, whyNoBrowser } from './chromium.ts';
import { type Dashboard, ended, startDashboard } from './dashboard.ts';
import { makeUser, setUp, signIn } from './walk.ts';

const login = 'a-login-that-is-as-long-as-any1';
let dashboard: Dashboard;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  if (whyNoBrowser) return;
  dashboard = await startDashboard();
  browser = await openBrowser();
  page = await (await browser.newContext()).newPage();
  const walker = { page, code: async () => '000000' };
  await setUp(walker, dashboard.setupLink);
  await signIn(walker, dashboard.origin);
  await makeUser(walker, dashboard.origin, login, 'Donaudampfschifffahrtsgesellschaft');
});
afterAll(async () => {
  await browser?.close();
  await dashboard?.stop();
});

it.skipIf(whyNoBrowser)(
  'say so, and are made anew by themselves, but for one where somebody has typed',
  async () => {
    const paths = ['/users', `/users/${login}`, '/groups', '/audit', '/rules'];
    for (const path of paths) await page.goto(dashboard.origin + path);
    await ended(dashboard.agent);
    const open = async (path: string) => {
      const opened = await page.context().newPage();
      // What was asked a moment ago is not asked again.
      const health = async () => {
        await opened.goto(dashboard.origin + path);
        return opened.locator('#host-health').textContent();
      };
      await expect.poll(health).toContain('gone');
      return opened;
    };
    const pages = await Promise.all(paths.map(open));
    const typed = await open(`/users/${login}`);
    await typed.fill('[name=fullName]', 'Half a na');
    // Said once, in the answer to an act: nothing may take it away.
    const said = await open('/accounts/new');
    for (const [name, value] of Object.entries({ login: 'rae', name: 'Rae Example' }))
      await said.fill(`[name=${name}]`, value);
    await said.selectOption('[name=role]', 'reviewer');
    await said.click('main form button[type=submit]');
    const link = said.getByText(/enter\?token=/).or(said.locator('input[value*="enter?token="]'));
    await link.first().waitFor();
    await dashboard.startAgentAgain();
    for (const opened of [...pages, typed]) {
      await opened.bringToFront();
      await expect.poll(() => opened.locator('#host-health').textContent()).toContain('running');
    }
    for (const opened of pages) await expect.poll(() => opened.locator('main .note.warn').count()).toBe(0);
    expect(await typed.inputValue('[name=fullName]')).toBe('Half a na');
    await said.bringToFront();
    await said.waitForTimeout(6_000);
    expect(await link.count()).toBeGreaterThan(0);
    for (const opened of [...pages, typed, said]) await opened.close();
  },
  180_000,
);

it.skipIf(whyNoBrowser)(
  'show the longest names whole, also on the narrowest phone',
  async () => {
    for (const width of [320, 360]) {
      await page.setViewportSize({ width, height: 740 });
      for (const path of ['/users', `/users/${login}`, '/audit', '/changes']) {
        await page.goto(dashboard.origin + path);
        for (const more of await page.locator('main details:not([open]) > summary').all()) await more.click();
        expect(await findings(page), `${width} ${path}`).toEqual([]);
      }
      await page.goto(`${dashboard.origin}/users/${login}`);
      await page.fill('[name=fullName]', 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz');
      await page.click(`form[action="/users/${login}/name"] button`);
      await page.waitForSelector('.steps');
      expect(await findings(page), `${width} preview`).toEqual([]);
    }
  },
  180_000,
);
