import { describe, expect, it } from 'vitest';
import { hashPassword } from '../accounts/password.ts';
import { recover } from '../accounts/recover.ts';
import { insertAccount } from '../accounts/store.ts';
import { administrator } from '../visitor.fixture.ts';
import { codeOf, givePassword, isIn, openWithFactors, setUpApp, stepMs } from './factors.fixture.ts';
import { dropFactors, factorsOf, hasFactor, withFactor } from './store.ts';

describe('one’s own factors', () => {
  it('shows a secret as a picture and as text, and keeps it only with its first code', async () => {
    const { person, deps, account, clock } = await openWithFactors();
    const { text } = await person.get('/me/factors/app');
    const secret = /secret=([A-Z2-7]+)/.exec(text)?.[1] ?? '';
    expect(text).toContain(secret.match(/.{1,4}/g)?.join(' '));
    expect(text).toContain('<svg');
    expect(text).not.toMatch(/style=/);
    const sealed = /name="sealed" value="([^"]+)"/.exec(text)?.[1];
    expect(sealed).not.toContain(secret);
    const wrong = await person.post('/me/factors/app', { sealed, code: '000000' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain(`secret=${secret}`);
    expect(hasFactor(await factorsOf(deps.db, account.id))).toBe(false);
    const done = await person.post('/me/factors/app', { sealed, code: await codeOf(secret, clock.ms) });
    expect(done.text).toContain('is set up');
    expect(hasFactor(await factorsOf(deps.db, account.id))).toBe(true);
  });

  it('takes no secret that was made for somebody else, or by somebody else', async () => {
    const { person, deps, account, clock, visitor } = await openWithFactors();
    const { text } = await person.get('/me/factors/app');
    const secret = /secret=([A-Z2-7]+)/.exec(text)?.[1] ?? '';
    const sealed = /name="sealed" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const code = await codeOf(secret, clock.ms);
    for (const other of [secret, `${sealed.slice(0, -2)}AA`, ''])
      expect((await person.post('/me/factors/app', { sealed: other, code })).status).toBe(400);
    const login = 'sam';
    const password_hash = await hashPassword(administrator.password);
    await insertAccount(deps.db, { ...account, id: 'sam', login, password_hash, created_at: clock.ms });
    const sam = visitor();
    await sam.get('/sign-in');
    await sam.post('/sign-in', { login, password: administrator.password });
    await sam.get('/me/factors');
    expect((await sam.post('/me/factors/app', { sealed, code })).status).toBe(400);
    expect((await factorsOf(deps.db, 'sam')).authenticator).toBeUndefined();
    const done = await person.post('/me/factors/app', { sealed, code });
    expect(done.text).toContain('is set up');
  });

  it('shows recovery codes with the first factor only, and new ones in place of the old on request', async () => {
    const { person, clock, visitor } = await openWithFactors();
    const first = await setUpApp(person, clock.ms);
    expect(new Set(first.recoveryCodes).size).toBe(10);
    clock.ms += stepMs;
    const second = await setUpApp(person, clock.ms);
    expect(second.recoveryCodes).toEqual([]);
    const { text } = await person.post('/me/factors/codes');
    const codes = text.match(/\b[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}\b/g) ?? [];
    expect(codes).toHaveLength(10);
    expect((await person.get('/me/factors')).text).not.toContain(codes[0]);
    const other = visitor();
    await givePassword(other);
    expect((await other.post('/sign-in/second', { code: first.recoveryCodes[0] })).status).toBe(422);
    expect((await other.post('/sign-in/second', { code: codes[0] })).status).toBe(303);
  });

  it('takes the codes of another app than the one that was replaced', async () => {
    const { person, clock, visitor } = await openWithFactors();
    const old = await setUpApp(person, clock.ms);
    clock.ms += stepMs;
    const app = await setUpApp(person, clock.ms);
    clock.ms += stepMs;
    const other = visitor();
    await givePassword(other);
    expect((await other.post('/sign-in/second', { code: await codeOf(old.secret, clock.ms) })).status).toBe(422);
    expect((await other.post('/sign-in/second', { code: await codeOf(app.secret, clock.ms) })).status).toBe(303);
  });

  it('lets the password sign in alone again once the last is removed, codes and all', async () => {
    const { person, clock, visitor, deps, account } = await openWithFactors();
    expect((await person.post('/me/factors/codes')).status).toBe(404);
    await setUpApp(person, clock.ms);
    expect((await person.post('/me/factors/app/remove')).headers.location).toBe('/me/factors');
    expect(await factorsOf(deps.db, account.id)).toEqual({ authenticator: undefined, passkeys: [], codes: 0 });
    expect((await person.post('/me/factors/app/remove')).status).toBe(404);
    const other = visitor();
    expect((await givePassword(other)).headers.location).toBe('/');
    expect(await isIn(other)).toBe(true);
  });

  it('asks for a proof before it shows or changes anything', async () => {
    const { person, clock, deps, account } = await openWithFactors();
    await setUpApp(person, clock.ms);
    clock.ms += 10 * 60_000;
    for (const path of ['/me/factors', '/me/factors/app'])
      expect((await person.get(path)).headers.location, path).toMatch(/^\/prove/);
    for (const path of ['app', 'app/remove', 'codes', 'passkeys', 'passkeys/options', 'passkeys/7/remove'])
      expect((await person.post(`/me/factors/${path}`)).headers.location, path).toMatch(/^\/prove/);
    expect(await factorsOf(deps.db, account.id)).toMatchObject({ authenticator: expect.any(Number), codes: 10 });
  });

  it('says where there can be no passkeys, and offers none there', async () => {
    const { person, visitor } = await openWithFactors();
    const page = await person.get('/me/factors');
    expect(page.text).toContain('only for a host name under https');
    expect(page.text).not.toContain('data-passkey');
    expect((await visitor().get('/sign-in')).text).not.toContain('data-passkey');
    const named = await openWithFactors({ GATEHOUSE_ORIGIN: 'https://nas.example' });
    expect((await named.visitor().get('/sign-in')).text).toContain('data-passkey="/sign-in/passkey/options" hidden');
  });

  it('takes all of them from an account that lost them, and from no other', async () => {
    const { person, clock, deps, account } = await openWithFactors();
    await setUpApp(person, clock.ms);
    await dropFactors(deps.db, 'another');
    expect(await withFactor(deps.db)).toEqual(new Set([account.id]));
    await deps.db.transaction(trx => dropFactors(trx, account.id));
    expect(await withFactor(deps.db)).toEqual(new Set());
    expect(await factorsOf(deps.db, account.id)).toEqual({ authenticator: undefined, passkeys: [], codes: 0 });
  });

  it('goes with a link from the host’s terminal', async () => {
    const { person, visitor, clock, deps, account } = await openWithFactors();
    await setUpApp(person, clock.ms);
    const [, token = ''] = /token=([\w-]+)/.exec((await recover(deps, account.login)).text) ?? [];
    const owner = visitor();
    await owner.get(`/enter?token=${token}`);
    const chosen = { password: 'my very own words', repeat: 'my very own words' };
    expect((await owner.post('/enter', { token, ...chosen })).status).toBe(303);
    expect(await factorsOf(deps.db, account.id)).toEqual({ authenticator: undefined, passkeys: [], codes: 0 });
  });

  it('is removed by its owner, and by nobody else', async () => {
    const { person, deps, account } = await openWithFactors();
    await insertAccount(deps.db, { ...account, id: 'id-kim', login: 'kim', password_hash: '', created_at: 0 });
    const passkey = { public_key: '', counter: 0, transports: '', name: 'Key', made_at: 0, used_at: null };
    for (const owner of [account.id, 'id-kim'])
      await deps.db('passkeys').insert({ ...passkey, id: `of ${owner}`, account_id: owner, credential: owner });
    expect((await person.post('/me/factors/passkeys/of%20id-kim/remove')).status).toBe(404);
    expect((await person.post(`/me/factors/passkeys/of%20${account.id}/remove`)).status).toBe(303);
    expect(await deps.db('passkeys').pluck('account_id')).toEqual(['id-kim']);
  });

  it('is all in German for who reads German', async () => {
    const { person } = await openWithFactors();
    const { text } = await person.get('/me/factors', { 'Accept-Language': 'de' });
    expect(text).toContain('Authenticator-App');
    expect(text).toContain(`<html lang="de">`);
    expect(text).not.toContain('Second factors');
  });
});
