import { describe, expect, it } from 'vitest';
import { openHouse, password } from './accounts.fixture.ts';
import { recover } from './recover.ts';

const changed = { old: password, password: 'some other words', repeat: 'some other words' };

describe('one’s own page', () => {
  it('keeps a new name and language, and speaks the language at once', async () => {
    const { admin } = await openHouse();
    await admin.post('/me', { name: 'Alex Neu', language: 'de' });
    const page = await admin.get('/me', { 'Accept-Language': 'en' });
    expect(page.text).toContain('<html lang="de">');
    expect(page.text).toContain('Gespeichert.');
    expect(page.text).toContain('Mein Konto');
    await admin.post('/me', { name: 'Alex Neu', language: '' });
    expect((await admin.get('/me', { 'Accept-Language': 'en' })).text).toContain('My account');
  });

  it.each([
    { name: '', language: 'de' },
    { name: 'x', language: 'xx' },
    { name: 'x', language: '', role: 'administrator' },
  ])('refuses %j', async fields => {
    const { dashboard, admin } = await openHouse();
    expect((await admin.post('/me', fields)).status).toBe(422);
    expect(await dashboard.deps.db('accounts')).toMatchObject([{ name: 'Alex Example', language: null }]);
  });
});

describe('one’s own password', () => {
  it('changes with the old one; every other session ends, and this one begins anew', async () => {
    const { dashboard, admin, signIn } = await openHouse();
    const elsewhere = await signIn('alex');
    const before = await dashboard.deps.db('sessions').pluck('id_hash');
    const answer = await admin.post('/me/password', changed);
    expect(answer.headers.location).toBe('/me');
    expect((await admin.get('/me')).text).toContain('Your password was changed.');
    expect((await elsewhere.get('/me')).headers.location).toMatch(/^\/sign-in/);
    const after = await dashboard.deps.db('sessions').pluck('id_hash');
    expect(after).toHaveLength(1);
    expect(before).not.toContain(after[0]);
    expect((await (await signIn('alex')).get('/me')).status).toBe(303);
    expect((await (await signIn('alex', changed.password)).get('/me')).status).toBe(200);
  });

  it.each([
    ['another old one', { old: 'not my password' }, 'not your password'],
    ['a short one', { password: 'short', repeat: 'short' }, 'at least 12'],
    ['two that differ', { repeat: 'something else' }, 'not the same'],
  ])('stays with %s, and nothing typed comes back', async (_, change, sentence) => {
    const { admin, signIn } = await openHouse();
    const again = await admin.post('/me/password', { ...changed, ...change });
    expect([again.status, again.text.includes(sentence)]).toEqual([422, true]);
    expect(again.text).not.toContain('other words');
    expect((await (await signIn('alex')).get('/me')).status).toBe(200);
  });

  it('ends a link that would have set another', async () => {
    const { dashboard, admin } = await openHouse();
    const [, link = ''] = /(\/enter\S+)/.exec((await recover(dashboard.deps, 'alex')).text) ?? [];
    expect((await dashboard.visitor().get(link)).status).toBe(200);
    await admin.post('/me/password', changed);
    expect((await dashboard.visitor().get(link)).status).toBe(404);
  });

  it('changes once where two change it at the same moment', async () => {
    const { dashboard, admin, signIn } = await openHouse();
    const other = await signIn('alex');
    const another = { old: password, password: 'yet other words', repeat: 'yet other words' };
    const answers = await Promise.all([admin.post('/me/password', changed), other.post('/me/password', another)]);
    expect(answers.map(({ status }) => status).toSorted()).not.toEqual([303, 303]);
    expect(await dashboard.deps.db('sessions')).toHaveLength(1);
  });

  it('cannot be guessed from an open session: after ten failures the right one waits too', async () => {
    const { admin, now } = await openHouse();
    for (let i = 0; i < 10; i++) expect((await admin.post('/me/password', { ...changed, old: 'x' })).status).toBe(422);
    expect((await admin.post('/me/password', changed)).status).toBe(429);
    now.ms += 30_000;
    expect((await admin.post('/me/password', changed)).status).toBe(303);
  });
});

describe('one’s own sessions', () => {
  it('are shown in words, never with what a browser says of itself', async () => {
    const { dashboard, admin } = await openHouse();
    const other = dashboard.visitor();
    await other.get('/sign-in');
    const agent = 'Mozilla/5.0 <script> (X11; Linux x86_64) Firefox/140.0';
    await other.post('/sign-in', { login: 'alex', password }, { 'User-Agent': agent });
    const { text } = await admin.get('/me');
    expect(text).toContain('Firefox, Linux');
    expect(text).not.toContain('<script>');
    expect(text.match(/this one</g)).toHaveLength(1);
  });

  it('end one by one, all others, or all', async () => {
    const { dashboard, admin, signIn, now } = await openHouse();
    now.ms += 1;
    const people = [await signIn('alex'), await signIn('alex'), await signIn('alex')];
    const hashes = async () => dashboard.deps.db('sessions').pluck('id_hash');
    const others = async (page: string) =>
      [...page.matchAll(/name="session" value="([0-9a-f]{64})"/g)].map(([, hash]) => hash);
    const first = await others((await people[0]!.get('/me')).text);
    expect(first.toSorted()).toEqual((await hashes()).toSorted());
    const own = await dashboard.deps.db('sessions').orderBy('created_at').first();
    await people[0]!.post('/me/sessions/end', { session: own.id_hash });
    expect(await hashes()).not.toContain(own.id_hash);
    const kept = [admin, ...people];
    await kept.at(-1)!.post('/me/sessions/end', { session: 'others' });
    expect(await hashes()).toHaveLength(1);
    expect((await kept.at(-1)!.get('/me')).status).toBe(200);
    const last = await kept.at(-1)!.post('/me/sessions/end', { session: 'all' });
    expect(last.headers.location).toBe('/sign-in?ended');
    expect(await hashes()).toEqual([]);
  });

  it('of somebody else are out of reach', async () => {
    const { dashboard, admin, make, signIn } = await openHouse();
    await make({ login: 'sam' });
    const sam = await signIn('sam');
    const { id_hash } = await dashboard.deps.db('sessions').whereNot({ account_id: 'id-sam' }).first();
    await sam.post('/me/sessions/end', { session: id_hash });
    expect((await admin.get('/me')).status).toBe(200);
  });
});
