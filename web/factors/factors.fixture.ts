// For tests: a dashboard whose clock stands still, and somebody with an authenticator app.
import { generate } from 'otplib';
import type { Response } from 'supertest';
import { type Account, findByLogin } from '../accounts/store.ts';
import { proveRoutes } from '../signin/prove.ts';
import { administrator, openDashboard, type Visitor } from '../visitor.fixture.ts';
import { factorsRoutes } from './routes.ts';

export const stepMs = 30_000;

export async function openWithFactors(env: Record<string, string> = {}) {
  const clock = { ms: Date.UTC(2026, 10, 21, 12) };
  const features = (deps: Parameters<typeof factorsRoutes>[0]) => [factorsRoutes(deps), proveRoutes(deps)];
  const dashboard = await openDashboard({ features, env, now: () => clock.ms });
  const person = await dashboard.signedIn();
  const account = (await findByLogin(dashboard.deps.db, administrator.login))?.account as Account;
  return { ...dashboard, clock, person, account };
}

export interface App {
  secret: string;
  /** The page that answered the first code. */
  page: string;
  recoveryCodes: string[];
}

/** Sets up an app through the pages, as its owner would. */
export async function setUpApp(person: Visitor, ms: number): Promise<App> {
  const { text } = await person.get('/me/factors/app');
  const sealed = /name="sealed" value="([^"]+)"/.exec(text)?.[1];
  const secret = /secret=([A-Z2-7]+)/.exec(text)?.[1] ?? '';
  const { text: page } = await person.post('/me/factors/app', { sealed, code: await codeOf(secret, ms) });
  return { secret, page, recoveryCodes: page.match(/\b[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}\b/g) ?? [] };
}

export const codeOf = (secret: string, ms: number) => generate({ secret, epoch: Math.floor(ms / 1000) });

export async function givePassword(person: Visitor, next?: string): Promise<Response> {
  await person.get('/sign-in');
  const { login, password } = administrator;
  const answer = await person.post('/sign-in', { login, password, next });
  await person.get('/sign-in/second');
  return answer;
}

/** Whether this browser is signed in. */
export const isIn = async (person: Visitor) => (await person.get('/nosuch')).status === 404;

export type Dashboard = Awaited<ReturnType<typeof openWithFactors>>;
