// What people do at the door, page by page: accounts, invitations, what a member does for themselves, a way back in. Works without JavaScript.
import type { Page } from 'playwright-core';
import { stepAt, totp } from '../../host-agent/confirmation/totp.ts';
import { owner, type Walker } from './walk.ts';

export interface Person {
  login: string;
  name: string;
  password: string;
}

/** An administrator makes an account; gives the link that invites its owner. */
export async function invite(
  { page, look }: Walker,
  origin: string,
  who: { person: Person; role: 'reviewer' | 'member'; user?: string },
): Promise<string> {
  await page.goto(`${origin}/accounts/new`);
  await proved(page);
  await look?.('new account');
  await page.fill('[name=login]', who.person.login);
  await page.fill('[name=name]', who.person.name);
  await page.selectOption('[name=role]', who.role);
  if (who.user) await page.selectOption('[name=user]', who.user);
  await page.click('form[action="/accounts"] button[type=submit]');
  await look?.('invitation');
  const link = await page.locator('code.cmd').textContent();
  if (!link?.startsWith(origin)) throw new Error(`no link, but ${await page.locator('main').textContent()}`);
  return link;
}

/** Follows a link that lets somebody in: they choose their password, and are signed in. */
export async function enter({ page, look }: Walker, link: string, password: string): Promise<void> {
  await page.goto(link);
  await look?.('enter');
  await page.fill('[name=password]', password);
  await page.fill('[name=repeat]', password);
  await page.click('form[action="/enter"] button[type=submit]');
  await page.waitForSelector('nav');
}

export async function signInAs({ page }: Walker, origin: string, { login, password }: Person): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.fill('[name=login]', login);
  await page.fill('[name=password]', password);
  await page.click('main button[type=submit]');
}

/** Presses the button of a form of this page and stands before the preview. */
export async function preview(
  { page, look }: Walker,
  address: string,
  action: string,
  fields: Record<string, string> = {},
) {
  await page.goto(address);
  const form = page.locator(`form[action="${action}"]`).first();
  for (const [name, value] of Object.entries(fields)) {
    const field = form.locator(`[name=${name}]`);
    if ((await field.evaluate(element => element.tagName)) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
  await form.locator('button[type=submit], button:not([type])').first().click();
  await page.waitForSelector('form[action$="/run"]');
  await look?.('preview');
}

/** Runs what is previewed, confirmed by the one-time code or, where it is given, by one's own password. Does not wait for its end. */
export async function begin({ page, code }: Walker, own?: string): Promise<void> {
  const form = page.locator('form[action$="/run"]');
  const field = form.locator('[name=code]');
  if (await field.count()) await field.fill(own ?? (await code()));
  await form.locator('button[type=submit], button:not([type])').first().click();
  await page.waitForSelector('#job-now');
}

/** Waits for the end of what runs, and gives the words of what came of it. */
export async function outcome({ page, look }: Walker): Promise<string> {
  const note = page.locator('#job-now .note:not(.busy, .info)').first();
  await note.waitFor();
  await look?.('result');
  return `${await note.getAttribute('class')} ${await note.textContent()}`;
}

/** Where the dashboard wants the password once more, the owner gives it. */
export async function proved(page: Page): Promise<void> {
  if (!page.url().includes('/prove')) return;
  await page.fill('[name=password]', owner.password);
  await page.click('main form[action="/prove"] button[type=submit]');
}

/** Adds an authenticator app to the account that is signed in, from the page that shows its secret. */
export async function addApp(page: Page): Promise<void> {
  const secret = (await page.locator('.facts code').first().textContent()) ?? '';
  await page.fill('[name=code]', codeOf(secret));
  await page.click('form[action="/me/factors/app"] button[type=submit]');
  await page.waitForSelector('main code.cmd');
}

/** A code of now, or that of `later` 30 seconds: it is taken too, and each is taken once. `secret` is in base32, as apps take it. */
export function codeOf(secret: string, later = 0): string {
  const fives = [...secret.replaceAll(/\s/g, '')].map(letter => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter));
  const bits = fives.map(five => five.toString(2).padStart(5, '0')).join('');
  const bytes = bits.match(/.{8}/g)!.map(eight => Number.parseInt(eight, 2));
  return totp(Buffer.from(bytes), stepAt(new Date()) + later);
}
