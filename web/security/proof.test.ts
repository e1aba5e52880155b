import express from 'express';
import { describe, expect, it } from 'vitest';
import { codeOf, setUpApp, stepMs } from '../factors/factors.fixture.ts';
import { factorsRoutes } from '../factors/routes.ts';
import { type Deps, type Feature, onlyAdministrators } from '../feature.ts';
import { proveRoutes } from '../signin/prove.ts';
import { administrator, openDashboard } from '../visitor.fixture.ts';
import { isProved, requireProof } from './proof.ts';

const { password } = administrator;
const lastsMs = 10 * 60_000;

async function open() {
  const clock = { ms: Date.UTC(2026, 10, 21, 12) };
  const acts: string[] = [];
  const danger = (): Feature => {
    const router = express.Router();
    router.get('/proved', (req, res) => void res.send(String(isProved(req))));
    router.use(requireProof);
    router.get('/', (_req, res) => void res.send('the form'));
    router.post('/', (req, res) => {
      acts.push(String(req.body.what));
      res.send('done');
    });
    return { path: '/danger', access: onlyAdministrators, router };
  };
  const features = (deps: Deps) => [danger(), factorsRoutes(deps), proveRoutes(deps)];
  const dashboard = await openDashboard({ features, now: () => clock.ms });
  const person = await dashboard.signedIn();
  return { ...dashboard, clock, acts, person };
}

describe('a dangerous act', () => {
  it('is open for ten minutes after signing in, then asks, and goes on after the password', async () => {
    const { person, clock, acts } = await open();
    clock.ms += lastsMs - 1;
    expect((await person.get('/danger?id=7')).text).toBe('the form');
    expect((await person.get('/danger/proved')).text).toBe('true');
    clock.ms += 1;
    expect((await person.get('/danger/proved')).text).toBe('false');
    expect((await person.get('/danger?id=7')).headers.location).toBe('/prove?next=%2Fdanger%3Fid%3D7');
    expect((await person.get('/prove?next=/danger?id=7')).text).toContain('name="next" value="/danger?id=7"');
    const wrong = await person.post('/prove', { password: 'something else', next: '/danger?id=7' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('name="next" value="/danger?id=7"');
    expect((await person.get('/danger')).status).toBe(303);
    expect((await person.post('/prove', { password, next: '/danger?id=7' })).headers.location).toBe('/danger?id=7');
    expect((await person.get('/danger?id=7')).text).toBe('the form');
    await person.post('/danger', { what: 'lawful' });
    clock.ms += lastsMs;
    expect((await person.get('/danger')).status).toBe(303);
    expect(acts).toEqual(['lawful']);
  });

  it('is not done by a form that comes too late, whose page is shown again after the proof', async () => {
    const { person, clock, acts, deps } = await open();
    const { origin } = deps.settings;
    clock.ms += lastsMs;
    const sent = (Referer?: string) => person.post('/danger', { what: 'late' }, { Referer });
    expect((await sent(`${origin}/danger?id=7`)).headers.location).toBe('/prove?next=%2Fdanger%3Fid%3D7');
    expect((await sent()).headers.location).toBe('/prove?next=%2Fdanger');
    for (const elsewhere of ['https://evil.example/danger', 'javascript:alert(1)', `${origin}//evil.example`])
      expect((await sent(elsewhere)).headers.location, elsewhere).toMatch(/^\/prove\?next=%2F(danger)?$/);
    expect(acts).toEqual([]);
  });

  it('sends the whole page of a part to the proof', async () => {
    const { person, clock, deps } = await open();
    clock.ms += lastsMs;
    const headers = { 'HX-Request': 'true', Referer: `${deps.settings.origin}/danger?id=7` };
    const part = await person.get('/danger', headers);
    expect([part.status, part.headers['hx-redirect']]).toEqual([401, '/prove?next=%2Fdanger%3Fid%3D7']);
  });

  it('is opened in one session by a proof in that session only', async () => {
    const { person, clock, visitor, deps } = await open();
    const other = visitor();
    await other.get('/sign-in');
    await other.post('/sign-in', { login: administrator.login, password });
    clock.ms += lastsMs;
    await person.get('/prove');
    await person.post('/prove', { password });
    expect((await person.get('/danger')).status).toBe(200);
    expect((await other.get('/danger')).status).toBe(303);
    expect(await deps.db('sessions').count({ n: '*' })).toEqual([{ n: 2 }]);
  });

  it('is opened by a code of the app too, once, and by no recovery code', async () => {
    const { person, clock } = await open();
    expect((await person.get('/prove')).text).not.toContain('name="code"');
    const app = await setUpApp(person, clock.ms);
    clock.ms += lastsMs;
    expect((await person.get('/prove')).text).toContain('name="code"');
    const code = await codeOf(app.secret, clock.ms);
    expect((await person.post('/prove', { code: app.recoveryCodes[0] })).status).toBe(422);
    expect((await person.post('/prove', { code, next: '/danger' })).headers.location).toBe('/danger');
    expect((await person.post('/prove', { code })).status).toBe(422);
    clock.ms += stepMs;
    expect((await person.get('/danger')).status).toBe(200);
  });

  it('slows guessing, and is for nobody who is not signed in', async () => {
    const { person, clock, visitor } = await open();
    clock.ms += lastsMs;
    await person.get('/prove');
    for (let i = 0; i < 10; i++) expect((await person.post('/prove', { password: 'x' })).status).toBe(422);
    expect((await person.post('/prove', { password })).status).toBe(429);
    expect((await person.get('/danger')).status).toBe(303);
    const stranger = visitor();
    expect((await stranger.get('/prove')).headers.location).toBe('/sign-in?next=%2Fprove');
    await stranger.get('/sign-in');
    expect((await stranger.post('/prove', { password })).status).toBe(403);
  });

  it('never leads away', async () => {
    const { person, clock } = await open();
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      expect((await person.get(`/prove?next=${encodeURIComponent(next)}`)).headers.location, next).toBe('/');
      clock.ms += lastsMs;
      await person.get('/prove');
      const refused = await person.post('/prove/passkey', { passkey: '{}', next });
      expect(refused.headers.location, next).toBe('/prove?next=%2F&passkey');
      expect((await person.post('/prove', { password, next })).headers.location, next).toBe('/');
    }
  });
});
