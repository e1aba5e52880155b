// Every route of the dashboard, with each kind of bent form, address and query: always an answer of its own, never a failure, and nothing is done.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse, origin } from './house.ts';
import { type Route, routesOf } from './routes.ts';

let house: House;
let routes: Route[];
let change: string;

beforeAll(async () => {
  house = await openHouse();
  const { db } = house.dashboard.deps;
  await house.agent?.add('jo', 'Jo Example');
  await db('accounts').where({ login: 'alex' }).update({ user: 'jo' });
  await house.make('sam', 'reviewer');
  routes = routesOf(house);
  change = String((await house.admin.visitor.post('/users/jo/name', { fullName: 'Jo New' })).headers.location).slice(9);
});
afterAll(() => house.close());

/** What each form of the dashboard asks for, by whatever name. */
const fields = [
  ...['login', 'name', 'fullName', 'password', 'repeat', 'old', 'role', 'user', 'language', 'session', 'confirm'],
  ...['key', 'keyName', 'fingerprint', 'group', 'shell', 'code', 'seen', 'token', 'sealed', 'passkey', 'theme', 'back'],
  ...['next', 'command', 'log', 'reason'],
];
const each = (value: string) => fields.map(name => `${name}=${value}`).join('&');
const encoded = encodeURIComponent;

const evil = `a\u0000\r\nSet-Cookie: evil=1\r\n\r\n"><img src=x onerror=alert(1)>#{7*7}\u001b]0;x\u0007\u202e' OR 1=1; -- $(id)\`id\`|sh`;
const bends: [name: string, body: string][] = [
  ['nothing in it', ''],
  [
    'each field twice, as an object and as a list',
    fields.map(name => `${name}=a&${name}=b&${name}[x]=a&${name}[]=a`).join('&'),
  ],
  [
    'names that every object has',
    '__proto__[x]=1&__proto__=1&constructor[prototype][x]=1&constructor=1&then=1&_method=DELETE',
  ],
  ['markup, escapes, headers, SQL, shell and halves of characters', each(`${encoded(evil)}%ED%A0%80%uD800%ff%zz%`)],
];

/** Forms that ask for nothing: what stands in them changes nothing, and they would end what the rest needs. */
const plain = ['/sign-out'];
const posts = () => routes.filter(({ method, path }) => method === 'POST' && !plain.includes(path));
const lawful: Record<string, () => string> = {
  ':login': () => 'jo',
  ':name': () => 'users',
  ':n': () => '1',
  ':id': () => change,
};
const at = (path: string, value?: string) =>
  path.replace(/:\w+/g, name => value ?? (path.startsWith('/accounts') ? 'id-sam' : (lawful[name]?.() ?? '7')));
const raw = (path: string, body: string) =>
  house.admin.visitor.raw(path, `_csrf=${encoded(house.admin.visitor.token)}&${body}`);
const inside = /\bat .{0,200}\.(?:ts|js|mjs):\d+|SQLITE_|ER_[A-Z]{4}|node_modules/;

/** An answer of its own: no failure, nothing of the inside, no header and no markup of the attack. */
function expectSound(told: string, { status, text, headers }: Awaited<ReturnType<typeof raw>>): void {
  expect(status, told).toBeLessThan(500);
  expect(text ?? '', told).not.toMatch(inside);
  expect(text ?? '', told).not.toMatch(/<img|>49</);
  expect(String(headers['set-cookie']), told).not.toContain('evil');
}

/** What must not have changed: the host, and who may sign in. */
async function stateNow() {
  const { db } = house.dashboard.deps;
  return {
    acts: house.agent?.entries().filter(({ kind }) => kind === 'intent').length,
    accounts: await db('accounts').orderBy('id').select('id', 'login', 'name', 'role', 'user', 'password_hash'),
    factors: await db('authenticators').count({ n: '*' }).first(),
  };
}

