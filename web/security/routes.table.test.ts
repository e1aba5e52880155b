// Who reaches what. Every route of the dashboard stands in this table; one that is missing fails the test, and so does one that is gone.
import type { IRoute, Router } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword } from '../accounts/password.ts';
import { insertAccount, type Role, roles } from '../accounts/store.ts';
import type { Feature } from '../feature.ts';
import { openFeatures } from '../features.ts';
import { openDashboard, type Visitor } from '../visitor.fixture.ts';

/** METHOD path, and who is let in: Administrators, Reviewers, Members (who stand for a user), Strangers; - nobody. To add a route, add its line. */
const table = `
GET  /                                A
GET  /accounts                        A
POST /accounts                        A
GET  /accounts/:id                    A
POST /accounts/:id                    A
POST /accounts/:id/delete             A
POST /accounts/:id/invite             A
POST /accounts/:id/sessions/end       A
GET  /accounts/new                    A
GET  /audit                           AR
GET  /audit/:n                        AR
GET  /audit/audit.csv                 AR
GET  /audit/audit.jsonl               AR
POST /audit/begin-again               A
GET  /audit/live                      AR
GET  /audit/verify                    AR
POST /audit/verify                    AR
GET  /changes                         ARM
GET  /changes/:id                     ARM
POST /changes/:id/cancel              AM
GET  /changes/:id/events              ARM
POST /changes/:id/run                 AM
POST /changes/:id/undo                AM
GET  /enter                           ARMS
POST /enter                           ARMS
GET  /favicon.ico                     ARMS
GET  /groups                          A
POST /groups                          A
POST /groups/:name/remove             A
GET  /health                          ARMS
GET  /host                            A
POST /host                            A
GET  /me                              ARM
POST /me                              ARM
GET  /me/factors                      ARM
GET  /me/factors/app                  ARM
POST /me/factors/app                  ARM
POST /me/factors/app/remove           ARM
POST /me/factors/codes                ARM
POST /me/factors/passkeys             ARM
POST /me/factors/passkeys/:id/remove  ARM
POST /me/factors/passkeys/options     ARM
POST /me/password                     ARM
POST /me/sessions/end                 ARM
GET  /my-user                         M
POST /my-user/keys                    M
POST /my-user/keys/remove             M
POST /my-user/password                M
GET  /overview/history                A
GET  /overview/now                    A
GET  /prove                           ARM
POST /prove                           ARM
POST /prove/passkey                   ARM
POST /prove/passkey/options           ARM
GET  /rules                           AR
GET  /rules/try                       AR
POST /rules/try                       AR
GET  /setup                           -
POST /setup                           -
GET  /sign-in                         ARMS
POST /sign-in                         ARMS
POST /sign-in/passkey                 ARMS
POST /sign-in/passkey/options         ARMS
GET  /sign-in/second                  ARMS
POST /sign-in/second                  ARMS
POST /sign-out                        ARMS
POST /theme                           ARMS
GET  /users                           A
POST /users                           A
GET  /users/:login                    A
POST /users/:login/administrator      A
POST /users/:login/delete             A
POST /users/:login/groups             A
POST /users/:login/groups/leave       A
POST /users/:login/keys               A
POST /users/:login/keys/remove        A
POST /users/:login/own-keys/revoke    A
POST /users/:login/let-in             A
POST /users/:login/lock               A
POST /users/:login/name               A
POST /users/:login/password           A
POST /users/:login/shell              A
POST /users/accounts/:login/take-over A
GET  /users/deleted/:login            A
POST /users/deleted/:login/empty      A
POST /users/deleted/:login/put-back   A
GET  /users/new                       A
`;

type Somebody = Role | 'stranger';
const everybody: readonly Somebody[] = [...roles, 'stranger'];
const password = 'a few plain words';
const expected = new Map<string, readonly Somebody[]>(
  table
    .trim()
    .split('\n')
    .map(line => {
      const [method, path, who] = line.split(/ +/) as [string, string, string];
      return [`${method} ${path}`, everybody.filter(one => who.includes(one[0]!.toUpperCase()))] as const;
    }),
);
/** Every route there is, as the routers themselves have it. */
const actual: string[] = [];
const people = new Map<Somebody, Visitor>();
let close: () => Promise<void>;

