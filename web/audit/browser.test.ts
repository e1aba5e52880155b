// The trust pages in a real Chromium: live entries, pause, a check with progress, no violation of the policy, nothing for axe-core, and all of it without scripts.
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { told } from '../agent/fake-agent.fixture.ts';
import {
  desk,
  findings,
  type Listening,
  listen,
  openVisits,
  phone,
  type Visits,
  whyNoBrowser,
} from '../chromium.fixture.ts';
import { rule } from '../rules/rule.fixture.ts';
import { plan } from '../users/fake-host.fixture.ts';
import { signInOn, signOutBehind } from '../visitor.fixture.ts';
import { openTrust, type TrustHost } from './trust.fixture.ts';

describe.skipIf(whyNoBrowser)('the trust pages in Chromium', { timeout: 120_000 }, () => {
  let listening: Listening;
  let visits: Visits;
  let host: TrustHost;

  beforeAll(async () => {
    listening = await listen();
    host = await openTrust({ GATEHOUSE_PORT: listening.port });
    const answer = host.fake.answer;
    host.fake.answer = (request, ...rest) => {
      if (request.cmd === '@rules')
        return told({ rules: [rule('users.rename', { danger: 'Take care.', undo: 'users.rename' })] });
      return request.dryRun ? plan(request.cmd, request.args) : answer(request, ...rest);
    };
    listening.serve(host.dashboard.app);
    for (let count = 0; count < 60; count++) host.log.command(`u${count}`);
    visits = await openVisits({ baseURL: host.dashboard.deps.settings.origin });
  });
  afterAll(async () => {
    await visits?.browser.close();
    listening?.stop();
    await host?.close();
  });

  const open = async (path: string, options?: BrowserContextOptions) => {
    const page = await visits.open(options);
    await signInOn(page, path);
    return page;
  };
  const first = (page: Page) => page.locator('tbody tr').first();

  it('shows an entry that comes while somebody looks, above the others, and keeps the focus', async () => {
    const page = await open('/audit?rule=users.rename');
    const focused = page.locator('tbody tr').nth(2).locator('a').first();
    const before = await focused.getAttribute('href');
    await focused.focus();
    host.log.command('<img src=x onerror=alert(1)>\u202e');
    await page.waitForSelector('tbody tr:first-child:has-text("onerror")');
    expect(await first(page).textContent()).toContain('\\u{202e}');
    expect(await page.locator('tbody img').count()).toBe(0);
    expect(await page.locator('a:focus').getAttribute('href')).toBe(before);
    expect(new URL(page.url()).search).toBe('?rule=users.rename');
    host.log.add({ kind: 'intent', rule: 'users.rename', argv: ['/usr/sbin/usermod', '-c', 'X', 'slow'] });
    const slow = host.log.lines.length;
    await page.waitForSelector('tbody tr:first-child:has-text("running")');
    host.log.add({ kind: 'outcome', of: slow, code: 0, ms: 7 });
    await page.waitForSelector('tbody tr:first-child:has-text("done, 7 ms")');
    await page.close();
  });

  it('stands still while it is paused, and goes on from there', async () => {
    const page = await open('/audit');
    await page.click('#live a');
    await page.waitForSelector('text=paused');
    expect(await page.locator('[role=log]').count()).toBe(0);
    host.log.command('meanwhile');
    await page.click('text=Go on');
    await page.waitForSelector('#live');
    await page.waitForSelector('tbody tr:first-child:has-text("meanwhile")');
    await page.close();
  });

  it('checks the chain and says what came of it, without a click more', async () => {
    const page = await open('/audit/verify');
    await page.click('main button[type=submit]');
    await page.waitForSelector('text=The copy kept here is whole');
    await page.waitForSelector('text=The log on the host is whole and the same');
    await page.close();
  });

  it('shows and filters rules, and says what the agent would do', async () => {
    const page = await open('/rules');
    await page.waitForSelector('text=Take care.');
    await page.fill('main input[type=search]', 'nothing-like-it');
    await page.waitForSelector('text=No rule matches');
    await page.goto('/rules/try');
    await page.fill('#line', 'usermod -c "Jo Example" jo');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=A rule allows it');
    await page.close();
  });

  it('works without scripts', async () => {
    const page = await open('/audit', { javaScriptEnabled: false });
    host.log.command('new-one');
    await expect
      .poll(async () => {
        await page.click('text=Look again');
        return first(page).textContent();
      })
      .toContain('new-one');
    await page.click('summary:has-text("More filters")');
    await page.fill('input[name=user]', 'new-one');
    await page.click('main form[role=search] button');
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.click('tbody a');
    await page.waitForSelector('h1:has-text("Entry")');
    await page.goto('/audit/verify');
    await page.click('main button[type=submit]');
    await page.waitForSelector('text=Last check');
    await page.close();
  });

  it.each([desk, phone])('gives axe-core nothing to find and nothing too wide at $width px', async size => {
    const page = await open('/audit');
    await page.setViewportSize(size);
    for (const path of [
      '/audit',
      '/audit?user=u1&from=2026-01-01',
      '/audit/1',
      '/audit/verify',
      '/rules',
      '/rules/try',
    ]) {
      await page.goto(path);
      expect(await findings(page), path).toEqual([]);
    }
    await page.close();
  });

  it('leads to the sign-in page when the session ended, and from there back', async () => {
    const page = await open('/audit?rule=users.rename');
    await expect.poll(() => page.evaluate("Boolean(document.querySelector('#live')?._htmx?.sse)")).toBe(true);
    await signOutBehind(page);
    await page.waitForURL(/\/sign-in\?next=%2Faudit%3Frule%3Dusers.rename$/);
    await page.close();
  });

  it('has nothing that the policy of the page forbids', () => {
    expect(visits.complaints).toEqual([]);
  });
});
