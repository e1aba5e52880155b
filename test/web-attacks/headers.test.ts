// Requests that say of themselves what is not true: where they come from, by which name, by which hands, by which method, or where they end.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse, origin, password } from './house.ts';
import { routesOf } from './routes.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const login = `login=alex&password=${encodeURIComponent(password)}`;

describe('a form sent by another site', () => {
  it.each<[string, Record<string, string>]>([
    ['with all but the origin', { Origin: 'http://evil.example', 'Sec-Fetch-Site': 'cross-site' }],
    ['from a neighbour on another port', { Origin: 'http://127.0.0.1:9090', 'Sec-Fetch-Site': 'same-site' }],
    ['from a page without an origin', { Origin: 'null' }],
  ])('%s, signed in and with a right token, reaches none of the routes', async (_, from) => {
    const { visitor, cookie } = house.admin;
    const posts = routesOf(house).filter(({ method, path }) => method === 'POST' && path !== '/setup');
    expect(posts.length).toBeGreaterThan(40);
    for (const { path } of posts) {
      const at = path.replaceAll(/:\w+/g, '7');
      const { answer } = await house.open(
        at,
        { ...form, ...from, Cookie: cookie },
        { method: 'POST', body: `_csrf=${visitor.token}` },
      );
      expect(answer.statusCode, path).toBe(403);
    }
  });

  it('is a form of ours when it comes from here', async () => {
    const { visitor, cookie } = house.admin;
    const body = `_csrf=${visitor.token}&theme=dark`;
    const { answer } = await house.open(
      '/theme',
      { ...form, Origin: origin, Cookie: cookie },
      { method: 'POST', body },
    );
    expect(answer.statusCode).toBe(303);
  });

  it('signs nobody in to an account of the sender’s', async () => {
    const { answer } = await house.open('/sign-in', { ...form, Origin: origin }, { method: 'POST', body: login });
    expect(answer.statusCode).toBe(403);
    expect(String(answer.headers['set-cookie'])).not.toContain('session');
  });
});

describe('a request by another name', () => {
  it.each<[string, Record<string, string>]>([
    ['Host', { Host: 'evil.example' }],
    [
      'Host, and ours beside it',
      { Host: 'evil.example', 'X-Forwarded-Host': '127.0.0.1:8080', Forwarded: 'host="127.0.0.1:8080"' },
    ],
    ['an address that is sent whole', { Host: 'evil.example' }],
  ])('in %s gets no page, signed in or not', async (how, headers) => {
    const path = how.includes('whole') ? 'http://127.0.0.1:8080/me' : '/me';
    for (const Cookie of ['', house.admin.cookie]) {
      const { answer } = await house.open(path, { ...headers, Cookie });
      expect([answer.statusCode, answer.headers.location]).toEqual([421, undefined]);
    }
  });

  it('in headers that nobody was told to believe is the request that it is', async () => {
    for (const header of ['X-Forwarded-Host', 'X-Host', 'X-Original-URL', 'X-Rewrite-URL', 'Forwarded']) {
      const { answer } = await house.open('/me', { Cookie: house.admin.cookie, [header]: 'evil.example' });
      expect(answer.statusCode, header).toBe(200);
      const stranger = await house.open('/me', { [header]: '/sign-in' });
      expect(stranger.answer.headers.location, header).toBe('/sign-in?next=%2Fme');
    }
  });

  it('with an address sent whole leads nowhere else afterwards', async () => {
    const { answer } = await house.open('http://evil.example/me');
    expect(answer.statusCode).toBe(303);
    const at = String(answer.headers.location);
    const page = await house.open(at);
    await page.ended;
    expect(page.text()).toMatch(/name="next" value="\/"/);
  });
});

