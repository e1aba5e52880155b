import { describe, expect, it } from 'vitest';
import { openHouse, password, type TestHouse } from '../accounts/accounts.fixture.ts';
import { forgetTries, guardTries } from './tries.ts';

/** A request of nobody known, from this address. */
const from = (ip: string) => ({ ip, headers: {} }) as Parameters<ReturnType<typeof guardTries>['begin']>[0];

async function open() {
  const house = await openHouse();
  const tries = guardTries(house.dashboard.deps);
  /** What is waited for, in seconds; 0 where the try is taken. */
  const fail = (ip: string, login: string, what: 'password' | 'code' = 'password') =>
    tries.begin(from(ip), login, what).then(
      () => 0,
      (problem: { headers: Record<string, string> }) => Number(problem.headers['Retry-After']),
    );
  return { ...house, tries, fail };
}
const later = (house: TestHouse, seconds: number) => {
  house.now.ms += seconds * 1000;
};

describe('failed tries', () => {
  it('are free ten times, then wait twice as long each time, and never longer than 15 minutes', async () => {
    const house = await open();
    for (let i = 0; i < 10; i++) expect(await house.fail('192.0.2.1', 'alex')).toBe(0);
    for (const seconds of [30, 60, 120, 240, 480, 900, 900, 900]) {
      expect(await house.fail('192.0.2.1', 'alex')).toBe(seconds);
      later(house, seconds - 1);
      expect(await house.fail('192.0.2.1', 'alex')).toBe(1);
      later(house, 1);
      expect(await house.fail('192.0.2.1', 'alex')).toBe(0);
    }
  });

  it('are counted for an address whatever the login, and for a login whatever the address', async () => {
    const house = await open();
    for (let i = 0; i < 10; i++) await house.fail('192.0.2.1', `sam${i}`);
    expect(await house.fail('192.0.2.1', 'another')).toBe(30);
    for (let i = 0; i < 10; i++) await house.fail(`198.51.100.${i}`, 'alex');
    expect(await house.fail('203.0.113.1', 'alex')).toBe(30);
    expect(await house.fail('203.0.113.1', 'jo')).toBe(0);
  });

  it('of one IPv6 network are those of one address', async () => {
    const house = await open();
    for (let i = 0; i < 10; i++) await house.fail(`2001:db8:0:${i}::1`, `sam${i}`);
    expect(await house.fail('2001:db8:0:ff::1', 'another')).toBe(30);
    expect(await house.fail('2001:db8:1::1', 'another')).toBe(0);
  });

  it('are counted before the answer is known: of fifty at once ten are taken', async () => {
    const house = await open();
    const waits = await Promise.all(Array.from({ length: 50 }, () => house.fail('192.0.2.1', 'alex')));
    expect(waits.filter(seconds => seconds === 0)).toHaveLength(10);
  });

  it('of passwords and of codes are counted apart', async () => {
    const house = await open();
    for (let i = 0; i < 10; i++) await house.fail('192.0.2.1', 'alex', 'code');
    expect(await house.fail('192.0.2.1', 'alex', 'code')).toBe(30);
    const forgive = await house.tries.begin(from('192.0.2.1'), 'alex', 'password');
    await forgive();
    expect(await house.fail('192.0.2.1', 'alex', 'code')).toBe(30);
  });

  it('survive a restart, and are forgotten after a day or by who owns the host', async () => {
    const house = await open();
    for (let i = 0; i < 10; i++) await house.fail('192.0.2.1', 'alex');
    const again = guardTries(house.dashboard.deps);
    await expect(again.begin(from('192.0.2.1'), 'alex', 'password')).rejects.toMatchObject({ kind: 429 });
    await forgetTries(house.dashboard.deps.db);
    for (let i = 0; i < 12; i++) expect(await house.fail('192.0.2.1', 'alex')).toBe(i < 10 ? 0 : 30);
    later(house, 24 * 3600 + 1);
    expect(await house.fail('192.0.2.1', 'alex')).toBe(0);
    expect(await house.dashboard.deps.db('tries').max('failures as n').first()).toEqual({ n: 1 });
  });

  it('name neither login nor address in the database', async () => {
    const house = await open();
    await house.fail('192.0.2.1', 'a password typed as login');
    expect(JSON.stringify(await house.dashboard.deps.db('tries'))).not.toMatch(/192|typed/);
  });
});

describe('a right try', () => {
  it('clears the login, and takes back no guess at others from the same address', async () => {
    const house = await open();
    for (let i = 0; i < 9; i++) await house.fail('192.0.2.1', 'alex');
    const forgive = await house.tries.begin(from('192.0.2.1'), 'sam', 'password');
    await forgive();
    expect(await house.fail('192.0.2.1', 'alex')).toBe(0);
    expect(await house.fail('192.0.2.1', 'jo')).toBe(30);
  });

  it('clears what came before, where it was the owner who mistyped', async () => {
    const house = await open();
    for (let i = 0; i < 9; i++) await house.fail(`192.0.2.${i}`, 'alex');
    await (await house.tries.begin(from('192.0.2.99'), 'alex', 'password'))();
    for (let i = 0; i < 10; i++) expect(await house.fail(`198.51.100.${i}`, 'alex')).toBe(0);
  });
});

it('knows a browser that signed in before by tries of its own, so that nobody locks its owner out', async () => {
  const house = await open();
  const owner = await house.signIn('alex');
  await owner.post('/sign-out');
  for (let i = 0; i < 30; i++) await house.fail(`198.51.100.${i}`, 'alex');
  await owner.get('/sign-in');
  expect((await owner.post('/sign-in', { login: 'alex', password })).headers.location).toBe('/');
});
