import { describe, expect, it } from 'vitest';
import { hashPassword } from '../accounts/password.ts';
import { codeOf, givePassword, isIn, openWithFactors, setUpApp, stepMs } from '../factors/factors.fixture.ts';
import { dropFactors } from '../factors/store.ts';
import { administrator } from '../visitor.fixture.ts';

const { login, password } = administrator;

async function openWithApp(env: Record<string, string> = {}) {
  const dashboard = await openWithFactors(env);
  const app = await setUpApp(dashboard.person, dashboard.clock.ms);
  dashboard.clock.ms += stepMs;
  const code = () => codeOf(app.secret, dashboard.clock.ms);
  return { ...dashboard, app, code };
}

describe('signing in to an account with an authenticator app', () => {
  it('takes the password first and then the code, and goes on where the person wanted to go', async () => {
    const { visitor, code } = await openWithApp();
    const person = visitor();
    expect((await givePassword(person, '/users?q=jo')).headers.location).toBe('/sign-in/second?next=%2Fusers%3Fq%3Djo');
    expect((await person.get('/sign-in/second?next=/users?q=jo')).text).toContain('value="/users?q=jo"');
    expect(await isIn(person)).toBe(false);
    await person.get('/sign-in/second');
    const done = await person.post('/sign-in/second', { code: await code(), next: '/users?q=jo' });
    expect(done.headers.location).toBe('/users?q=jo');
    expect(await isIn(person)).toBe(true);
  });

  it('opens no page after the password alone, and no other act', async () => {
    const { visitor, account, deps } = await openWithApp();
    const person = visitor();
    await givePassword(person);
    for (const path of ['/', '/me/factors', '/prove', '/users'])
      expect((await person.get(path)).headers.location, path).toMatch(/^\/sign-in\?next=/);
    await person.get('/sign-in/second');
    for (const path of ['/me/factors/app/remove', '/me/factors/codes', '/prove', '/prove/passkey/options'])
      expect((await person.post(path, { password, code: '000000' })).status, path).toBe(403);
    expect(await deps.db('authenticators').pluck('account_id')).toEqual([account.id]);
    expect(await deps.db('sessions').count({ n: '*' })).toEqual([{ n: 1 }]);
  });

  it('shows the second page to nobody who did not give the password', async () => {
    const { visitor, code } = await openWithApp();
    const person = visitor();
    await person.get('/sign-in');
    expect((await person.get('/sign-in/second?next=/users')).headers.location).toBe('/sign-in?late&next=%2Fusers');
    expect((await person.post('/sign-in/second', { code: await code() })).headers.location).toBe(
      '/sign-in?late&next=%2F',
    );
    expect(await isIn(person)).toBe(false);
  });

  it('waits five minutes for the code, and not longer', async () => {
    const { visitor, clock, code } = await openWithApp();
    const person = visitor();
    await givePassword(person);
    clock.ms += 5 * 60_000;
    const late = await person.post('/sign-in/second', { code: await code() });
    expect(late.headers.location).toBe('/sign-in?late&next=%2F');
    expect((await person.get('/sign-in?late')).text).toContain('more than five minutes');
    await givePassword(person);
    clock.ms += 5 * 60_000 - 1;
    expect((await person.post('/sign-in/second', { code: await code() })).headers.location).toBe('/');
  });

  it('asks for the password again in another browser, and where the password was changed meanwhile', async () => {
    const { visitor, deps, account, code } = await openWithApp();
    const person = visitor();
    const given = await givePassword(person);
    const half = (given.headers['set-cookie'] as unknown as string[]).find(text => text.startsWith('gatehouse-half='));
    const cookie = String(half?.split(';')[0]);
    const thief = visitor();
    await thief.get('/sign-in');
    expect((await thief.get('/sign-in/second', { Cookie: cookie })).headers.location).toMatch(/late/);
    expect((await person.get('/sign-in/second')).status).toBe(200);
    await deps
      .db('accounts')
      .where({ id: account.id })
      .update({ password_hash: await hashPassword('some other words') });
    expect((await person.post('/sign-in/second', { code: await code() })).headers.location).toMatch(/late/);
  });

  it('takes each code once, also the one that set it up, and none that is older', async () => {
    const { visitor, clock, app, code } = await openWithApp();
    const [person, other] = [visitor(), visitor()];
    for (const one of [person, other]) await givePassword(one);
    const enrolled = await codeOf(app.secret, clock.ms - stepMs);
    expect((await person.post('/sign-in/second', { code: enrolled })).status).toBe(422);
    const used = await code();
    expect((await person.post('/sign-in/second', { code: `${used.slice(0, 3)} ${used.slice(3)}` })).status).toBe(303);
    expect((await other.post('/sign-in/second', { code: used })).text).toContain('was used before');
    expect((await other.post('/sign-in/second', { code: await codeOf(app.secret, clock.ms + stepMs) })).status).toBe(
      303,
    );
  });

  it('takes a code of half a minute before or after, for clocks that differ, and no other', async () => {
    const { visitor, clock, app } = await openWithApp();
    clock.ms += 10 * stepMs;
    const person = visitor();
    await givePassword(person);
    for (const away of [-2, 2]) {
      const code = await codeOf(app.secret, clock.ms + away * stepMs);
      expect((await person.post('/sign-in/second', { code })).status, String(away)).toBe(422);
    }
    const code = await codeOf(app.secret, clock.ms - stepMs);
    expect((await person.post('/sign-in/second', { code })).status).toBe(303);
  });

  it('slows guessing at codes, which a right password does not forget', async () => {
    const { visitor, code } = await openWithApp();
    const guesser = visitor();
    for (let i = 0; i < 10; i++) {
      await givePassword(guesser);
      expect((await guesser.post('/sign-in/second', { code: '000000' })).status).toBe(422);
    }
    await givePassword(guesser);
    expect((await guesser.post('/sign-in/second', { code: await code() })).status).toBe(429);
    expect(await isIn(guesser)).toBe(false);
  });

  it('says what is wrong with a code of another shape and shows nothing of it again', async () => {
    const { visitor } = await openWithApp();
    const person = visitor();
    await givePassword(person);
    const shapes = ['', '12345', 'abcdef', '1234567', '\u0661\u0662\u0663\u0664\u0665\u0666', 'x'.repeat(65)];
    for (const code of shapes) {
      const { status, text } = await person.post('/sign-in/second', { code });
      expect(status, code).toBe(422);
      expect(text).toContain('id="code-error"');
      if (code) expect(text).not.toContain(code);
    }
  });

  it('looks the same before the password was right as an account without a factor', async () => {
    const { visitor, deps, account } = await openWithApp();
    const wrong = async () => {
      const person = visitor();
      await person.get('/sign-in');
      const answer = await person.post('/sign-in', { login, password: 'something else' });
      return [answer.status, answer.text.replaceAll(/_csrf" value="[^"]+"/g, ''), answer.headers['set-cookie']];
    };
    const before = await wrong();
    await dropFactors(deps.db, account.id);
    expect(await wrong()).toEqual(before);
  });

  it('never leads away', async () => {
    const { visitor, clock, code } = await openWithApp();
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', '/\t/evil.example']) {
      const person = visitor();
      expect((await givePassword(person, next)).headers.location, next).toBe('/sign-in/second?next=%2F');
      const page = await person.get(`/sign-in/second?next=${encodeURIComponent(next)}`);
      expect(page.text).toContain('name="next" value="/"');
      expect((await person.post('/sign-in/second', { code: await code(), next })).headers.location).toBe('/');
      clock.ms += stepMs;
    }
  });

  it('begins a session of its own, whatever id the browser brought', async () => {
    const { visitor, code } = await openWithApp();
    const person = visitor();
    await person.get('/sign-in', { Cookie: 'gatehouse-session=s%3Achosen.bad' });
    await givePassword(person);
    const answer = await person.post('/sign-in/second', { code: await code() });
    const cookies = answer.headers['set-cookie'] as unknown as string[];
    expect(cookies.find(text => text.startsWith('gatehouse-session='))).not.toContain('chosen');
    expect(cookies.find(text => text.startsWith('gatehouse-half='))).toContain('Expires=Thu, 01 Jan 1970');
    expect((await person.get('/sign-in/second')).headers.location).toMatch(/late/);
  });
});