describe('a request that says it comes from this machine', () => {
  const lies = {
    'X-Forwarded-For': '127.0.0.1',
    'X-Real-IP': '127.0.0.1',
    'True-Client-IP': '127.0.0.1',
    'X-Client-IP': '127.0.0.1',
    Forwarded: 'for=127.0.0.1;proto=https;host=127.0.0.1:8080',
    'X-Forwarded-User': 'alex',
    'X-Remote-User': 'alex',
    'Remote-User': 'alex',
    Authorization: `Basic ${Buffer.from(`alex:${password}`).toString('base64')}`,
  };

  it('opens no page, by any of these words', async () => {
    for (const path of ['/', '/accounts', '/audit/audit.csv', '/users']) {
      const { answer } = await house.open(path, lies);
      expect([answer.statusCode, String(answer.headers.location).slice(0, 14)], path).toEqual([303, '/sign-in?next=']);
    }
  });

  it('has its own tries, whatever it says: only a proxy that is named is believed', async () => {
    const behind = await openHouse({ env: { GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1' } });
    try {
      const addressOf = async (at: House, headers: Record<string, string>) => {
        await at.dashboard.deps.db('sessions').delete();
        const person = await at.signIn('alex', headers);
        expect((await person.visitor.get('/me')).status).toBe(200);
        return (await at.dashboard.deps.db('sessions').first('address')).address;
      };
      expect(await addressOf(house, lies)).toBe('127.0.0.1');
      expect(await addressOf(house, { 'X-Forwarded-For': '192.0.2.7' })).toBe('127.0.0.1');
      expect(await addressOf(behind, { 'X-Forwarded-For': '192.0.2.7' })).toBe('192.0.2.7');
      // What its client told the proxy stands before what the proxy saw.
      expect(await addressOf(behind, { 'X-Forwarded-For': '203.0.113.9, 192.0.2.7' })).toBe('192.0.2.7');
      expect(await addressOf(behind, { 'X-Forwarded-For': '<b>\u009b, 192.0.2.7' })).toBe('192.0.2.7');
      const evil = await addressOf(behind, { 'X-Forwarded-For': `<img src=x>\u009b${'x'.repeat(500)}` });
      expect(evil.length).toBeLessThanOrEqual(64);
    } finally {
      await behind.close();
    }
    house.admin = await house.signIn('alex');
  });
});

describe('another method', () => {
  it('is none, however it is asked for', async () => {
    const { visitor, cookie } = house.admin;
    const body = `_csrf=${visitor.token}&_method=GET`;
    for (const header of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
      const got = await house.open('/me?_method=POST', { Cookie: cookie, [header]: 'POST' });
      expect(got.answer.statusCode, header).toBe(200);
      const posted = await house.open(
        '/sign-out?_method=GET',
        { ...form, Cookie: cookie, [header]: 'POST' },
        { method: 'GET' },
      );
      expect(posted.answer.statusCode, header).toBe(404);
      const sent = await house.open(
        '/me',
        { ...form, Origin: origin, Cookie: cookie, [header]: 'GET' },
        { method: 'POST', body },
      );
      expect(sent.answer.statusCode, header).toBe(422);
    }
    for (const method of ['PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'OPTIONS']) {
      expect((await house.open('/me', { Cookie: cookie }, { method })).answer.statusCode, method).toBe(405);
    }
    expect((await visitor.get('/me')).status).toBe(200);
  });
});

describe('a request with two ends', () => {
  const asks = (headers: string, body = '') =>
    `POST /theme HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n${headers}\r\n\r\n${body}`;
  const smuggled = '0\r\n\r\nGET /accounts HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n';

  it.each<[string, string]>([
    ['by length and by pieces', `Content-Length: 5\r\nTransfer-Encoding: chunked`],
    ['by two lengths', 'Content-Length: 5\r\nContent-Length: 50'],
    ['by pieces of another name', 'Transfer-Encoding: chunked, identity'],
    ['in a header that goes on in the next line', 'X-A: 1\r\n Host: evil.example\r\nContent-Length: 0'],
    ['with a blank before the colon', 'Content-Length : 5'],
    ['with NUL in a header', 'X-A: a\u0000b'],
  ])('%s is read as none', async (_, headers) => {
    const answer = await house.bytes(asks(headers, smuggled));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('is one with one end', async () => {
    const answer = await house.bytes(`GET /health HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('and one whose headers never end takes up no more than 16 KiB', async () => {
    const { cookie } = house.admin;
    const huge = await house.bytes(
      `GET /me HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nCookie: ${'a=b; '.repeat(5_000)}\r\n\r\n`,
    );
    expect(huge).toMatch(/^HTTP\/1\.1 431 /);
    const many = await house.open('/me', { Cookie: `${'a=b; '.repeat(1_000)}${cookie}` });
    expect(many.answer.statusCode).toBe(200);
  });
});

describe('a cookie', () => {
  it.each([
    'v=2;k=blah',
    's%3A%FF%00',
    's:__proto__.x',
    `s%3A${'A'.repeat(43)}.${'B'.repeat(43)}`,
    '%',
    '\u00ff\u009b',
    '{"accountId":"id-alex"}',
    "' OR 1=1 --",
  ])('that is %j opens nothing and breaks nothing', async value => {
    const names = ['session', 'visitor', 'device', 'half', 'theme'].map(name => `gatehouse-${name}=${value}`);
    for (const path of ['/me', '/sign-in/second']) {
      const { answer } = await house.open(path, { Cookie: names.join('; '), Authorization: 'Basic !!!=' });
      expect([answer.statusCode, String(answer.headers.location).slice(0, 9)]).toEqual([303, '/sign-in?']);
    }
    expect((await house.open('/me', { Cookie: house.admin.cookie })).answer.statusCode).toBe(200);
  });
});
