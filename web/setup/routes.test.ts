import { describe, expect, it } from 'vitest';
import { openDashboard, setupToken } from '../visitor.fixture.ts';

const filled = { name: 'Alex', login: 'alex', password: 'a few plain words', repeat: 'a few plain words' };
const page = `/setup?token=${setupToken}`;

describe('the first run', () => {
  it('leads to the setup from every page, and says where the token is', async () => {
    const visitor = (await openDashboard()).visitor();
    for (const path of ['/', '/users', '/sign-in']) {
      expect((await visitor.get(path)).headers.location, path).toBe('/setup');
    }
    const asked = await visitor.get('/setup');
    expect(asked.status).toBe(200);
    expect(asked.text).toContain('Open the link from the terminal');
    expect(asked.text).not.toContain('name="password"');
    // Nothing is done meanwhile: a password is not even looked at.
    expect((await visitor.post('/sign-in', { login: '' })).status).toBe(403);
    expect((await visitor.post('/theme', { theme: 'dark' })).status).toBe(303);
  });

  it('shows the form to who brings the token, and to nobody else', async () => {
    const visitor = (await openDashboard()).visitor();
    expect((await visitor.get(page)).text).toContain('name="password"');
    for (const token of ['', 'a-token-that-is-knowN', `${setupToken}&token=x`]) {
      const refused = await visitor.get(`/setup?token=${token}`);
      expect(refused.status).toBe(403);
      expect(refused.text).toContain('not the one that was printed');
      expect(refused.text).not.toContain('name="password"');
    }
  });

  it('makes the administrator, signs in under a new session, and is gone', async () => {
    const { visitor, deps } = await openDashboard();
    const person = visitor();
    await person.get(page);
    const done = await person.post('/setup', { ...filled, token: setupToken });
    expect(done.status).toBe(303);
    expect(done.headers.location).toBe('/');
    expect(await deps.db('accounts').select('login', 'name', 'role')).toEqual([
      { login: 'alex', name: 'Alex', role: 'administrator' },
    ]);
    expect(await deps.db('accounts').pluck('password_hash')).toEqual([expect.stringMatching(/^\$argon2id\$/)]);
    expect((await person.get('/nosuch')).text).toContain('Gatehouse is set up, and you are signed in as alex.');
    for (const who of [person, visitor()]) {
      expect((await who.get(page)).status).toBe(404);
      expect((await who.get('/setup')).status).toBe(404);
      expect((await who.post('/setup', { ...filled, token: setupToken })).status).toBe(404);
    }
  });

  it('stores nothing for a wrong token, whatever else is right', async () => {
    const { visitor, deps } = await openDashboard();
    const person = visitor();
    await person.get(page);
    for (const token of ['', 'x'.repeat(32)]) {
      expect((await person.post('/setup', { ...filled, token })).status).toBe(403);
    }
    expect(await deps.db('accounts')).toEqual([]);
    expect((await person.get('/')).headers.location).toBe('/setup');
  });

  it.each([
    ['a short password', { password: 'eleven char', repeat: 'eleven char' }, 'at least 12 characters'],
    ['another password the second time', { repeat: 'a few plain word' }, 'not the same'],
    [
      'the login as password',
      { login: 'alexalexalex', password: 'AlexAlexAlex', repeat: 'AlexAlexAlex' },
      'the first that',
    ],
    ['a login with a blank', { login: 'al ex' }, 'A login is'],
    ['no name', { name: ' ' }, 'Type a name'],
  ])('asks again for %s, with what was typed but no password', async (_, change, sentence) => {
    const { visitor, deps } = await openDashboard();
    const person = visitor();
    await person.get(page);
    const again = await person.post('/setup', { ...filled, ...change, token: setupToken });
    expect(again.status).toBe(422);
    expect(again.text).toContain(sentence);
    expect(again.text).toContain('value="Alex"'.replace('Alex', 'name' in change ? ' ' : 'Alex'));
    expect(again.text).not.toContain('plain word');
    expect(await deps.db('accounts')).toEqual([]);
  });

  it('makes nobody of a form with a field that is none of its own', async () => {
    const { visitor, deps } = await openDashboard();
    const person = visitor();
    await person.get(page);
    const answer = await person.post('/setup', { ...filled, role: 'member', token: setupToken });
    expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('a field that the form does not have')]);
    expect(await deps.db('accounts')).toEqual([]);
  });

  it('lets one of two people with the token win', async () => {
    const { visitor, deps } = await openDashboard();
    const people = [visitor(), visitor()];
    for (const person of people) await person.get(page);
    const answers = await Promise.all(
      people.map((person, at) => person.post('/setup', { ...filled, login: `alex${at}`, token: setupToken })),
    );
    expect(answers.map(answer => answer.status).toSorted()).toEqual([303, 404]);
    expect(await deps.db('accounts').pluck('login')).toHaveLength(1);
  });

  it('closes for a while to who guesses', async () => {
    const person = (await openDashboard()).visitor();
    await person.get('/setup');
    await person.get(page);
    for (let i = 0; i < 30; i++) expect((await person.post('/setup', { token: 'wrong' })).status).toBe(403);
    const closed = await person.post('/setup', { ...filled, token: setupToken });
    expect(closed.status).toBe(429);
    expect(Number(closed.headers['retry-after'])).toBeGreaterThan(840);
    expect(Number(closed.headers['retry-after'])).toBeLessThanOrEqual(900);
    expect(closed.text).toContain('for 15 minutes');
  });

  it('lets nobody try one token after the other', async () => {
    const visitor = (await openDashboard()).visitor();
    const statuses = new Set<number>();
    for (let i = 0; i < 100; i++) statuses.add((await visitor.get(`/setup?token=guess-${i}`)).status);
    expect([...statuses]).toEqual([403]);
    expect((await visitor.get(page)).status).toBe(429);
  });
});
