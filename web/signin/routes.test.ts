import { describe, expect, it, vi } from 'vitest';
import { administrator, openDashboard } from '../visitor.fixture.ts';

const { login, password } = administrator;
const cookies = (answer: { headers: Record<string, unknown> }) => (answer.headers['set-cookie'] ?? []) as string[];

async function setUp(options: Parameters<typeof openDashboard>[0] = {}) {
  const dashboard = await openDashboard(options);
  await dashboard.signedIn();
  await dashboard.deps.db('sessions').delete();
  return dashboard;
}

describe('signing in', () => {
  it('goes on where the person wanted to go, under a session of its own', async () => {
    const { visitor, deps } = await setUp();
    const person = visitor();
    const sent = await person.get('/users?q=jo');
    expect(sent.headers.location).toBe('/sign-in?next=%2Fusers%3Fq%3Djo');
    expect((await person.get(sent.headers.location!)).text).toContain('name="next" value="/users?q=jo"');
    const done = await person.post(
      '/sign-in',
      { login: ' Alex ', password, next: '/users?q=jo' },
      { 'User-Agent': 'a browser' },
    );
    expect(done.headers.location).toBe('/users?q=jo');
    expect(cookies(done).find(text => text.startsWith('gatehouse-session='))).toMatch(/HttpOnly; SameSite=Lax$/);
    expect(await deps.db('sessions')).toMatchObject([
      { address: expect.stringContaining('127.0.0.1'), agent: 'a browser' },
    ]);
    expect((await person.get('/sign-in')).headers.location).toBe('/');
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', '/\t/evil.example'])(
    'never leads away to %s',
    async next => {
      const person = (await setUp()).visitor();
      await person.get('/sign-in');
      expect((await person.post('/sign-in', { login, password, next })).headers.location).toBe('/');
    },
  );

  it('keeps where the person wanted to go, also where a theme is chosen after a fault', async () => {
    const person = (await setUp()).visitor();
    expect((await person.get('/sign-in')).text).toContain('name="back" value="/sign-in"');
    await person.get('/sign-in?next=%2Fusers%2Fjo');
    const again = await person.post('/sign-in', { login, password: 'wrong', next: '/users/jo' });
    expect(again.text).toContain('name="back" value="/sign-in?next=%2Fusers%2Fjo"');
  });

  it('says the same for a wrong password and an unknown login, and keeps the login but no password', async () => {
    const person = (await setUp()).visitor();
    await person.get('/sign-in');
    const wrong = await person.post('/sign-in', { login, password: 'something else' });
    const unknown = await person.post('/sign-in', { login: 'sam', password: 'something else' });
    for (const answer of [wrong, unknown]) {
      expect(answer.status).toBe(422);
      expect(answer.text).toContain('do not belong together');
      expect(answer.text).not.toContain('something else');
    }
    const said = ({ text }: { text: string }) => text.replaceAll(login, 'sam').replaceAll(/_csrf" value="[^"]+"/g, '');
    expect(said(wrong)).toBe(said(unknown));
    expect((await person.get('/')).headers.location).toBe('/sign-in?next=%2F');
  });

  it('writes down whose account was tried, and never what was typed in the wrong field', async () => {
    const { visitor, deps } = await setUp();
    const warn = vi.spyOn(deps.log, 'warn');
    const person = visitor();
    await person.get('/sign-in');
    await person.post('/sign-in', { login: 'my secret words', password: 'x' });
    await person.post('/sign-in', { login, password: 'my secret words' });
    expect(warn.mock.calls.map(call => (call as unknown[])[1])).toMatchObject([{ login: 'unknown' }, { login }]);
    expect(JSON.stringify(warn.mock.calls)).not.toContain('secret');
  });

  it('gives a new id at each sign-in, and takes none that somebody else chose', async () => {
    const { visitor, deps } = await setUp();
    const person = visitor();
    await person.get('/sign-in', { Cookie: 'gatehouse-session=s%3Achosen.bad' });
    const first = await person.post('/sign-in', { login, password });
    await person.get('/nosuch');
    const second = await person.post('/sign-in', { login, password });
    const id = (answer: typeof first) =>
      cookies(answer)
        .find(text => text.includes('-session='))
        ?.split(';')[0];
    expect(id(first)).toBeTruthy();
    expect(id(second)).toBeTruthy();
    expect(id(first)).not.toBe(id(second));
    expect(await deps.db('sessions').count({ n: '*' })).toEqual([{ n: 1 }]);
  });

  it('uses __Host- cookies, Secure, where people come by https', async () => {
    const env = { GATEHOUSE_ORIGIN: 'https://nas.example' };
    const { visitor } = await openDashboard({ env });
    const answer = await visitor().get('/setup');
    expect(cookies(answer)).toEqual([
      expect.stringMatching(/^__Host-gatehouse-visitor=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    expect(answer.headers['strict-transport-security']).toBeTruthy();
  });

  it('slows guessing from one address, whatever the login; a success counts as none', async () => {
    const { visitor } = await setUp();
    const person = visitor();
    await person.get('/sign-in');
    for (let i = 0; i < 10; i++) {
      expect((await person.post('/sign-in', { login: `sam${i}`, password: 'x' })).status).toBe(422);
      if (i === 5) expect((await visitorSignsIn(visitor())).status).toBe(303);
    }
    const closed = await visitorSignsIn(visitor());
    expect(closed.status).toBe(429);
    expect(closed.text).toContain('Too many tries');
  });

  it('lets nobody lock the owner out: a browser that signed in before keeps tries of its own, and these are counted too', async () => {
    const { visitor } = await setUp();
    const owner = visitor();
    expect((await visitorSignsIn(owner)).status).toBe(303);
    await owner.get('/nosuch');
    await owner.post('/sign-out');
    const guesser = visitor();
    await guesser.get('/sign-in');
    for (let i = 0; i < 10; i++) await guesser.post('/sign-in', { login, password: 'x' });
    expect((await visitorSignsIn(visitor())).status).toBe(429);
    expect((await visitorSignsIn(owner)).status).toBe(303);
    await owner.get('/nosuch');
    await owner.post('/sign-out');
    await owner.get('/sign-in');
    // With another login it is a stranger's browser.
    expect((await owner.post('/sign-in', { login: 'sam', password })).status).toBe(429);
    for (let i = 0; i < 10; i++) await owner.post('/sign-in', { login, password: 'x' });
    expect((await visitorSignsIn(owner)).status).toBe(429);
  });

  it('counts the addresses that a trusted proxy tells apart, and believes nobody else', async () => {
    const trusted = { GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1,::1,::ffff:127.0.0.1' };
    for (const [env, status] of [
      [trusted, 303],
      [{}, 429],
    ] as const) {
      const { visitor } = await setUp({ env });
      const guesser = visitor();
      await guesser.get('/sign-in');
      for (let i = 0; i < 10; i++) {
        await guesser.post('/sign-in', { login: 'sam', password: 'x' }, { 'X-Forwarded-For': '203.0.113.9' });
      }
      expect((await visitorSignsIn(visitor(), { 'X-Forwarded-For': '203.0.113.10' })).status).toBe(status);
    }
  });
});

async function visitorSignsIn(
  person: { get(path: string): Promise<unknown>; post: import('../visitor.fixture.ts').Visitor['post'] },
  headers = {},
) {
  await person.get('/sign-in');
  return person.post('/sign-in', { login, password }, headers);
}

describe('signing out', () => {
  it('ends the session on the server, so that its cookie is worth nothing', async () => {
    const dashboard = await openDashboard();
    const person = await dashboard.signedIn();
    expect((await person.get('/nosuch')).status).toBe(404);
    expect((await person.post('/sign-out')).headers.location).toBe('/sign-in?ended');
    expect(await dashboard.deps.db('sessions')).toEqual([]);
    expect((await person.get('/nosuch')).headers.location).toMatch(/^\/sign-in/);
    expect((await person.get('/sign-in?ended')).text).toContain('You are signed out.');
  });

  it('is not done by a link', async () => {
    const person = await (await openDashboard()).signedIn();
    expect((await person.get('/sign-out')).status).toBe(404);
    expect((await person.get('/nosuch')).status).toBe(404);
  });

  it('happens to an account that is gone', async () => {
    const dashboard = await openDashboard();
    const person = await dashboard.signedIn();
    await dashboard.deps.db('accounts').delete();
    expect((await person.get('/nosuch')).headers.location).toMatch(/^\/sign-in/);
  });
});
