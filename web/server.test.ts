import express from 'express';
import { describe, expect, it } from 'vitest';
import { type Feature, onlyAdministrators } from './feature.ts';
import { type Features, openFeatures } from './features.ts';
import { openDashboard } from './visitor.fixture.ts';

/** One small feature, with a page of each kind. */
function example(): Feature {
  const router = express.Router();
  let made = 0;
  router.get('/', (_req, res) => res.json({ made, host: res.locals.host?.name }));
  router.get('/:login', (req, res) => res.json({ login: req.params.login }));
  router.post('/', (_req, res) => res.json({ made: ++made }));
  router.get('/at/fault', () => {
    throw new Error('a secret of the inside');
  });
  router.get('/at/fault/later', async () => {
    throw new Error('a secret of the inside');
  });
  return {
    path: '/users',
    access: onlyAdministrators,
    router,
    before: (_req, res, next) => {
      res.locals.host = { name: 'home-nas', tone: 'ok', word: 'healthy' };
      next();
    },
  };
}
const open = (env?: Record<string, string>) => openDashboard({ features: () => [example()], ...(env && { env }) });

describe('who is not signed in', () => {
  it('reaches no route by any method', async () => {
    let opened: Features | undefined;
    let all: Feature[] = [];
    const dashboard = await openDashboard({
      features(deps) {
        opened = openFeatures(deps);
        all = [example(), ...opened.list];
        return all;
      },
    });
    await dashboard.signedIn();
    // Every route there is, of every feature and of the frame, and some that are none.
    const routes = all.flatMap(({ path, router }) =>
      router.stack.flatMap(layer => (layer.route ? [`${path === '/' ? '' : path}${String(layer.route.path)}`] : [])),
    );
    const list = [...new Set([...routes, '/', '/sign-out', '/nosuch', '/users/../audit', '/%2e%2e/x'])];
    const stranger = dashboard.visitor();
    await stranger.get('/sign-in');
    expect(list.length).toBeGreaterThan(5);
    for (const route of list) {
      const path = route.replaceAll(/:\w+|\*\w+/g, '7');
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const { status, headers } = await stranger.send(method, path);
        const told = `${method} ${path} said ${status}`;
        if (method === 'GET' || method === 'HEAD') {
          expect(status, told).toBe(303);
          expect(headers.location, told).toMatch(/^\/sign-in\?next=/);
        } else {
          expect([403, 405, 415], told).toContain(status);
        }
      }
      // Even with a token and an origin that are right.
      const { status } = await stranger.post(path);
      expect(status, `POST ${path}`).toBe(path === '/sign-out' ? 303 : 403);
    }
    await opened?.close();
  });

  it('is told by htmx where to sign in, and a stream simply ends', async () => {
    const dashboard = await open();
    await dashboard.signedIn();
    const Referer = 'http://gatehouse.test/audit?q=jo';
    const part = await dashboard.visitor().get('/users', { 'HX-Request': 'true', Referer });
    expect([part.status, part.headers['hx-redirect']]).toEqual([401, '/sign-in?next=%2Faudit%3Fq%3Djo']);
    expect((await dashboard.visitor().get('/users', { Accept: 'text/event-stream' })).status).toBe(401);
  });

  it('reaches the same page once signed in', async () => {
    const person = await (await open()).signedIn();
    expect((await person.get('/users')).body).toEqual({ made: 0, host: 'home-nas' });
    expect((await person.post('/users')).body).toEqual({ made: 1 });
  });

  it('is let in by the role of administrator only', async () => {
    const dashboard = await open();
    const person = await dashboard.signedIn();
    await dashboard.deps.db('accounts').update({ role: 'member' });
    const refused = await person.get('/users');
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('Not for this account');
    expect((await person.post('/users')).status).toBe(403);
    expect(refused.text).toContain('action="/sign-out"');
    expect((await person.post('/sign-out')).headers.location).toBe('/sign-in?ended');
  });
});

