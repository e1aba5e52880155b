// Passkeys in a real Chromium with a software authenticator, and what a thief may try with what went over the wire.
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertAccount } from '../accounts/store.ts';
import {
  authenticator,
  desk,
  findings,
  type Listening,
  listen,
  openVisits,
  phone,
  type Visits,
  whyNoBrowser,
} from '../chromium.fixture.ts';
import { administrator } from '../visitor.fixture.ts';
import { type Dashboard, openWithFactors } from './factors.fixture.ts';
import { factorsOf } from './store.ts';

describe.skipIf(whyNoBrowser)('passkeys in Chromium', { timeout: 120_000 }, () => {
  let visits: Visits;
  let listening: Listening;
  let dashboard: Dashboard;
  let origin: string;
  let context: BrowserContext;
  let page: Page;
  let cdp: CDPSession;
  let authenticatorId: string;

  beforeAll(async () => {
    visits = await openVisits();
  });
  afterAll(() => visits?.browser.close());

  beforeEach(async () => {
    listening = await listen();
    origin = `http://localhost:${listening.port}`;
    dashboard = await openWithFactors({ GATEHOUSE_ORIGIN: origin });
    listening.serve(dashboard.app);
    ({ context, page, cdp, authenticatorId } = await somebody());
    await givePassword(page);
    await page.goto('/me/factors');
    await page.fill('#name', 'Laptop');
    await page.click('text=Add a passkey');
    await page.waitForSelector('text=Passkey Laptop was added.');
  });
  afterEach(async () => {
    await context.close();
    listening.stop();
  });

  const somebody = async (at = origin) => {
    const page = await visits.open({ baseURL: at });
    const context = page.context();
    const cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: authenticator });
    return { context, page, cdp, authenticatorId };
  };
  const givePassword = async (on: Page) => {
    await on.goto('/sign-in');
    await on.fill('#login', administrator.login);
    await on.fill('#password', administrator.password);
    await on.click('button.primary');
  };
  const signOut = () => context.clearCookies();
  const isIn = async (on: Page) => (await on.goto('/nosuch'))?.status() === 404;
  /** The only credential of the page's authenticator. */
  const credential = async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials[0]!;
  /** Signs in with the passkey and gives what was sent; `hold` keeps it from the server. */
  const answerOf = async (on: Page, hold = false) => {
    let sent = '';
    await on.route('**/sign-in/passkey', route => {
      sent = new URLSearchParams(route.request().postData() ?? '').get('passkey') ?? '';
      return hold ? route.fulfill({ status: 200, body: 'held' }) : route.continue();
    });
    await on.goto('/sign-in');
    await on.click('text=Sign in with a passkey');
    await on.waitForURL(hold ? '**/sign-in/passkey' : `${origin}/`);
    await on.unroute('**/sign-in/passkey');
    return sent;
  };
  /** Sends an answer as it stands, from the sign-in page. */
  const send = async (on: Page, answer: string) => {
    await on.goto('/sign-in');
    await on.evaluate(`document.querySelector('[name=passkey]').value = ${JSON.stringify(answer)}`);
    await on.evaluate(`document.querySelector('form[data-passkey]').submit()`);
    await on.waitForURL(({ pathname, search }) => `${pathname}${search}` !== '/sign-in');
  };

  /** Takes the challenge to a page of somebody's choice, has it answered there with `wishes`, and sends that. */
  const sendWith = async (at: string, wishes = {}) => {
    await page.goto('/sign-in');
    const options = await page.evaluate(
      `fetch('/sign-in/passkey/options', { method: 'POST', body: new URLSearchParams(new FormData(document.querySelector('form[data-passkey]'))) }).then(answer => answer.json())`,
    );
    await page.goto(at);
    const answer = await page.evaluate(
      `(async options => {
        const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
        return JSON.stringify(await navigator.credentials.get({ publicKey }));
      })(${JSON.stringify({ ...(options as object), ...wishes })})`,
    );
    await send(page, String(answer));
  };

  it('sign in alone, and are listed with name and use', async () => {
    await page.click('text=I have kept them');
    expect(await page.textContent('table.list')).toContain('Laptop');
    expect(await page.textContent('table.list')).toContain('last used: never');
    await signOut();
    await answerOf(page);
    expect(await isIn(page)).toBe(true);
    await page.goto('/me/factors');
    expect(await page.textContent('table.list')).not.toContain('never');
  });

  it('are a second step after the password, without which it signs in nobody', async () => {
    await signOut();
    await givePassword(page);
    await page.waitForURL('**/sign-in/second?next=%2F');
    expect(await isIn(page)).toBe(false);
    await page.goto('/sign-in/second');
    await page.click('text=Use a passkey');
    await page.waitForURL(`${origin}/`);
    expect(await isIn(page)).toBe(true);
  });

  it('prove who it is before a dangerous act', async () => {
    dashboard.clock.ms += 10 * 60_000;
    await page.goto('/me/factors');
    expect(page.url()).toContain('/prove?next=');
    await page.click('text=Use a passkey');
    await page.waitForURL('**/me/factors');
    expect(await page.textContent('h1')).toBe('Second factors');
  });

  it('prove it by a challenge for that, and for the account whose they are', async () => {
    const { db } = dashboard.deps;
    const proof = async () => {
      await page.goto('/prove?next=/me/factors');
      await page.click('text=Use a passkey');
      await page.waitForURL(({ pathname, searchParams }) => pathname !== '/prove' || searchParams.has('passkey'));
      return new URL(page.url()).pathname;
    };
    dashboard.clock.ms += 10 * 60_000;
    await page.route('**/prove/passkey/options', route => route.continue({ url: `${origin}/sign-in/passkey/options` }));
    expect(await proof()).toBe('/prove');
    await page.unroute('**/prove/passkey/options');
    const kim = { ...dashboard.account, id: 'id-kim', login: 'kim', password_hash: '', created_at: 0 };
    await insertAccount(db, kim);
    await page.route('**/prove/passkey', async route => {
      await db('passkeys').update({ account_id: kim.id });
      await route.continue();
    });
    expect(await proof()).toBe('/prove');
    await page.unroute('**/prove/passkey');
    await db('passkeys').update({ account_id: dashboard.account.id });
    expect(await proof()).toBe('/me/factors');
  });

  it('are taken once for each challenge: what was sent before opens nothing', async () => {
    await signOut();
    const sent = await answerOf(page);
    // In the same browser, and without the counter, which would give it away as well.
    await context.clearCookies({ name: 'gatehouse-session' });
    await dashboard.deps.db('passkeys').update({ counter: 0 });
    await send(page, sent);
    expect(page.url()).toContain('/sign-in?passkey');
    expect(await page.textContent('[role=status]')).toContain('not accepted');
    expect(await isIn(page)).toBe(false);
    await answerOf(page);
    expect(await isIn(page)).toBe(true);
  });

  it('are taken in the browser that asked, within five minutes', async () => {
    await signOut();
    const held = await answerOf(page, true);
    const thief = await somebody();
    await send(thief.page, held);
    expect(thief.page.url()).toContain('/sign-in?passkey');
    await thief.context.close();
    dashboard.clock.ms += 5 * 60_000;
    await send(page, held);
    expect(page.url()).toContain('/sign-in?passkey');
    const inTime = await answerOf(page, true);
    dashboard.clock.ms += 5 * 60_000 - 1;
    await send(page, inTime);
    expect(await isIn(page)).toBe(true);
  });

  it('are refused where another site on this host asked for the answer', async () => {
    await signOut();
    const foreign = await listen();
    foreign.serve((_req, res) => res.setHeader('Content-Type', 'text/html').end('<p>a site'));
    await sendWith(`http://localhost:${foreign.port}/`);
    expect(page.url()).toContain('/sign-in?passkey');
    expect(await isIn(page)).toBe(false);
    await sendWith(`${origin}/sign-in`);
    expect(await isIn(page)).toBe(true);
    foreign.stop();
  });

  it('are refused from a copy, once the original was used', async () => {
    const copy = await credential();
    await signOut();
    await answerOf(page);
    await signOut();
    const used = await credential();
    expect(used.signCount).toBeGreaterThan(copy.signCount);
    await cdp.send('WebAuthn.clearCredentials', { authenticatorId });
    await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: { ...copy, signCount: 0 } });
    await send(page, await answerOf(page, true));
    expect(page.url()).toContain('/sign-in?passkey');
    await cdp.send('WebAuthn.clearCredentials', { authenticatorId });
    await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: used });
    await answerOf(page);
    expect(await isIn(page)).toBe(true);
  });

  it('are taken once where the original and a copy answer at the same moment', async () => {
    const copy = await credential();
    await signOut();
    const answers = [await answerOf(page, true)];
    await cdp.send('WebAuthn.clearCredentials', { authenticatorId });
    await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: copy });
    answers.push(await answerOf(page, true));
    const before = await dashboard.deps.db('sessions');
    await page.goto('/sign-in');
    await page.evaluate(`Promise.all(${JSON.stringify(answers)}.map(answer => {
      const body = new URLSearchParams(new FormData(document.querySelector('form[data-passkey]')));
      body.set('passkey', answer);
      return fetch('/sign-in/passkey', { method: 'POST', body });
    }))`);
    expect(await dashboard.deps.db('sessions')).toHaveLength(before.length + 1);
  });

  it('are refused from a device that did not check who it is', async () => {
    await signOut();
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await sendWith(`${origin}/sign-in`, { userVerification: 'discouraged' });
    expect(page.url()).toContain('/sign-in?passkey');
    expect(await isIn(page)).toBe(false);
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    await sendWith(`${origin}/sign-in`);
    expect(await isIn(page)).toBe(true);
  });

  it('say so where none is used, and leave the page as it is', async () => {
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await signOut();
    await page.goto('/sign-in');
    await page.click('text=Sign in with a passkey');
    await page.waitForSelector('text=No passkey was used');
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    await page.click('text=Sign in with a passkey');
    await page.waitForURL(`${origin}/`);
  });

  it('open nothing once removed', async () => {
    const { deps, account } = dashboard;
    await page.goto('/me/factors');
    await page.click('[aria-label="Remove passkey Laptop"]');
    await page.waitForSelector('text=It signs in no more');
    expect(await factorsOf(deps.db, account.id)).toMatchObject({ passkeys: [], codes: 0 });
    await signOut();
    await send(page, await answerOf(page, true));
    expect(page.url()).toContain('/sign-in?passkey');
    await givePassword(page);
    expect(page.url()).toBe(`${origin}/`);
  });

  it('are added under a name that is kept when it cannot be, and not twice by one device', async () => {
    await page.goto('/me/factors');
    await page.fill('#name', ' ');
    await page.click('text=Add a passkey');
    await page.waitForSelector('#name-error');
    await page.fill('#name', 'Laptop again');
    await page.click('text=Add a passkey');
    await page.waitForSelector('text=No passkey was used');
    expect(await page.inputValue('#name')).toBe('Laptop again');
    expect((await factorsOf(dashboard.deps.db, dashboard.account.id)).passkeys).toHaveLength(1);
  });

  it('are not shown without scripts, where a recovery code still opens', async () => {
    const plain = await visits.open({ baseURL: origin, javaScriptEnabled: false });
    const [code = ''] = (await page.textContent('code.cmd'))?.split('\n') ?? [];
    await plain.goto('/sign-in');
    expect(await plain.isVisible('text=Sign in with a passkey')).toBe(false);
    await givePassword(plain);
    expect(await plain.isVisible('text=Use a passkey')).toBe(false);
    await plain.fill('#code', code);
    await plain.click('text=Sign in');
    expect(plain.url()).toBe(`${origin}/`);
    await plain.goto('/me/factors');
    expect(await plain.isVisible('text=run the scripts of this page')).toBe(true);
    await plain.close();
  });

  it('have pages with nothing for axe-core to find, wide and narrow, light and dark', async () => {
    const inspect = async () => {
      for (const [size, colorScheme] of [
        [desk, 'light'],
        [phone, 'dark'],
      ] as const) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        expect(await findings(page), `${page.url()} ${size.width}`).toEqual([]);
      }
    };
    await inspect();
    await page.goto('/me/factors');
    await inspect();
    await page.click('text=Set up an app');
    await page.click('text=Finish');
    await page.waitForSelector('#code:focus');
    await inspect();
    dashboard.clock.ms += 10 * 60_000;
    await page.goto('/prove');
    await inspect();
    await signOut();
    await givePassword(page);
    await inspect();
    await page.goto('/sign-in?late');
    await inspect();
  });

  it('never broke the policy on the way', () => {
    expect(visits.complaints).toEqual([]);
  });
});
