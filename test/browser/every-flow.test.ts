// All that people do in the dashboard, in a real Chromium on the simulated host: with scripts, by keyboard alone, and without JavaScript.
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, whyNoBrowser } from './chromium.ts';
import { type Dashboard, startDashboard } from './dashboard.ts';
import { reviewer } from './flows/accounts.ts';
import { undo, wrongCode } from './flows/changes.ts';
import * as door from './flows/door.ts';
import { hostName } from './flows/host.ts';
import type { Flow, House } from './flows/house.ts';
import { member } from './flows/own.ts';
import * as trust from './flows/trust.ts';
import * as users from './flows/users.ts';
import { type Hand, handOn, keyboard, mouse, noScripts, type Way } from './hand.ts';
import { looker } from './looking.ts';
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

/** What a laptop has in it. */
const authenticator = {
  protocol: 'ctap2',
  ctap2Version: 'ctap2_1',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const;

describe.skipIf(whyNoBrowser)('every flow', { timeout: 900_000 }, () => {
  let browser: Browser;
  let dashboard: Dashboard | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await dashboard?.stop();
  });
  afterAll(() => browser?.close());

  /** Gives the routes that were left out, and what is wrong with the pages. */
  async function walk(way: Way, flows: readonly Flow[], { look, hear, complaints, seen } = looker()) {
    dashboard = await startDashboard({}, 'localhost');
    const met = new Set<string>();
    const house = { dashboard, open, scripts: way !== noScripts } as House;
    house.sam = await open();
    async function open(): Promise<Hand> {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...way.options });
      context.setDefaultTimeout(15_000);
      noteRoutes(context, met);
      const page = await context.newPage();
      hear(page);
      const cdp = await context.newCDPSession(page);
      await cdp.send('WebAuthn.enable');
      await cdp.send('WebAuthn.addVirtualAuthenticator', { options: authenticator });
      return handOn(page, way, house.dashboard.origin, way === mouse ? look : async () => {});
    }
    for (const flow of flows) await flow(house);
    return { leftOut: routes.filter(route => !met.has(route)).toSorted(), complaints, seen };
  }

  it('works with scripts, and nothing is wrong with any page of it, on a desk or a phone, by day or by night', async () => {
    const { leftOut, complaints, seen } = await walk(mouse, flows);
    expect(complaints).toEqual([]);
    expect(leftOut).toEqual(Object.keys(byNobody).toSorted());
    expect(seen.size).toBeGreaterThan(40);
  });

  it('works by keyboard alone', async () => {
    const { leftOut, complaints } = await walk(keyboard, flows);
    expect(complaints).toEqual([]);
    expect(leftOut).toEqual(Object.keys(byNobody).toSorted());
  });

  it('works without JavaScript', async () => {
    const { leftOut, complaints } = await walk(noScripts, withoutScripts);
    expect(complaints).toEqual([]);
    expect(leftOut).toEqual(Object.keys({ ...byNobody, ...byScripts }).toSorted());
  });
});