describe('a recovery code', () => {
  it('stands in for the app once, however it is written, and says how many are left', async () => {
    const { visitor, app } = await openWithApp();
    const [first = ''] = app.recoveryCodes;
    const person = visitor();
    await givePassword(person);
    const typed = ` ${first.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O')}`;
    expect((await person.post('/sign-in/second', { code: typed })).status).toBe(303);
    expect((await person.get('/me/factors')).text).toContain('9 are left');
    const again = visitor();
    await givePassword(again);
    expect((await again.post('/sign-in/second', { code: first })).status).toBe(422);
    expect((await again.post('/sign-in/second', { code: app.recoveryCodes[1] })).status).toBe(303);
  });

  it('opens one door of two that it is given at once', async () => {
    const { visitor, app } = await openWithApp();
    const people = [visitor(), visitor(), visitor()];
    for (const person of people) await givePassword(person);
    const [code] = app.recoveryCodes;
    const answers = await Promise.all(people.map(person => person.post('/sign-in/second', { code })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 422, 422]);
  });

  it('is worth nothing with another account, and is stored as no text that could be typed', async () => {
    const { deps, app, account } = await openWithApp();
    const rows = await deps.db('recovery_codes');
    expect(rows.every(row => row.account_id === account.id)).toBe(true);
    expect(app.recoveryCodes).toHaveLength(10);
    const stored = JSON.stringify([rows, await deps.db('authenticators')]);
    for (const secret of [app.secret, ...app.recoveryCodes, ...app.recoveryCodes.map(code => code.replaceAll('-', ''))])
      expect(stored).not.toContain(secret);
  });
});

describe('one code of an app given twice at once', () => {
  it('is taken once', async () => {
    const { visitor, code } = await openWithApp();
    const people = [visitor(), visitor()];
    for (const person of people) await givePassword(person);
    const right = await code();
    const answers = await Promise.all(people.map(person => person.post('/sign-in/second', { code: right })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 422]);
  });
});