beforeAll(async () => {
  let features: readonly Feature[] = [];
  const dashboard = await openDashboard({
    features(deps) {
      const opened = openFeatures(deps);
      close = opened.close;
      features = opened.list;
      return [...features];
    },
  });
  await dashboard.signedIn();
  const passwordHash = await hashPassword(password);
  for (const role of roles) {
    const user = role === 'member' ? 'jo' : null;
    const account = { id: role, login: `a-${role}`, name: role, role, language: null, user };
    await insertAccount(dashboard.deps.db, { ...account, password_hash: passwordHash, created_at: 1 });
    const person = dashboard.visitor();
    await person.get('/sign-in');
    await person.post('/sign-in', { login: account.login, password });
    await person.get('/me');
    people.set(role, person);
  }
  const stranger = dashboard.visitor();
  await stranger.get('/sign-in');
  people.set('stranger', stranger);
  // From here on each route answers only that it was reached, after whatever else stands before its page.
  for (const { route, path } of routesIn(dashboard.app.router as unknown as Router, '', features)) {
    for (const method of methodsOf(route)) {
      const name = `${method.toUpperCase()} ${path}`;
      actual.push(name);
      route[method]((_req, res) => void res.set('X-Reached', name).status(204).end());
      route.stack.splice(-1, 0, route.stack.pop()!);
    }
  }
});

afterAll(() => close());

describe('the table of routes', () => {
  it('names every route that there is, and none that is gone', () => {
    expect(actual.filter(route => !expected.has(route)).toSorted()).toEqual([]);
    expect([...expected.keys()].filter(route => !actual.includes(route))).toEqual([]);
  });

  it.each(everybody)('is what the %s meets, and nothing else by any method', async who => {
    const paths = new Set([...expected.keys()].map(route => route.split(' ')[1]!));
    const met = new Set<string>();
    for (const path of [...paths, '/nosuch', '/accounts/7/nosuch', '/me/../accounts']) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
        const route = await reached(people.get(who)!, method, path);
        if (route !== undefined) met.add(route);
      }
    }
    const allowed = [...expected].filter(([, whom]) => whom.includes(who)).map(([route]) => route);
    expect([...met].toSorted()).toEqual(allowed.toSorted());
  });
});

it('takes a path that is spelt otherwise for no path, so that the gate and the router never differ about whose it is', async () => {
  const administrator = people.get('administrator')!;
  expect(await reached(administrator, 'GET', '/accounts')).toBe('GET /accounts');
  for (const path of ['/Accounts', '/ACCOUNTS', '//accounts', '/%61ccounts']) {
    expect(await reached(administrator, 'GET', path), path).toBeUndefined();
  }
});

/** The route that answers, for whoever is let in to one. */
async function reached(person: Visitor, method: string, path: string): Promise<string | undefined> {
  const at = path.replaceAll(/[:*]\w+/g, '7');
  const { status, headers } = await (method === 'POST' ? person.post(at) : person.send(method, at));
  if (headers['x-reached'] === undefined) expect([303, 401, 403, 404, 405, 415], `${method} ${path}`).toContain(status);
  return headers['x-reached'];
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete' | 'all';
interface Found {
  route: IRoute;
  path: string;
}

function routesIn(router: Router, below: string, features: readonly Feature[]): Found[] {
  return router.stack.flatMap(({ route, handle }): Found[] => {
    if (route) return [{ route, path: `${below}${route.path}`.replace(/(?<=.)\/$/, '') }];
    const inner = handle as unknown as Router;
    const path = features.find(feature => feature.router === inner)?.path ?? '';
    return Array.isArray(inner.stack) ? routesIn(inner, path === '/' ? '' : path, features) : [];
  });
}

function methodsOf(route: IRoute): Method[] {
  return [...new Set(route.stack.map(({ method }) => (method ?? 'all') as Method))];
}
