import { describe, expect, it } from 'vitest';
import { emptyDatabase } from '../database.fixture.ts';
import { Secret } from '../secret.ts';
import { openSetup, tokenMs } from './setup.ts';

const person = { login: 'alex', name: 'Alex', passwordHash: 'x' };

describe('the setup token', () => {
  it('has 256 bits, and another value at each start', async () => {
    const db = await emptyDatabase();
    const [one, other] = [openSetup(db, Date.now), openSetup(db, Date.now)];
    expect(Buffer.from(one.token.reveal(), 'base64url')).toHaveLength(32);
    expect(one.accepts(one.token.reveal())).toBe(true);
    expect(one.accepts(other.token.reveal())).toBe(false);
  });

  it.each([undefined, '', 'a-token', 'a-token-that-is-know', ['a-token-that-is-known'], {}])(
    'refuses %j',
    async token => {
      const db = await emptyDatabase();
      expect(openSetup(db, Date.now, new Secret('a-token-that-is-known')).accepts(token)).toBe(false);
    },
  );

  it('is good for 15 minutes', async () => {
    let now = 0;
    const setup = openSetup(await emptyDatabase(), () => now, new Secret('a-token-that-is-known'));
    now = tokenMs - 1;
    expect(setup.accepts('a-token-that-is-known')).toBe(true);
    now = tokenMs;
    expect(setup.accepts('a-token-that-is-known')).toBe(false);
  });
});

describe('finishing the setup', () => {
  it('makes one administrator, and is done for every process that asks', async () => {
    const db = await emptyDatabase();
    const setup = openSetup(db, Date.now);
    expect(await setup.isDone()).toBe(false);
    expect(await setup.finish(person)).toMatchObject({ login: 'alex', role: 'administrator' });
    expect(await openSetup(db, Date.now).isDone()).toBe(true);
  });

  it('lets one of two win, and leaves nothing of the other', async () => {
    const db = await emptyDatabase();
    const [a, b] = [openSetup(db, Date.now), openSetup(db, Date.now)];
    const both = await Promise.all([a.finish(person), b.finish({ ...person, login: 'mallory' })]);
    expect(both.filter(Boolean)).toHaveLength(1);
    expect(await db('accounts').pluck('login')).toEqual([both.find(Boolean)?.login]);
    expect(await a.isDone()).toBe(true);
    expect(await b.isDone()).toBe(true);
  });
});