describe('a request from elsewhere', () => {
  it.each([
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a neighbour of the same site', { 'Sec-Fetch-Site': 'same-site' }],
    ['no page at all', { 'Sec-Fetch-Site': 'none' }],
    ['another origin', { Origin: 'http://evil.example' }],
    ['the same host by another scheme', { Origin: 'https://127.0.0.1:8080' }],
    ['an origin that is hidden', { Origin: 'null' }],
  ])('is refused when it comes from %s', async (_, headers) => {
    const person = await (await open()).signedIn();
    const refused = await person.post('/users', {}, headers);
    expect([refused.status, refused.text.includes('Go to the start page')]).toEqual([403, true]);
    expect((await person.get('/users')).body.made).toBe(0);
  });

  it('is refused without any sign of where it comes from', async () => {
    const person = await (await open()).signedIn();
    const bare = await person.post('/users', {}, { Origin: undefined, 'Sec-Fetch-Site': undefined });
    expect(bare.status).toBe(403);
  });

  it.each([
    ['no token', ''],
    ['a wrong one', 'x'.repeat(43)],
    ['two', ['x', 'y']],
  ])('is refused with %s', async (_, _csrf) => {
    const person = await (await open()).signedIn();
    expect((await person.post('/users', { _csrf })).status).toBe(403);
    expect((await person.get('/users')).body.made).toBe(0);
  });

  it('is told that the session has ended where it ended under the form, and how to come back to it', async () => {
    const dashboard = await open();
    const person = await dashboard.signedIn();
    await person.get('/nosuch');
    const { token } = person;
    await person.post('/sign-out');
    const Referer = `${dashboard.deps.settings.origin}/users/new?x=1`;
    const late = await person.post('/users', { _csrf: token }, { Referer });
    expect([late.status, late.text]).toEqual([403, expect.stringContaining('Your session has ended.')]);
    expect(late.text).toContain('href="/sign-in?next=%2Fusers%2Fnew%3Fx%3D1"');
    // What comes from elsewhere hears nothing of sessions.
    const forged = await person.post('/users', { _csrf: token }, { Origin: 'http://evil.example' });
    expect([forged.status, forged.text]).toEqual([403, expect.stringContaining('not sent by this page')]);
    const atTheDoor = await person.post('/sign-in', { _csrf: token });
    expect([atTheDoor.status, atTheDoor.text]).toEqual([403, expect.stringContaining('not sent by this page')]);
  });

  it('is refused with the token of another session, or of the time before sign-in', async () => {
    const dashboard = await open();
    const [one, other] = [await dashboard.signedIn(), await dashboard.signedIn()];
    await one.get('/nosuch');
    await other.get('/nosuch');
    expect((await one.post('/users', { _csrf: other.token })).status).toBe(403);
    const stranger = dashboard.visitor();
    await stranger.get('/sign-in');
    expect((await one.post('/users', { _csrf: stranger.token })).status).toBe(403);
    expect((await one.post('/users')).status).toBe(200);
  });

  it('has another token in each page, each good, so that the length of no compressed page tells it', async () => {
    const person = await (await open()).signedIn();
    const tokens = [];
    for (let page = 0; page < 3; page++) {
      await person.get('/nosuch');
      tokens.push(person.token);
    }
    expect(new Set(tokens.flatMap(token => token.split('.'))).size).toBe(6);
    for (const _csrf of tokens) expect((await person.post('/users', { _csrf })).status).toBe(200);
    const [nonce, proof] = [tokens[0]?.split('.')[0], tokens[1]?.split('.')[1]];
    expect((await person.post('/users', { _csrf: `${nonce}.${proof}` })).status).toBe(403);
  });

  it('passes with the token in the header of htmx, and where the browser names only the origin', async () => {
    const person = await (await open()).signedIn();
    const { token } = person;
    expect((await person.post('/users', { _csrf: undefined }, { 'X-CSRF-Token': token })).status).toBe(200);
    expect((await person.post('/users', {}, { 'Sec-Fetch-Site': undefined })).status).toBe(200);
  });
});

