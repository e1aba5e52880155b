// The frame in a real Chromium: no violation of the policy, nothing for axe-core to find, htmx carrying the token, and all of it without scripts too.
import express from 'express';
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  findingsEverywhere,
  type Listening,
  listen,
  openVisits,
  phone,
  type Visits,
  whyNoBrowser,
} from './chromium.fixture.ts';
import { type Feature, onlyAdministrators } from './feature.ts';
import { readList } from './list.ts';
import { administrator, openDashboard, setupToken, signInOn } from './visitor.fixture.ts';

const useradd = "/usr/sbin/useradd -m -K HOME_MODE=0700 -u 1007 -c 'Jo Example' jo";
const steps = [
  { title: 'Make the account and its home folder', rule: 'users.create', command: useradd, tone: 'ok', word: 'done' },
  {
    title: 'Allow a key',
    rule: 'keys.write',
    command: 'x'.repeat(300),
    diff: `-old\n+${'A'.repeat(300)}`,
    tone: 'busy',
    word: 'running',
  },
];
const running = {
  row: { id: 'c_1', title: 'Lock jo out', state: 'running', account: 'sam', started_at: 0, next: '/users/jo' },
  steps: [
    {
      position: 1,
      puts_back: null,
      says: 'Lock jo out',
      shown: ['usermod', '-L', 'jo'],
      tone: 'busy',
      word: 'running',
    },
  ],
  summary: { stays: [], putBack: [], stuck: [] },
  ...{ isLive: true, cursor: '0.0', mayAct: true, tone: 'busy' },
};

function parts(): Feature {
  const router = express.Router();
  const view = new URL('views/parts.fixture.pug', import.meta.url).pathname;
  const list = readList({}, { path: '/parts', sorts: ['login', 'name'] });
  const form = { typed: { code: '12' }, errors: { code: 'The code has six digits.' }, first: 'code' };
  router.get('/', (_req, res) => res.render(view, { title: 'Parts', steps, list, form, running }));
  router.post('/', (_req, res) => void res.send('answered'));
  return {
    path: '/parts',
    access: onlyAdministrators,
    router,
    nav: { text: 'app.name', icon: 'users', group: 'trust' },
  };
}

describe.skipIf(whyNoBrowser)('the dashboard in Chromium', { timeout: 120_000 }, () => {
  let listening: Listening;
  let visits: Visits;
  let origin: string;

  beforeAll(async () => {
    listening = await listen();
    const dashboard = await openDashboard({ features: () => [parts()], env: { GATEHOUSE_PORT: listening.port } });
    listening.serve(dashboard.app);
    origin = dashboard.deps.settings.origin;
    visits = await openVisits({ baseURL: origin });
  });
  afterAll(async () => {
    await visits?.browser.close();
    listening?.stop();
  });

  const open = (options?: BrowserContextOptions) => visits.open(options);
  const signedIn = async () => {
    const page = await open();
    await signInOn(page, '/parts');
    return page;
  };

  it('sets up without scripts, from the link to the first page', async () => {
    const page = await open({ javaScriptEnabled: false });
    await page.goto(`/setup?token=${setupToken}`);
    await page.fill('#name', administrator.name);
    await page.fill('#login', 'Not A Login');
    await page.click('button.primary');
    expect(await page.inputValue('#name')).toBe(administrator.name);
    await page.fill('#login', administrator.login);
    await page.fill('#password', administrator.password);
    await page.fill('#repeat', administrator.password);
    await page.click('button.primary');
    expect(page.url()).toBe(`${origin}/`);
    await page.click('text=Sign out');
    expect(await page.textContent('[role=status]')).toBe('You are signed out.');
    await page.close();
  });

  it('has nothing for axe-core to find, wide and narrow, light and dark', async () => {
    const page = await open();
    await page.goto('/sign-in');
    expect(await findingsEverywhere(page)).toEqual([]);
    await page.click('button.primary');
    await page.waitForSelector('#login:focus');
    expect(await findingsEverywhere(page)).toEqual([]);
    await signInOn(page, '/parts');
    await page.waitForSelector('#code:focus');
    expect(await findingsEverywhere(page)).toEqual([]);
    await page.setViewportSize(phone);
    await page.click('summary');
    expect(await findingsEverywhere(page)).toEqual([]);
    await page.goto('/nosuch');
    expect(await findingsEverywhere(page)).toEqual([]);
    await page.close();
  });

  it('says whose times it tells where the reader is elsewhere', async () => {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const [timezoneId, javaScriptEnabled, isSaid] of [
      [here, true, false],
      ['Pacific/Kiritimati', true, true],
      [here, false, true],
    ] as const) {
      const page = await open({ timezoneId, javaScriptEnabled });
      await signInOn(page, '/parts');
      expect(await page.getByText(`Times are those of the server: ${here}.`).isVisible()).toBe(isSaid);
      await page.close();
    }
  });

  it('sends the token with htmx, and shows a failure in place of the content with the focus on it', async () => {
    const page = await signedIn();
    await page.click('#ask');
    await page.waitForSelector('#answer:text-is("answered")');
    await page.click('#fail');
    await page.waitForSelector('#main h1:has-text("no such page")');
    expect(await page.locator('nav.nav').count()).toBe(1);
    await page.waitForSelector('#main:focus');
    await page.close();
  });

  it('keeps to the keyboard: past the navigation, and to the search by a stroke', async () => {
    const page = await signedIn();
    await page.goto('/nosuch');
    await page.keyboard.press('Tab');
    expect(await page.textContent(':focus')).toBe('Skip to content');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#main:focus');
    await page.goto('/parts');
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement.type')).toBe('search');
    await page.close();
  });

  it('is dark at once where that was chosen', async () => {
    const page = await open();
    await page.goto('/sign-in');
    await page.click('button[value=dark]');
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(15, 20, 25)');
    await page.close();
  });

  it('never broke the policy on the way', () => {
    expect(visits.complaints).toEqual([]);
  });
});