describe('a form', () => {
  it('is asked for by many routes', () => expect(posts().length).toBeGreaterThan(40));

  it.each(bends)('with %s fails nowhere, and does nothing', async (_, body) => {
    const before = await stateNow();
    for (const { path } of posts()) {
      // An invitation is no more than asked for; its form has no field.
      if (path.endsWith('/invite')) continue;
      expectSound(`POST ${path}`, await raw(at(path), body));
    }
    expect(await stateNow()).toEqual(before);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    expect((await house.admin.visitor.get('/me')).status).toBe(200);
  });

  it('of 10,000 fields is too much everywhere, and so is one of 70,000 characters', async () => {
    for (const { path } of posts().filter(({ path }) => path !== '/setup'))
      expect((await raw(at(path), 'a=&'.repeat(10_000))).status, path).toBe(413);
    expect((await raw('/me', `name=${'x'.repeat(70_000)}`)).status).toBe(413);
  });

  it('in another spelling than that of forms is read nowhere', async () => {
    const { visitor } = house.admin;
    const types = [
      'application/json',
      'multipart/form-data; boundary=x',
      'text/plain',
      'application/x-www-form-urlencoded; charset=utf-7',
    ];
    for (const [index, { path }] of posts()
      .filter(({ path }) => path !== '/setup')
      .entries()) {
      const headers = {
        'Content-Type': types[index % types.length] ?? '',
        'X-CSRF-Token': visitor.token,
        Origin: origin,
      };
      const { status } = await house
        .open(at(path), { Cookie: house.admin.cookie, ...headers }, { method: 'POST', body: '{"name":"x"}' })
        .then(({ answer }) => ({ status: answer.statusCode }));
      expect(status, path).toBe(415);
    }
  });

  it('that is packed to grow a thousandfold is too much', async () => {
    const headers = { 'Content-Encoding': 'gzip', 'Content-Type': 'application/x-www-form-urlencoded', Origin: origin };
    const packed = (text: string) => house.open('/theme', headers, { method: 'POST', body: gzipSync(text) });
    expect((await packed(`theme=${'x'.repeat(5_000_000)}`)).answer.statusCode).toBe(413);
    expect((await packed('theme=dark')).answer.statusCode).toBe(403);
  });

  it('that is whole does what it says, beside all of them', async () => {
    const answer = await house.admin.visitor.post('/me', { name: 'Alex the Example', language: '' });
    expect([answer.status, answer.headers.location]).toEqual([303, '/me']);
    expect((await house.admin.visitor.get('/me')).text).toContain('Alex the Example');
    expect((await house.admin.visitor.post('/me', { name: 'Alex', language: '' })).status).toBe(303);
  });
});

describe('an address', () => {
  const values = ['%00', '__proto__', `..%2F..%2F${encoded(evil)}`];

  it.each(values)('with %j in each place fails nowhere', async value => {
    const before = await stateNow();
    for (const { method, path } of routes.filter(route => route.path.includes(':'))) {
      const answer =
        method === 'GET' ? await house.admin.visitor.send('GET', at(path, value)) : await raw(at(path, value), '');
      expectSound(`${method} ${path}`, answer);
      expect(answer.status, `${method} ${path}`).not.toBe(200);
    }
    expect(await stateNow()).toEqual(before);
  });

  it('that is spelt right leads there', async () => {
    expect((await house.admin.visitor.get('/users/jo')).status).toBe(200);
    expect((await house.admin.visitor.get(`/changes/${change}`)).status).toBe(200);
  });
});

describe('a query', () => {
  const names = [
    'q',
    'sort',
    'dir',
    'page',
    'state',
    'role',
    'group',
    'range',
    'from',
    'to',
    'log',
    'before',
    'when',
    'next',
    'token',
    'account',
    'change',
    'outcome',
    'subject',
    'rule',
    'user',
    'seen',
  ];
  const values = ['a&NAME=b', '1e309', `%00%ff${encoded(evil)}`];

  it.each(values)('of %j in each field fails nowhere', async value => {
    const query = names.map(name => `${name}=${value.replace('NAME', name)}`).join('&');
    for (const { path } of routes.filter(({ method, path }) => method === 'GET' && !/\/(live|events)$/.test(path))) {
      expectSound(`GET ${path}?${query}`, await house.admin.visitor.send('GET', `${at(path)}?${query}`));
    }
    expect((await house.admin.visitor.get('/users?q=jo&sort=login')).text).toContain('Jo Example');
  });
});
