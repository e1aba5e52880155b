import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Match, matcherOf } from '../allowlist/match.ts';
import { rulesFrom } from '../allowlist/testing.ts';
import type { Request } from '../allowlist/wire.ts';
import { Approvals, type Parked } from './approvals.ts';

const matcher = matcherOf(
  rulesFrom('- id: test.write\n  run: chpasswd -e\n  stdin: <user>:<password-hash>\n  why: only for this test\n'),
);
const stdin = `ann:$6$salt$${'a'.repeat(86)}\n`;
const request = (login = 'ann'): Request => ({
  id: '1',
  cmd: 'chpasswd',
  args: ['-e'],
  stdin: stdin.replace('ann', login),
});
const peer = (uid = 990) => ({ pid: 1, uid, gid: 990 });
const parked = (): Parked => ({
  request: request(),
  match: matcher.match(request()) as Match,
  peer: peer(),
  at: new Date(),
});

let lapsed: [number, string][];
let approvals: Approvals;
beforeEach(() => {
  vi.useFakeTimers();
  lapsed = [];
  approvals = new Approvals((approval, _, why) => lapsed.push([approval, why]));
  approvals.park(7, parked());
});
afterEach(() => vi.useRealTimers());

it('is the same only from the same peer uid, to the byte of its stdin', () => {
  expect(approvals.numberOf({ ...request(), id: '2' }, { ...peer(), pid: 2 })).toBe(7);
  expect(approvals.numberOf(request(), peer(991))).toBeUndefined();
  expect(approvals.numberOf(request('bob'), peer())).toBeUndefined();
  expect(approvals.numberOf({ ...request(), stdin: undefined }, peer())).toBeUndefined();
});

it('lapses after 30 minutes, which is told once', () => {
  vi.advanceTimersByTime(30 * 60_000 - 1);
  expect(approvals.list()).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(lapsed).toEqual([[7, 'Nobody approved it within 30 minutes.']]);
  expect([approvals.list(), approvals.take(7)]).toEqual([[], undefined]);
});

it('does not lapse once it was taken', () => {
  expect(approvals.take(7)).toMatchObject({ request: request() });
  approvals.park(8, parked());
  approvals.take(8);
  vi.advanceTimersByTime(60 * 60_000);
  expect(lapsed).toEqual([]);
});

it('lapses at once, each, when the agent stops', () => {
  approvals.park(8, parked());
  approvals.close();
  expect(lapsed.map(([approval]) => approval)).toEqual([7, 8]);
  expect(approvals.list()).toEqual([]);
});
