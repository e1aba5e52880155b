import type { SessionData } from 'express-session';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertAccount } from '../accounts/store.ts';
import { emptyDatabase } from '../database.fixture.ts';
import { idleMs, longestMs, SessionStore } from './store.ts';

const db = await emptyDatabase();
let now = 1_000_000;
const store = new SessionStore(db, () => now);
const cookie = { originalMaxAge: null } as SessionData['cookie'];
const begun = { cookie, accountId: 'a1', begins: { address: '192.168.1.7', agent: 'a browser' } };

const get = (id: string) =>
  new Promise<SessionData | null | undefined>((resolve, reject) =>
    store.get(id, (error, session) => (error ? reject(error) : resolve(session))),
  );
const set = (id: string, session: SessionData) =>
  new Promise<void>((resolve, reject) => store.set(id, session, error => (error ? reject(error) : resolve())));
const destroy = (id: string) => new Promise<void>(resolve => store.destroy(id, () => resolve()));
const touch = (id: string) => new Promise<void>(resolve => store.touch(id, begun, () => resolve()));

beforeEach(async () => {
  now = 1_000_000;
  await db('accounts').delete();
  await insertAccount(db, {
    id: 'a1',
    login: 'alex',
    name: 'A',
    role: 'administrator',
    language: null,
    user: null,
    password_hash: '',
    created_at: 0,
  });
});

describe('sessions in the database', () => {
  it('are found by their id, whose hash alone is stored, with who began them', async () => {
    await set('the-id', begun);
    expect(await get('the-id')).toMatchObject({ accountId: 'a1' });
    expect(await get('another')).toBeNull();
    const [row] = await db('sessions');
    expect(row).toMatchObject({ account_id: 'a1', created_at: now, address: '192.168.1.7', agent: 'a browser' });
    expect(JSON.stringify(row)).not.toContain('the-id');
  });

  it('end when nobody used them for a while', async () => {
    await set('s', begun);
    now += idleMs - 1;
    expect(await get('s')).not.toBeNull();
    await touch('s');
    now += idleMs - 1;
    expect(await get('s')).not.toBeNull();
    now += 1;
    expect(await get('s')).toBeNull();
    expect(await db('sessions')).toEqual([]);
  });

  it('are not kept alive by what a page asks by itself', async () => {
    await set('s', begun);
    now += idleMs - 1;
    await new Promise<void>(resolve => store.touch('s', { ...begun, unused: true }, () => resolve()));
    now += 1;
    expect(await get('s')).toBeNull();
  });

  it('end after a week, however busy they are', async () => {
    await set('s', begun);
    const end = now + longestMs;
    for (; now < end - 1; now = Math.min(now + idleMs / 2, end - 1)) await touch('s');
    await touch('s');
    expect(await get('s')).not.toBeNull();
    now = end;
    expect(await get('s')).toBeNull();
  });

  it('never come back once they were ended, whatever was still under way', async () => {
    await set('s', begun);
    const underWay = { ...(await get('s')), notice: { tone: 'ok', text: 'late' } } as SessionData;
    await destroy('s');
    await set('s', underWay);
    expect(await get('s')).toBeNull();
    await set('t', begun);
    await set('t', { ...underWay });
    expect(await get('t')).toMatchObject({ notice: { text: 'late' } });
  });

  it('begin for the password that was compared, and for none that was changed meanwhile', async () => {
    await db('accounts').update({ password_hash: 'new' });
    const began = (passwordHash: string) => set(passwordHash, { ...begun, begins: { ...begun.begins, passwordHash } });
    await expect(began('old')).rejects.toThrow();
    expect(await db('sessions')).toEqual([]);
    await began('new');
    expect(await get('new')).toMatchObject({ accountId: 'a1' });
  });

  it('leave no old rows behind when a new one begins', async () => {
    await set('old', begun);
    now += idleMs + 1;
    await set('new', begun);
    expect(await db('sessions').count({ n: '*' })).toEqual([{ n: 1 }]);
  });
});
