// Two hands at once on what only one may have, and acts that are overtaken while they are under way. More of them stand beside what they race for.
import argon2 from 'argon2';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type House, openHouse, password } from './house.ts';

let house: House;
let count = 0;
beforeAll(async () => {
  house = await openHouse();
});
afterEach(() => void vi.restoreAllMocks());
afterAll(() => house.close());

/** Somebody new, for this test alone. */
const someone = async () => (await house.make(`sam${++count}`, 'reviewer')).login;

const next = 'some other words';
const change = { old: password, password: next, repeat: next };

/** The next `count` passwords are compared, and what comes of it is held back until `go`. */
function hold(count: number) {
  const { promise: allowed, resolve: go } = Promise.withResolvers<void>();
  const { promise: compared, resolve: tell } = Promise.withResolvers<void>();
  const verify = argon2.verify;
  let waiting = 0;
  vi.spyOn(argon2, 'verify').mockImplementation(async (...given: Parameters<typeof verify>) => {
    const right = await verify(...given);
    if (waiting >= count) return right;
    if (++waiting === count) tell();
    await allowed;
    return right;
  });
  return { compared, go };
}
const isIn = async ({ visitor }: { visitor: House['admin']['visitor'] }) => (await visitor.get('/me')).status === 200;

async function underWay(
  act: () => PromiseLike<{ status: number; headers: Record<string, string> }>,
  meanwhile: () => Promise<unknown>,
) {
  const held = hold(1);
  const answer = Promise.resolve(act());
  await held.compared;
  await meanwhile();
  held.go();
  return answer;
}

describe('signing in with a password', () => {
  const late = async (login: string, meanwhile: () => Promise<unknown>) => {
    const visitor = house.dashboard.visitor();
    await visitor.get('/sign-in');
    const answer = await underWay(() => visitor.post('/sign-in', { login, password }), meanwhile);
    return { visitor, answer };
  };

  it.each<[string, (sam: string) => Promise<unknown>]>([
    ['changed by its owner', async sam => (await house.signIn(sam)).visitor.post('/me/password', change)],
    ['taken away by an administrator', sam => house.admin.visitor.post(`/accounts/id-${sam}/invite`)],
    ['of an account that is deleted', sam => house.admin.visitor.post(`/accounts/id-${sam}/delete`, { confirm: sam })],
  ])('that is %s while it is looked at opens nothing', async (_, act) => {
    const sam = await someone();
    const { visitor, answer } = await late(sam, () => act(sam));
    expect(answer.status).toBeLessThan(500);
    expect(await isIn({ visitor })).toBe(false);
  });

  it('that stays as it is opens, whatever others do meanwhile', async () => {
    const [sam, kim] = [await someone(), await someone()];
    const { visitor, answer } = await late(sam, async () =>
      (await house.signIn(kim)).visitor.post('/me/password', change),
    );
    expect([answer.status, answer.headers.location]).toEqual([303, '/']);
    expect(await isIn({ visitor })).toBe(true);
  });
});

describe('one password changed twice at once', () => {
  it('is changed once, and one session is left', async () => {
    const sam = await someone();
    const people = [await house.signIn(sam), await house.signIn(sam)];
    const held = hold(2);
    const answers = people.map((person, index) => {
      const chosen = `${next} ${index}`;
      return Promise.resolve(person.visitor.post('/me/password', { old: password, password: chosen, repeat: chosen }));
    });
    await held.compared;
    held.go();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.filter(status => status === 303)).toHaveLength(1);
    expect((await Promise.all(people.map(isIn))).filter(Boolean)).toHaveLength(1);
  });
});

describe('a session that is ended while its request runs', () => {
  it('does not come back with the answer', async () => {
    const [one, other] = [await house.signIn('alex'), await house.signIn('alex')];
    const answer = await underWay(
      () => one.visitor.post('/prove', { password }),
      () => other.visitor.post('/me/sessions/end', { session: 'others' }),
    );
    expect(answer.status).toBeLessThan(500);
    expect([await isIn(one), await isIn(other)]).toEqual([false, true]);
  });

  it('is kept where another is ended', async () => {
    const [one, other] = [await house.signIn('alex'), await house.signIn('alex')];
    const answer = await underWay(
      () => one.visitor.post('/prove', { password }),
      () => other.visitor.post('/sign-out'),
    );
    expect(answer.status).toBe(303);
    expect([await isIn(one), await isIn(other)]).toEqual([true, false]);
  });
});

describe('two administrators', () => {
  it('make one account of one login, and the other is told', async () => {
    const [one, other] = [await house.signIn('alex'), await house.signIn('alex')];
    const kim = { login: 'kim', name: 'Kim', role: 'reviewer', user: '' };
    const made = await Promise.all([one.visitor.post('/accounts', kim), other.visitor.post('/accounts', kim)]);
    expect(made.map(({ status }) => status).toSorted()).toEqual([201, 422]);
    expect(await house.dashboard.deps.db('accounts').where({ login: 'kim' })).toHaveLength(1);
  });

  it('take one number of the host: of two new users at once one is made, and the other is told', async () => {
    const people = await Promise.all([house.signIn('alex'), house.signIn('alex')]);
    const acts = people.map(async ({ visitor }, index) => {
      const form = { login: `user${index}`, fullName: 'Somebody', password: '', repeat: '' };
      const at = String((await visitor.post('/users', form)).headers.location);
      await visitor.get(at);
      return { visitor, at };
    });
    const planned = await Promise.all(acts);
    await Promise.all(planned.map(({ visitor, at }) => visitor.post(`${at}/run`)));
    const pages = await Promise.all(planned.map(({ visitor, at }) => visitor.get(at)));
    const told = await house.agent?.ask('@users');
    expect(told?.result).toMatchObject({ users: [{ fullName: 'Somebody' }] });
    expect(pages.filter(({ text }) => text.includes('Every step ended as it should'))).toHaveLength(1);
  });
});