describe('an address that is not ours', () => {
  it.each(['evil.example', 'localhost:8080', '127.0.0.1:8081', '127.0.0.1:8080.evil.example', ''])(
    'gets a page that says where we are: %j',
    async host => {
      const answer = await (await open())
        .visitor()
        .get('/sign-in', { Host: host, 'X-Forwarded-Host': '127.0.0.1:8080' });
      expect(answer.status).toBe(421);
      expect(answer.text).toContain('http://127.0.0.1:8080');
    },
  );

  it.each([
    ['http://nas.example', 'nas.example'],
    ['http://nas.example', 'NAS.Example'],
    ['http://nas.example', 'nas.example:80'],
    ['https://nas.example', 'NAS.example:443'],
    ['https://NAS.example:8443', 'nas.EXAMPLE:8443'],
    ['http://[::1]', '[::1]:80'],
  ])('is not ours spelt otherwise: %s is served as %s', async (origin, host) => {
    const answer = await (await open({ GATEHOUSE_ORIGIN: origin })).visitor().get('/setup', { Host: host });
    expect(answer.status).toBe(200);
  });

  it.each([
    ['http://nas.example', 'nas.example:443'],
    ['https://nas.example', 'nas.example:80'],
    ['https://nas.example', 'nas.example:8443'],
    ['https://nas.example', 'nas.example:'],
    ['https://nas.example', 'nas.example.'],
    ['https://nas.example', 'nas.example:0443'],
    ['https://nas.example', 'nas.example:443:443'],
    ['https://nas.example', 'nas.example@evil.example'],
    ['https://nas.example', 'evil.example@nas.example'],
    ['https://nas.example:8443', 'nas.example'],
    ['https://nas.example:8443', 'nas.example:443'],
    ['http://127.0.0.1', '127.1'],
  ])('is another name or port: %s is not served as %s', async (origin, host) => {
    const answer = await (await open({ GATEHOUSE_ORIGIN: origin })).visitor().get('/setup', { Host: host });
    expect(answer.status).toBe(421);
  });

  it('may still ask whether we are well, and learns nothing else', async () => {
    const answer = await (await open()).visitor().get('/health', { Host: 'localhost:8080' });
    expect([answer.status, answer.body]).toEqual([200, { ok: true }]);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});

describe('what goes wrong', () => {
  it('is a page that says so: no such page, another method, too large, not a form', async () => {
    const person = await (await open()).signedIn();
    expect((await person.get('/nosuch')).text).toContain('There is no such page');
    const other = await person.post('/users/jo');
    expect([other.status, other.headers.allow]).toEqual([405, 'GET']);
    expect(other.text).toContain('does not take a POST request');
    expect((await person.send('PUT', '/users')).status).toBe(405);
    expect((await person.post('/users', { name: 'x'.repeat(70_000) })).status).toBe(413);
    expect((await person.post('/users', {}, { 'Content-Type': 'application/json' })).status).toBe(415);
    expect((await person.get('/users/%ff')).status).toBe(400);
  });

  it.each(['/users/at/fault', '/users/at/fault/later'])('tells nothing of the inside at %s', async path => {
    const person = await (await open()).signedIn();
    const answer = await person.get(path);
    expect(answer.status).toBe(500);
    expect(answer.text).toMatch(/says more under [0-9a-f]{8}\./);
    expect(answer.text).not.toContain('secret of the inside');
  });

  it('takes the place of the content where htmx asked for a part', async () => {
    const person = await (await open()).signedIn();
    const answer = await person.get('/nosuch', { 'HX-Request': 'true' });
    expect(answer.headers).toMatchObject({ 'hx-retarget': '#main', 'hx-reselect': '#main' });
  });
});

describe('what browsers are told', () => {
  it('is the policy of ui.md, on every answer, with nothing kept in a cache', async () => {
    const dashboard = await open();
    const person = await dashboard.signedIn();
    for (const path of ['/users', '/nosuch', '/sign-in', '/health']) {
      const { headers } = await person.get(path);
      expect(headers['content-security-policy']).toBe(
        "default-src 'none';script-src 'self';style-src 'self';img-src 'self';font-src 'self';connect-src 'self';" +
          "form-action 'self';base-uri 'none';frame-ancestors 'none'",
      );
      expect(headers['cache-control']).toContain('no-store');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-powered-by']).toBeUndefined();
    }
  });

  it('is that a file of a page may be kept for ever under its own name', async () => {
    const visitor = (await open()).visitor();
    const page = await visitor.get('/setup');
    const files = [...page.text.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map(([, path]) => path!);
    expect(files.length).toBeGreaterThan(3);
    for (const file of new Set(files)) {
      const answer = await visitor.get(file);
      expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    for (const path of ['/static/x/app.css', '/static/../settings.ts', '/static/', '/server.ts']) {
      expect((await visitor.get(path)).status, path).toBe(303);
    }
  });

  it('is compressed where it is looked at, and not where it answers an act', async () => {
    const person = await (await open()).signedIn();
    const asked = { 'Accept-Encoding': 'gzip' };
    const page = await person.get('/nosuch', asked);
    expect([page.headers['content-encoding'], page.text.includes('</html>')]).toEqual(['gzip', true]);
    expect(
      (await person.get('/nosuch', { 'Accept-Encoding': 'identity' })).headers['content-encoding'],
    ).toBeUndefined();
    expect((await person.post('/nosuch', {}, asked)).headers['content-encoding']).toBeUndefined();
  });

  it('weighs little: the frame of a page with everything it loads', async () => {
    const person = await (await open()).signedIn();
    const page = await person.get('/nosuch');
    const files = [...page.text.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map(([, path]) => path!);
    let bytes = page.text.length;
    for (const file of new Set(files)) {
      const { headers } = await person.send('HEAD', file, { 'Accept-Encoding': 'gzip' });
      expect(headers['content-encoding']).toBe('gzip');
      bytes += Number(headers['content-length']);
    }
    expect(bytes).toBeLessThan(40_000);
  });
});

describe('the appearance', () => {
  it('is kept in a cookie, and stands in the first byte of the next page', async () => {
    const person = await (await open()).signedIn();
    expect((await person.get('/nosuch')).text).toContain('<html lang="en">');
    const chosen = await person.post('/theme', { theme: 'dark', back: '/nosuch?q=1' });
    expect([chosen.status, chosen.headers.location]).toEqual([303, '/nosuch?q=1']);
    expect((await person.get('/nosuch')).text).toContain('<html lang="en" data-theme="dark">');
    await person.post('/theme', { theme: '"><script>', back: 'https://evil.example/' });
    expect((await person.get('/nosuch')).text).toContain('<html lang="en">');
  });
});
