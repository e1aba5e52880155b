// The frame in a real Chromium: no violation of the policy, nothing for axe-core to find, htmx carrying the token, and all of it without scripts too.
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Feature, onlyAdministrators } from './feature.ts';
import { readList } from './list.ts';
import { administrator, openDashboard, setupToken } from './visitor.fixture.ts';

const chromiumPath = '/usr/bin/chromium';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const sizes = [
  { width: 1280, height: 900 },
  { width: 360, height: 740 },
];
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

function parts(): Feature {
  const router = express.Router();
  const view = new URL('views/parts.fixture.pug', import.meta.url).pathname;
  const list = readList({}, { path: '/parts', sorts: ['login', 'name'] });
  const form = { typed: { code: '12' }, errors: { code: 'The code has six digits.' }, first: 'code' };
  router.get('/', (_req, res) => res.render(view, { title: 'Parts', steps, list, form }));
  router.post('/', (_req, res) => void res.send('answered'));
  return {
    path: '/parts',
    access: onlyAdministrators,
    router,
    nav: { text: 'app.name', icon: 'users', group: 'trust' },
  };
}

describe.skipIf(!existsSync(chromiumPath))('the dashboard in Chromium', { timeout: 60_000 }, () => {
  let browser: Browser;
  let server: Server;
  let origin: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const port = String((server.address() as AddressInfo).port);
    const dashboard = await openDashboard({ features: () => [parts()], env: { GATEHOUSE_PORT: port } });
    server.on('request', dashboard.app);
    origin = dashboard.deps.settings.origin;
    const flags =
      '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
    browser = await chromium.launch({ executablePath: chromiumPath, args: flags.split(' ') });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  const open = async (options: { javaScriptEnabled?: boolean } = {}) => {
    const page = await browser.newPage({ baseURL: origin, ...options });
    page.on('console', message => {
      if (message.type() === 'error' && !/status of (403|404|422)/.test(message.text()))
        complaints.push(message.text());
    });
    return page;
  };
  const signIn = async (page: Page) => {
    await page.goto('/sign-in?next=/parts');
    await page.fill('#login', administrator.login);
    await page.fill('#password', administrator.password);
    await page.click('button.primary');
  };
  const inspect = async (page: Page) => {
    for (const size of sizes) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        await page.evaluate(axe);
        const found = await page.evaluate(
          'axe.run().then(result => result.violations.map(one => one.id + " " + one.nodes[0].html))',
        );
        const where = `${page.url()} ${size.width} ${colorScheme}`;
        expect(found, where).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), where).toBeLessThanOrEqual(0);
      }
    }
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
    await inspect(page);
    await page.click('button.primary');
    await page.waitForSelector('#login:focus');
    await inspect(page);
    await signIn(page);
    await page.waitForSelector('#code:focus');
    await inspect(page);
    await page.setViewportSize(sizes[1]!);
    await page.click('summary');
    await inspect(page);
    await page.goto('/nosuch');
    await inspect(page);
    await page.close();
  });

  it('sends the token with htmx, and shows a failure in place of the content with the focus on it', async () => {
    const page = await open();
    await signIn(page);
    await page.click('#ask');
    await page.waitForSelector('#answer:text-is("answered")');
    await page.click('#fail');
    await page.waitForSelector('#main h1:has-text("no such page")');
    expect(await page.locator('nav.nav').count()).toBe(1);
    await page.waitForSelector('#main:focus');
    await page.close();
  });

  it('keeps to the keyboard: past the navigation, and to the search by a stroke', async () => {
    const page = await open();
    await signIn(page);
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
    expect(complaints).toEqual([]);
  });
});
