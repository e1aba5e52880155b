import { describe, expect, it } from 'vitest';
import { user } from '../users/user.fixture.ts';
import type { Visitor } from '../visitor.fixture.ts';
import { openHouse, password } from './accounts.fixture.ts';

const linkIn = (page: { text: string }) => /http:\S*?(\/enter\?token=([\w-]{43}))/.exec(page.text);
const chosen = { password: 'my very own words', repeat: 'my very own words' };

async function enterBy(link: RegExpExecArray | null, person: Visitor, fields: Record<string, string> = chosen) {
  await person.get(link![1]!);
  return person.post('/enter', { token: link![2]!, ...fields });
}

describe('a new account', () => {
  const member = { login: 'jo', name: 'Jo Example', role: 'member', user: 'jo' };

  it('is entered by a link that is shown once, with a password that nobody else knows', async () => {
    const { dashboard, admin } = await openHouse();
    await admin.get('/accounts/new');
    const made = await admin.post('/accounts', member);
    expect(made.status).toBe(201);
    const link = linkIn(made);
    const rows = await dashboard.deps.db('invitations');
    expect(rows).toMatchObject([{ kind: 'invitation' }]);
    expect(JSON.stringify(rows)).not.toContain(link![2]);
    expect((await admin.get('/accounts')).text).toContain('invited');

    const jo = dashboard.visitor();
    expect((await jo.get(link![1]!)).text).toContain('Hello, Jo Example');
    const entered = await jo.post('/enter', { token: link![2]!, ...chosen });
    expect([entered.status, entered.headers.location]).toEqual([303, '/']);
    expect((await jo.get('/me')).text).toContain('Welcome. You are signed in as jo.');
    expect((await enterBy(link, dashboard.visitor())).status).toBe(404);
    expect((await admin.get('/accounts')).text).not.toContain('invited');
  });

  it('cannot be signed in to before, not even without a password', async () => {
    const { admin, signIn } = await openHouse();
    await admin.post('/accounts', member);
    for (const guess of [password, '', ' ']) {
      expect((await (await signIn('jo', guess)).get('/me')).headers.location).toMatch(/^\/sign-in/);
    }
  });

  it('has a link for 24 hours, and only the newest', async () => {
    const { dashboard, admin, now } = await openHouse();
    const first = linkIn(await admin.post('/accounts', member));
    const { id } = await dashboard.deps.db('accounts').where({ login: 'jo' }).first();
    await admin.get(`/accounts/${id}`);
    const second = linkIn(await admin.post(`/accounts/${id}/invite`));
    const visitor = dashboard.visitor();
    expect((await visitor.get(first![1]!)).status).toBe(404);
    now.ms += 24 * 3_600_000 - 1;
    expect((await visitor.get(second![1]!)).status).toBe(200);
    now.ms += 1;
    expect((await visitor.get(second![1]!)).status).toBe(404);
    expect((await enterBy(second, visitor)).status).toBe(404);
  });

  it('can be guessed thirty times from one address, and not oftener for a while', async () => {
    const { dashboard, admin } = await openHouse();
    const link = linkIn(await admin.post('/accounts', member));
    const guesser = dashboard.visitor();
    await guesser.get('/sign-in');
    const guess = () => guesser.post('/enter', { token: 'x', ...chosen });
    for (let i = 0; i < 30; i++) expect((await guess()).status).toBe(404);
    expect((await guess()).status).toBe(429);
    expect((await enterBy(link, dashboard.visitor())).status).toBe(429);
  });

  it('forgives no tries at other accounts', async () => {
    const { dashboard, admin, signIn } = await openHouse();
    await signIn('alex', 'a guess');
    const tried = await dashboard.deps.db('tries').orderBy('id');
    expect((await enterBy(linkIn(await admin.post('/accounts', member)), dashboard.visitor())).status).toBe(303);
    expect(await dashboard.deps.db('tries').orderBy('id')).toEqual(tried);
  });

  it('lets one of two who hold the link win', async () => {
    const { dashboard, admin } = await openHouse();
    const link = linkIn(await admin.post('/accounts', member));
    const answers = await Promise.all([dashboard.visitor(), dashboard.visitor()].map(person => enterBy(link, person)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 404]);
    expect(
      await dashboard.deps
        .db('sessions')
        .where({ account_id: (await dashboard.deps.db('accounts').where({ login: 'jo' }).first()).id }),
    ).toHaveLength(1);
  });

  it.each([
    ['a short password', { password: 'eleven char', repeat: 'eleven char' }, 'at least 12 characters'],
    ['two that differ', { ...chosen, repeat: 'my very own word' }, 'not the same'],
  ])('asks again for %s', async (_, fields, sentence) => {
    const { dashboard, admin } = await openHouse();
    const link = linkIn(await admin.post('/accounts', member));
    const visitor = dashboard.visitor();
    const again = await enterBy(link, visitor, fields);
    expect([again.status, again.text.includes(sentence)]).toEqual([422, true]);
    expect((await enterBy(link, visitor)).status).toBe(303);
  });

  it.each([
    ['a login that is taken', { login: 'alex' }, 'There is an account alex already.'],
    ['no login', { login: '-x' }, 'A login is'],
    ['a name that turns text around', { name: 'Jo\u202e' }, 'nothing that cannot be seen'],
    ['a role that there is not', { role: 'owner' }, 'Choose a role'],
    ['a member who stands for nobody', { user: '' }, 'Choose who'],
    ['a user whom the host does not have', { user: 'root' }, 'no user root here'],
  ])('is not made with %s; what was typed stays', async (_, change, sentence) => {
    const { dashboard, admin } = await openHouse();
    const again = await admin.post('/accounts', { ...member, ...change });
    expect([again.status, again.text.includes(sentence)]).toEqual([422, true]);
    expect(again.text).toContain('name' in change ? 'value="jo"' : 'value="Jo Example"');
    expect(await dashboard.deps.db('accounts')).toHaveLength(1);
  });

  it('stands for a user whom no other account stands for', async () => {
    const { admin } = await openHouse();
    expect((await admin.post('/accounts', member)).status).toBe(201);
    const again = await admin.post('/accounts', { ...member, login: 'jo2' });
    expect([again.status, again.text.includes('another account stands for')]).toEqual([422, true]);
    expect((await admin.post('/accounts', { ...member, login: 'kim', user: 'kim' })).status).toBe(201);
  });

  it('stands for that person, and not for who has the login later', async () => {
    const { admin, host, make, signIn, dashboard } = await openHouse();
    const { id } = await make({ login: 'sam' });
    const change = (user: string) => admin.post(`/accounts/${id}`, { name: 'Sam', role: 'member', user });
    const bound = () => dashboard.deps.db('accounts').where({ id }).pluck('user_uid');
    await change('jo');
    const [jo] = host.users ?? [];
    expect(await bound()).toEqual([jo?.uid]);
    const told = 'login is another person’s now';
    expect((await admin.get(`/accounts/${id}`)).text).not.toContain(told);
    host.users = [user('jo', { uid: 1099 })];
    const page = await admin.get(`/accounts/${id}`);
    expect([page.text.includes(told), page.text.includes('<option value="jo" selected')]).toEqual([true, false]);
    // Neither is it bound to them by leaving all as it is, nor without being asked to sign in again.
    expect((await admin.post(`/accounts/${id}`, { name: 'Sam', role: 'member', user: '' })).status).toBe(422);
    expect(await bound()).toEqual([jo?.uid]);
    const sam = await signIn('sam');
    await change('jo');
    expect(await bound()).toEqual([1099]);
    expect((await sam.get('/me')).headers.location).toMatch(/^\/sign-in/);
  });

  it('of a member waits while the host does not say who there is; a reviewer needs no host', async () => {
    const { admin, host } = await openHouse();
    host.users = undefined;
    const again = await admin.post('/accounts', member);
    expect([again.status, again.text.includes('when the agent is back')]).toEqual([422, true]);
    expect((await admin.post('/accounts', { ...member, role: 'reviewer', user: '' })).status).toBe(201);
  });
});

