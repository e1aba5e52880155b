// The audit log, the rules, and the overview.
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import type { Hand } from '../hand.ts';
import type { Flow } from './house.ts';
import { send } from './house.ts';

export const audit: Flow = async ({ sam, scripts }) => {
  await sam.visit('/');
  await sam.follow('.nav a[href="/audit"]');
  if (scripts) {
    await sam.follow('a[href*="live=off"]');
    await sam.follow('.log-bar a:not([href*="live=off"], [download])');
  }
  await sam.set('.filters [name=q]', 'useradd');
  await sam.follow('.filters button');
  await sam.press('.filters summary');
  await sam.set('[name=user]', 'jo');
  await sam.follow('.filters button');
  await sam.follow('#entries td a[href^="/audit/"]');
  await sam.press('main details summary');
  await sam.follow('.pager a');
  await sam.visit('/audit');
  expect(await exported(sam, 'audit.csv')).toContain('useradd');
  expect(await exported(sam, 'audit.jsonl')).toContain('/usr/sbin/useradd');
  await sam.follow('a[href="/audit/verify"]');
  await send(sam, '/audit/verify');
  await sam.see('#verify .status.ok');
};

async function exported({ page, press }: Hand, name: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), press(`a[download][href*="${name}"]`)]);
  return text(await download.createReadStream());
}

export const rules: Flow = async ({ sam }) => {
  await sam.visit('/');
  await sam.follow('.nav a[href="/rules"]');
  await sam.set('.filters [name=q]', 'password');
  await sam.follow('.filters button');
  await sam.follow('a[href="/rules/try"]');
  await send(sam, '/rules/try', { line: 'rm -rf /' });
  await sam.see('#verdict .status.bad');
  await send(sam, '/rules/try', { line: 'usermod -c "Kim Example" kim' });
  await sam.see('#verdict .status.ok');
};

export const overview: Flow = async ({ sam, scripts }) => {
  await sam.visit('/');
  const asked = scripts && sam.page.waitForResponse(/\/overview\/now/, { timeout: 30_000 });
  await asked;
  for (const range of await sam.page.locator('.choices a').evaluateAll(all => all.map(a => a.getAttribute('href'))))
    await sam.follow(`.choices a[href="${range}"]`);
  if (scripts) await sam.see('.plot canvas');
};

/** On a phone the navigation is behind a button. */
export const menu: Flow = async ({ sam }) => {
  await sam.page.setViewportSize({ width: 360, height: 740 });
  await sam.press('.nav summary');
  await sam.follow('.nav details a[href="/changes"]');
  await sam.page.setViewportSize({ width: 1280, height: 900 });
};
