// All that people do in the dashboard, in a real Chromium on the simulated host. Each way of doing it is a file of tests, so that they run beside each other.
import type { Browser } from 'playwright-core';
import { authenticator, desk } from '../../web/chromium.fixture.ts';
import { openBrowser } from './chromium.ts';
import { type Dashboard, startDashboard } from './dashboard.ts';
import { reviewer } from './flows/accounts.ts';
import { undo, wrongCode } from './flows/changes.ts';
import * as door from './flows/door.ts';
import { hostName } from './flows/host.ts';
import type { Flow, House } from './flows/house.ts';
import { member } from './flows/own.ts';
import * as trust from './flows/trust.ts';
import * as users from './flows/users.ts';
import { type Hand, handOn, mouse, noScripts, type Way } from './hand.ts';
import { type Looker, looker } from './looking.ts';
import { noteRoutes, routes } from './routes.ts';

/** One after the other: later ones find what earlier ones made. */
const flows: Flow[] = [
  ...[door.setUp, door.proveOnce, door.oneself, door.ownPassword, door.sessions, door.secondFactor, door.passkey],
  ...[users.oneUser, users.findUsers, users.groups, users.deleteUser, users.approvals, undo, wrongCode],
  ...[reviewer, member, trust.audit, trust.rules, trust.overview, trust.menu, hostName],
];
const withoutScripts = flows.filter(flow => flow !== door.passkey);

/** Asked for by no page that a person sees. */
const byNobody: Record<string, string> = {
  'GET /favicon.ico': 'for browsers that look for it by themselves',
  'GET /health': 'for programs',
  'POST /audit/begin-again': 'stands only beside a log that was changed (web/audit/verify.test.ts)',
};
const byScripts: Record<string, string> = {
  'GET /audit/live': 'a stream; without scripts there is a link',
  'GET /changes/:id/events': 'a stream; without scripts the page comes again',
  'GET /overview/history': 'what charts are drawn of; without scripts they are in the page',
  'GET /overview/now': 'figures of an open page',
  'POST /me/factors/passkeys': 'passkeys need scripts',
  'POST /me/factors/passkeys/:id/remove': 'passkeys need scripts',
  'POST /me/factors/passkeys/options': 'passkeys need scripts',
  'POST /prove/passkey': 'passkeys need scripts',
  'POST /prove/passkey/options': 'passkeys need scripts',
  'POST /sign-in/passkey': 'passkeys need scripts',
  'POST /sign-in/passkey/options': 'passkeys need scripts',
};

/** Gives the routes that were met by nobody and should have been, or the other way round; what is wrong with the pages; and how many were looked at. */
export async function walk(way: Way): Promise<{ routes: string[]; complaints: string[]; looked: number }> {
  const scripts = way !== noScripts;
  const browser = await openBrowser();
  const dashboard = await startDashboard({}, 'localhost');
  const { look, hear, complaints, seen } = looker();
  const met = new Set<string>();
  const open = () => handOf(browser, dashboard, way, { met, hear, look: way === mouse ? look : async () => {} });
  try {
    const house: House = { dashboard, open, scripts, sam: await open() };
    for (const flow of scripts ? flows : withoutScripts) await flow(house);
  } finally {
    await browser.close();
    await dashboard.stop();
  }
  const unmet = { ...byNobody, ...(!scripts && byScripts) };
  return { routes: routes.filter(route => met.has(route) === route in unmet), complaints, looked: seen.size };
}

async function handOf(
  browser: Browser,
  { origin }: Dashboard,
  way: Way,
  { met, hear, look }: Pick<Looker, 'hear' | 'look'> & { met: Set<string> },
): Promise<Hand> {
  const context = await browser.newContext({ viewport: desk, ...way.options });
  noteRoutes(context, met);
  const page = await context.newPage();
  hear(page);
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', { options: authenticator });
  return handOn(page, way, origin, look);
}