describe('an account', () => {
  it('ends its sessions when its role or user changes, and not for a new name', async () => {
    const { admin, make, signIn } = await openHouse();
    const { id } = await make({ login: 'sam' });
    const sam = await signIn('sam');
    const change = (fields: object) =>
      admin.post(`/accounts/${id}`, { name: 'Sam', role: 'reviewer', user: '', ...fields });
    await change({ name: 'Sam Example' });
    expect((await sam.get('/me')).text).toContain('Sam Example');
    await change({ role: 'member', user: 'jo' });
    expect((await sam.get('/me')).headers.location).toMatch(/^\/sign-in/);
    const again = await signIn('sam');
    expect((await again.get('/me')).text).toContain('Role: Member');
    await change({ role: 'member', user: 'kim' });
    expect((await again.get('/me')).status).toBe(303);
  });

  it('is signed out everywhere when an administrator says so', async () => {
    const { admin, make, signIn } = await openHouse();
    const { id } = await make({ login: 'sam' });
    const sam = await signIn('sam');
    await signIn('sam');
    await admin.get(`/accounts/${id}`);
    expect((await admin.post(`/accounts/${id}/sessions/end`)).status).toBe(303);
    expect((await admin.get('/accounts')).text).toContain('2 sessions of sam were ended.');
    expect((await sam.get('/me')).status).toBe(303);
    expect((await admin.get('/me')).status).toBe(200);
  });

  it('loses its password and sessions with a new invitation', async () => {
    const { dashboard, admin, make, signIn } = await openHouse();
    const { id } = await make({ login: 'sam' });
    const sam = await signIn('sam');
    const link = linkIn(await admin.post(`/accounts/${id}/invite`));
    expect((await sam.get('/me')).status).toBe(303);
    expect((await (await signIn('sam')).get('/me')).status).toBe(303);
    expect((await enterBy(link, dashboard.visitor())).status).toBe(303);
    expect((await (await signIn('sam', chosen.password)).get('/me')).status).toBe(200);
  });

  it('is deleted by its typed login, with its sessions and its link', async () => {
    const { dashboard, admin, make, signIn } = await openHouse();
    const { id } = await make({ login: 'sam' });
    const sam = await signIn('sam');
    await admin.get(`/accounts/${id}`);
    const refused = await admin.post(`/accounts/${id}/delete`, { confirm: 'Sam' });
    expect([refused.status, refused.text.includes('not the login')]).toEqual([422, true]);
    expect((await sam.get('/me')).status).toBe(200);
    expect((await admin.post(`/accounts/${id}/delete`, { confirm: 'sam' })).headers.location).toBe('/accounts');
    expect((await sam.get('/me')).status).toBe(303);
    expect(await dashboard.deps.db('accounts').pluck('login')).toEqual(['alex']);
    expect((await admin.get(`/accounts/${id}`)).status).toBe(404);
  });
});

