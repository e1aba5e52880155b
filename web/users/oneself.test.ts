// What one may not do to the user that one's own account stands for, and what one may only do to that one.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashPassword } from '../accounts/password.ts';
import { insertAccount } from '../accounts/store.ts';
import { administrator, type Visitor } from '../visitor.fixture.ts';
import { openTestHost, type TestHost } from './fake-host.fixture.ts';
import { user } from './user.fixture.ts';

let host: TestHost;
beforeEach(async () => {
  host = await openTestHost([user('jo'), user('kim'), user('max', { hasPassword: false })]);
});
afterEach(() => host.close());

const text = (html: string) => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
const accounts = () => host.dashboard.deps.db('accounts');

async function member(login: string): Promise<Visitor> {
  const account = { id: login, login: `m-${login}`, name: login, role: 'member', language: null, user: login } as const;
  const passwordHash = await hashPassword(administrator.password);
  await insertAccount(host.dashboard.deps.db, { ...account, password_hash: passwordHash, created_at: 1 });
  const person = host.dashboard.visitor();
  await person.get('/sign-in');
  await person.post('/sign-in', { login: account.login, password: administrator.password });
  await person.get('/my-user');
  return person;
}

it('is nothing for a reviewer, whomever they stand for', async () => {
  const keys = { name: 'laptop', key: '', password: '' };
  const person = await member('jo');
  expect((await person.post('/my-user/keys', keys)).status).toBe(422);
  await accounts().where({ id: 'jo' }).update({ role: 'reviewer' });
  expect((await person.get('/my-user')).status).toBe(403);
  expect((await person.post('/my-user/keys', keys)).status).toBe(403);
  expect((await person.get('/audit')).status).toBe(200);
});

describe('an administrator who stands for a user', () => {
  beforeEach(() => accounts().update({ user: 'jo' }));

  it.each([
    ['lock', {}],
    ['delete', { confirm: 'jo' }],
  ])('does not %s themselves, and is told why', async (act, fields) => {
    const page = await host.person.get('/users/jo');
    expect(page.text).not.toContain(`action="/users/jo/${act}"`);
    const refused = await host.person.post(`/users/jo/${act}`, fields);
    expect([refused.status, text(refused.text)]).toEqual([
      422,
      expect.stringContaining('Nobody locks or deletes themselves'),
    ]);
    const other = await host.person.post(`/users/kim/${act}`, {
      ...fields,
      ...('confirm' in fields && { confirm: 'kim' }),
    });
    expect(other.headers.location).toMatch(/^\/changes\//);
  });

  it('may change their own name as everybody else’s', async () => {
    expect((await host.person.post('/users/jo/name', { fullName: 'Jo New' })).headers.location).toMatch(/^\/changes\//);
  });

  it('finds their own user in the sidebar, as nobody else does', async () => {
    expect((await host.person.get('/my-user')).status).toBe(200);
    expect((await host.person.get('/')).text).toContain('href="/my-user"');
    await accounts().update({ user: null });
    expect((await host.person.get('/my-user')).status).not.toBe(200);
    expect((await host.person.get('/')).text).not.toContain('href="/my-user"');
  });
});

describe('a member', () => {
  it('stands for nobody who has the login after their user is gone', async () => {
    const person = await member('kim');
    const kim = host.people.users.find(({ login }) => login === 'kim');
    await accounts().where({ id: 'kim' }).update({ user_uid: kim?.uid });
    expect((await person.get('/my-user')).status).toBe(200);
    await accounts()
      .where({ id: 'kim' })
      .update({ user_uid: Number(kim?.uid) - 1 });
    const page = await person.get('/my-user');
    expect([page.status, text(page.text)]).toEqual([403, expect.stringContaining('Your user is gone')]);
    expect((await person.post('/my-user/keys', { key, keyName: 'laptop' })).status).toBe(403);
    expect(host.acts()).toEqual([]);
  });

  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE4plYOxwxYY2PyXB59yp5PnjEMwFPgUhhbRIbEBQ1Bz';

  it('acts for the user that the account names, whatever the request says', async () => {
    const person = await member('kim');
    const fields = { key, keyName: 'laptop' };
    const preview = await person.get(String((await person.post('/my-user/keys', fields)).headers.location));
    expect(text(preview.text)).toContain('/etc/gatehouse/own-keys/kim');
    const other = await person.post('/my-user/keys?login=jo&user=jo', { ...fields, login: 'jo' });
    expect(other.status).toBe(422);
    const queried = await person.post('/my-user/keys?login=jo&user=jo', fields);
    expect(text((await person.get(String(queried.headers.location))).text)).toContain('/etc/gatehouse/own-keys/kim');
  });

  it('is shown what is wrong beside the field, and never a password again', async () => {
    const person = await member('kim');
    const wrong = await person.post('/my-user/password', { password: 'four words', repeat: 'other words' });
    expect([wrong.status, text(wrong.text)]).toEqual([
      422,
      expect.stringContaining('The two passwords are not the same.'),
    ]);
    expect(wrong.text).not.toContain('four words');
    const mangled = await person.post('/my-user/keys', { key: key.slice(0, -4), keyName: '' });
    expect([mangled.status, text(mangled.text)]).toEqual([422, expect.stringContaining('This is no key')]);
    const unknown = await person.post('/my-user/keys/remove', { fingerprint: 'SHA256:none' });
    expect([unknown.status, text(unknown.text)]).toEqual([422, expect.stringContaining('not there any more')]);
  });

  it('who has no password yet is told whom to ask', async () => {
    const page = await (await member('max')).get('/my-user');
    expect(text(page.text)).toContain('Ask an administrator to set the first one.');
    expect(page.text).not.toContain('action="/my-user/password"');
  });

  it('whose user is gone is told so', async () => {
    expect(text((await (await member('nobody-here')).get('/my-user')).text)).toContain('is not managed here any more');
  });

  it('reaches nothing of the others', async () => {
    const person = await member('kim');
    for (const path of ['/users', '/users/kim', '/groups']) expect((await person.get(path)).status, path).toBe(403);
    for (const path of ['/users/kim/name', '/users/jo/lock', '/groups'])
      expect((await person.post(path, { fullName: 'X' })).status, path).toBe(403);
  });
});
