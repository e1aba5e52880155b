// For tests: a dashboard in memory and somebody with a browser: cookies are kept, forms carry the token of the page looked at last.
import type { Express } from 'express';
import type { Page } from 'playwright-core';
import supertest from 'supertest';
import { hashPassword } from './accounts/password.ts';
import { emptyDatabase } from './database.fixture.ts';
import type { Deps, Feature } from './feature.ts';
import { openLog } from './log.ts';
import { Secret } from './secret.ts';
import { createApp } from './server.ts';
import { readSettings } from './settings.ts';
import { openSetup, type Setup } from './setup/setup.ts';

export const setupToken = 'a-token-that-is-known';
export const administrator = { login: 'alex', name: 'Alex Example', password: 'a few plain words' };

export interface TestDashboard {
  app: Express;
  deps: Deps;
  setup: Setup;
  /** Somebody else, without a cookie. */
  visitor(): Visitor;
  /** Signed in as the administrator, who is made where there is none. */
  signedIn(): Promise<Visitor>;
}

export async function openDashboard(
  options: { features?: (deps: Deps) => Feature[]; env?: Record<string, string>; now?: () => number } = {},
): Promise<TestDashboard> {
  const now = options.now ?? Date.now;
  const settings = readSettings(options.env ?? {});
  const db = await emptyDatabase();
  const deps: Deps = { settings, db, log: openLog({ silent: true }), secret: Buffer.alloc(32, 1), now };
  const setup = openSetup(db, now, new Secret(setupToken));
  const app = createApp(deps, setup, options.features?.(deps) ?? []);
  const visitor = () => new Visitor(app, settings.origin);
  return {
    app,
    deps,
    setup,
    visitor,
    async signedIn() {
      const { login, name, password } = administrator;
      if (!(await setup.isDone())) await setup.finish({ login, name, passwordHash: await hashPassword(password) });
      const person = visitor();
      await person.get('/sign-in');
      await person.post('/sign-in', { login, password });
      await person.get('/');
      return person;
    },
  };
}

/** The administrator signs in with a password alone, and stands on the page that they wanted. */
export async function signInOn(page: Page, next = '/'): Promise<void> {
  await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
  await page.fill('#login', administrator.login);
  await page.fill('#password', administrator.password);
  await page.click('main button[type=submit]');
  await page.waitForURL(({ pathname, search }) => `${pathname}${search}` === next);
}

/** The session ends behind the back of an open page, as by another tab. The page may go away before it hears the answer. */
export const signOutBehind = (page: Page): Promise<unknown> =>
  page.evaluate(
    `void fetch('/sign-out', { method: 'POST', body: new URLSearchParams(new FormData(document.querySelector('[action="/sign-out"]'))) })`,
  );

export class Visitor {
  readonly #agent: ReturnType<typeof supertest.agent>;
  readonly #origin: string;
  /** What the last page put into its forms. */
  token = '';
  /** What the last preview puts beside Run: that it was looked at. */
  seen = '';

  constructor(app: Parameters<typeof supertest.agent>[0], origin: string) {
    this.#agent = supertest.agent(app);
    this.#origin = origin;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<supertest.Response> {
    // A change that runs is looked at when it has ended.
    const asked = { Host: new URL(this.#origin).host, Prefer: 'wait=20', ...headers };
    const page = await this.#agent.get(path).set(asked);
    this.token = /name="_csrf" value="([^"]+)"/.exec(page.text ?? '')?.[1] ?? this.token;
    this.seen = /name="seen" value="([^"]+)"/.exec(page.text ?? '')?.[1] ?? this.seen;
    return page;
  }

  /** A field or header that is undefined is left out. */
  async post(
    path: string,
    fields: Record<string, string | string[] | undefined> = {},
    headers: Record<string, string | undefined> = {},
  ): Promise<supertest.Response> {
    const asBrowser = { Host: new URL(this.#origin).host, Origin: this.#origin, 'Sec-Fetch-Site': 'same-origin' };
    const waits = { Prefer: 'wait=20' };
    const sent = Object.entries({ ...asBrowser, ...waits, ...headers }).filter(([, value]) => value !== undefined);
    const request = this.#agent
      .post(path)
      .type('form')
      .set(Object.fromEntries(sent) as Record<string, string>);
    const seen = path.endsWith('/run') ? { seen: this.seen } : {};
    return request.send({ _csrf: this.token, ...seen, ...fields });
  }

  /** All of an answer that stays open, in the end; `onText` sees what has come so far, with each piece. */
  async stream(path: string, headers: Record<string, string>, onText: (text: string) => unknown): Promise<string> {
    const asked = { Host: new URL(this.#origin).host, Accept: 'text/event-stream', ...headers };
    let text = '';
    const request = this.#agent.get(path).set(asked).buffer(true);
    await request.parse((res, done) => {
      res.on('data', piece => {
        text += piece;
        onText(text);
      });
      res.on('end', () => done(null, text));
    });
    return text;
  }

  /** A form's body as it stands. */
  raw(path: string, body: string): supertest.Test {
    const asBrowser = { Host: new URL(this.#origin).host, Origin: this.#origin, 'Sec-Fetch-Site': 'same-origin' };
    return this.#agent.post(path).type('form').set(asBrowser).send(body);
  }

  /** Any method, as bare as a program would send it. */
  async send(method: string, path: string, headers: Record<string, string> = {}): Promise<supertest.Response> {
    const request = this.#agent[method.toLowerCase() as 'get'](path);
    return request.set({ Host: new URL(this.#origin).host, ...headers });
  }
}