describe('an administrator', () => {
  it('always remains: nobody demotes, resets or deletes themselves', async () => {
    const { dashboard, admin } = await openHouse();
    const { id } = await dashboard.deps.db('accounts').first();
    await admin.get(`/accounts/${id}`);
    const demoted = await admin.post(`/accounts/${id}`, { name: 'Alex', role: 'reviewer', user: '' });
    expect([demoted.status, demoted.text.includes('their own role')]).toEqual([422, true]);
    for (const act of ['delete', 'invite', 'sessions/end']) {
      expect((await admin.post(`/accounts/${id}/${act}`, { confirm: 'alex' })).headers.location).toBe(
        `/accounts/${id}`,
      );
      expect((await admin.get('/accounts')).text).toContain('This is your own account');
    }
    expect(await dashboard.deps.db('accounts')).toMatchObject([{ role: 'administrator' }]);
    expect((await admin.post(`/accounts/${id}`, { name: 'Al', role: 'administrator', user: 'jo' })).status).toBe(303);
    expect(await dashboard.deps.db('accounts')).toMatchObject([{ name: 'Al', user: 'jo' }]);
  });

  it('remains when two demote each other at the same moment', async () => {
    const { dashboard, admin, make, signIn } = await openHouse();
    const kim = await make({ login: 'kim', role: 'administrator' });
    const other = await signIn('kim');
    const { id } = await dashboard.deps.db('accounts').where({ login: 'alex' }).first();
    const down = { name: 'x', role: 'reviewer', user: '' };
    const answers = await Promise.all([admin.post(`/accounts/${kim.id}`, down), other.post(`/accounts/${id}`, down)]);
    expect(answers.filter(({ status }) => status === 303)).not.toHaveLength(2);
    expect(await dashboard.deps.db('accounts').where({ role: 'administrator' })).toHaveLength(1);
  });
});

describe('whoever finds a browser open', () => {
  it('sees the list, and is asked for a proof before anything else', async () => {
    const { dashboard, admin, make, now } = await openHouse();
    const { id } = await make({ login: 'sam' });
    now.ms += 10 * 60_000;
    expect((await admin.get('/accounts')).status).toBe(200);
    for (const path of ['/accounts/new', `/accounts/${id}`]) {
      expect((await admin.get(path)).headers.location).toBe(`/prove?next=${encodeURIComponent(path)}`);
    }
    for (const path of ['', `/${id}`, `/${id}/invite`, `/${id}/delete`, `/${id}/sessions/end`]) {
      const fields = { login: 'jo', name: 'Jo', role: 'administrator', user: '', confirm: 'sam' };
      expect((await admin.post(`/accounts${path}`, fields)).headers.location).toMatch(/^\/prove/);
    }
    expect(await dashboard.deps.db('accounts').where({ role: 'administrator' })).toHaveLength(1);
    expect(await dashboard.deps.db('invitations')).toEqual([]);
  });
});

describe('the list of accounts', () => {
  it('is sorted, filtered and searched by its address', async () => {
    const { admin, make } = await openHouse();
    await make({ login: 'sam', name: 'Sam Example' });
    await make({ login: 'jo', role: 'member', user: 'jo' });
    const logins = async (path: string) =>
      [...(await admin.get(path)).text.matchAll(/<a href="\/accounts\/[^"]+">([a-z]+)</g)].map(([, login]) => login);
    expect(await logins('/accounts')).toEqual(['alex', 'jo', 'sam']);
    expect(await logins('/accounts?dir=desc')).toEqual(['sam', 'jo', 'alex']);
    expect(await logins('/accounts?sort=role')).toEqual(['alex', 'sam', 'jo']);
    expect(await logins('/accounts?role=member')).toEqual(['jo']);
    expect(await logins('/accounts?q=SAM')).toEqual(['sam']);
    expect((await admin.get('/accounts?q=zz')).text).toContain('No account matches');
  });
});
