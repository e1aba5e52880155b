// The main job as a person does it, page by page. Works with and without JavaScript, on the simulated host and on a real one.
import type { Page } from 'playwright-core';

export interface Walker {
  page: Page;
  /** The one-time code to type now. */
  code(): Promise<string>;
  /** Called after each page that came, for whoever wants to look at it. */
  look?(what: string): Promise<void>;
}

export const owner = { name: 'Sam Owner', login: 'sam', password: 'correct horse battery staple' };

/** Sets Gatehouse up with the link that it printed, and signs out again. */
export async function setUp({ page, look }: Walker, link: string): Promise<void> {
  await page.goto(link);
  await look?.('setup');
  for (const [name, value] of Object.entries({ ...owner, repeat: owner.password }))
    await page.fill(`[name=${name}]`, value);
  await page.click('main button[type=submit]');
  await page.locator('form[action="/sign-out"] button').click();
  await page.waitForURL(/sign-in/);
}

export async function signIn({ page, look }: Walker, origin: string): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await look?.('sign-in');
  await page.fill('[name=login]', owner.login);
  await page.fill('[name=password]', owner.password);
  await page.click('main button[type=submit]');
  await page.waitForSelector('nav');
  await look?.('overview');
}

export async function makeUser(walker: Walker, origin: string, login: string, fullName: string): Promise<void> {
  const { page, look } = walker;
  await page.goto(`${origin}/users`);
  await look?.('users');
  await page.click('a[href="/users/new"]');
  await look?.('new user');
  await page.fill('[name=login]', login);
  await page.fill('[name=fullName]', fullName);
  await page.click('form[action="/users"] button[type=submit]');
  await run(walker);
}

export async function setPassword(walker: Walker, origin: string, login: string, password: string): Promise<void> {
  await walker.page.goto(`${origin}/users/${login}`);
  await walker.look?.('user');
  await walker.page.fill('[name=password]', password);
  await walker.page.fill('[name=repeat]', password);
  await submit(walker, `/users/${login}/password`);
}

export async function rename(walker: Walker, origin: string, login: string, fullName: string): Promise<void> {
  await walker.page.goto(`${origin}/users/${login}`);
  await walker.page.fill('[name=fullName]', fullName);
  await submit(walker, `/users/${login}/name`);
}

export async function addKey(walker: Walker, origin: string, login: string, key: string): Promise<void> {
  await walker.page.goto(`${origin}/users/${login}`);
  await walker.page.fill('[name=key]', key);
  await submit(walker, `/users/${login}/keys`);
}

export async function deleteUser(walker: Walker, origin: string, login: string): Promise<void> {
  await walker.page.goto(`${origin}/users/${login}`);
  await walker.page.fill('[name=confirm]', login);
  await submit(walker, `/users/${login}/delete`);
}

export async function putBack(walker: Walker, origin: string, login: string): Promise<void> {
  await walker.page.goto(`${origin}/users`);
  await submit(walker, `/users/deleted/${login}/put-back`);
}

async function submit(walker: Walker, action: string): Promise<void> {
  await walker.page.click(`form[action="${action}"] button`);
  await run(walker);
}

/** From the preview to what came of it: types the code where one is asked, and runs. Throws with the page's words where it failed. */
async function run({ page, code, look }: Walker): Promise<void> {
  const form = page.locator('form[action$="/run"]');
  if ((await form.count()) === 0) throw new Error(`no preview that can be run, but: ${await words(page)}`);
  await look?.('preview');
  const field = form.locator('[name=code]');
  if (await field.count()) await field.fill(await code());
  await form.locator('button[type=submit], button:not([type])').first().click();
  // What runs shows how far it is; where it could not begin, the preview is there again and says why.
  const ends = [
    '#job-now .note:not(.busy, .info)',
    'main .note[role=alert]',
    'form[action$="/run"] [aria-invalid=true]',
  ];
  const note = page.locator(ends.join(', ')).first();
  await note.waitFor();
  await look?.('result');
  if (!(await note.getAttribute('class'))?.includes('ok')) throw new Error(`it did not go well: ${await words(page)}`);
}

async function words(page: Page): Promise<string> {
  return `${page.url()}: ${((await page.locator('main').textContent()) ?? '').slice(0, 1500)}`;
}
