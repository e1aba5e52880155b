import type { Knex } from 'knex';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Agent } from '../agent/agent.ts';
import type { FakeAgent } from '../agent/fake-agent.fixture.ts';
import { openLog } from '../log.ts';
import { type Filter, findEntries } from './find.ts';
import type { AgentLog } from './log.fixture.ts';
import { openMirrored } from './mirror.fixture.ts';
import { type Mirror, openMirror } from './mirror.ts';
import { countRefused, openEntry } from './store.ts';

let db: Knex;
let fake: FakeAgent;
let agent: Agent;
let mirror: Mirror;
let log: AgentLog;
let close: () => Promise<void>;

beforeEach(async () => {
  ({ db, fake, agent, mirror, log, close } = await openMirrored());
});
afterEach(() => close());

const everything: Filter = {
  log: 1,
  text: '',
  rule: '',
  account: '',
  user: '',
  change: '',
  outcome: '',
  since: undefined,
  until: undefined,
  before: undefined,
};
const newest = async (number = 1) => Number((await db('audit_logs').where({ log: number }).first()).last_n);
const find = async (filter: Partial<Filter> = {}) =>
  findEntries(db, { ...everything, ...filter }, await newest(filter.log));
const numbersOf = async (filter: Partial<Filter> = {}) => (await find(filter)).rows.map(({ n }) => n);

it('takes in the log, folds ends into their commands, and shows the newest first', async () => {
  log.add({ kind: 'started' });
  log.command('jo');
  log.add({ kind: 'refused', problem: 'not-allowed', cmd: 'bash', args: [], message: 'No rule.' });
  await mirror.catchUp(60_000);
  expect((await find()).rows.map(({ n, outcome, line }) => [n, outcome, line])).toEqual([
    [4, 'refused', 'bash'],
    [2, 'ok', 'usermod -c X jo'],
    [1, 'note', 'started'],
  ]);
});

it('folds an end that comes later, and goes on where it stopped', async () => {
  log.add({ kind: 'intent', rule: 'r', argv: ['/usr/bin/pkill', 'jo'] });
  await mirror.catchUp(60_000);
  expect((await find()).rows).toMatchObject([{ n: 1, outcome: 'open' }]);
  log.add({ kind: 'outcome', of: 1, code: 1, ms: 5 });
  await mirror.catchUp(60_000);
  expect((await find()).rows).toMatchObject([{ n: 1, outcome: 'failed', code: 1, ended_n: 2 }]);
});

it('takes in a log that is longer than one answer', async () => {
  for (let count = 0; count < 620; count++) log.command(`u${count}`);
  await mirror.catchUp(60_000);
  expect(await newest()).toBe(1_240);
  expect((await find({ text: 'u17' })).rows).toHaveLength(11);
});

it('finds by text, rule, account, user, change, outcome and time, and by all at once', async () => {
  log.command('jo');
  log.command('kim', 'users.lock', 'sam');
  log.add({ kind: 'refused', problem: 'not-allowed', cmd: 'bash', args: ['100%_!'], message: 'No rule allows it.' });
  await mirror.catchUp(60_000);
  expect(await numbersOf({ text: 'KIM' })).toEqual([3]);
  expect(await numbersOf({ text: 'allows' })).toEqual([5]);
  expect(await numbersOf({ text: '100%_!' })).toEqual([5]);
  expect(await numbersOf({ text: '1%' })).toEqual([]);
  expect(await numbersOf({ rule: 'users.lock' })).toEqual([3]);
  expect(await numbersOf({ account: 'alex' })).toEqual([1]);
  expect(await numbersOf({ change: 'c_kim' })).toEqual([3]);
  expect(await numbersOf({ outcome: 'refused' })).toEqual([5]);
  expect(await numbersOf({ since: 3_000 })).toEqual([5, 3]);
  expect(await numbersOf({ since: 9_000 })).toEqual([]);
  expect(await numbersOf({ until: 3_000 })).toEqual([1]);
  expect(await numbersOf({ since: 2_000, until: 5_000 })).toEqual([3]);
  expect(await numbersOf({ until: 1_000 })).toEqual([]);
  expect(await numbersOf({ user: 'kim' })).toEqual([3]);
  expect(await numbersOf({ user: 'kim', account: 'alex' })).toEqual([]);
  expect(await numbersOf({ rule: 'users.lock', account: 'alex' })).toEqual([]);
  expect(await countRefused(db, 1, 5_000)).toBe(1);
  expect(await countRefused(db, 1, 5_001)).toBe(0);
});

it('pages by number, without a gap or a repeat', async () => {
  for (let count = 0; count < 120; count++) log.command(`u${count}`);
  await mirror.catchUp(60_000);
  const first = await find();
  const second = await find({ before: first.next });
  const third = await find({ before: second.next });
  const all = [...first.rows, ...second.rows, ...third.rows].map(({ n }) => n);
  expect(all).toEqual(Array.from({ length: 120 }, (_, index) => 239 - 2 * index));
  expect(third.next).toBeUndefined();
});

it('opens an entry by its number or by that of its end, with its neighbours', async () => {
  log.command('jo');
  log.command('kim');
  log.command('sam');
  await mirror.catchUp(60_000);
  const opened = await openEntry(db, 1, 4);
  expect(opened).toMatchObject({ row: { n: 3 }, entry: { n: 3 }, ending: { n: 4, code: 0 }, older: 1, newer: 5 });
  expect(await openEntry(db, 1, 3)).toEqual(opened);
  expect(await openEntry(db, 1, 99)).toBeUndefined();
});

it.each([
  ['changed', (lines: string[]) => [...lines.slice(0, 4), lines[4]?.replace('"X"', '"Y"') ?? '', ...lines.slice(5)], 6],
  ['cut out', (lines: string[]) => lines.filter((_, index) => index !== 4), 5],
  ['put in', (lines: string[]) => [...lines.slice(0, 5), lines[4] ?? '', ...lines.slice(5)], 6],
])('says at which entry the chain breaks when a line was %s, and takes in nothing behind it', async (_, tamper, n) => {
  log.command('jo');
  await mirror.catchUp(60_000);
  for (const login of ['kim', 'sam', 'max']) log.command(login);
  log.lines = tamper(log.lines);
  const { log: state } = await mirror.catchUp(60_000);
  expect(state).toMatchObject({ broken_at_n: n, broken_why: 'chain', last_n: 2 });
  expect(await numbersOf()).toEqual([1]);
});

it('keeps that the log was changed, also when it is put right and the dashboard begins anew', async () => {
  log.command('jo');
  await mirror.catchUp(60_000);
  for (const login of ['kim', 'sam']) log.command(login);
  const { lines } = log;
  log.lines = lines.filter((_, index) => index !== 3);
  expect((await mirror.catchUp(60_000)).log).toMatchObject({ broken_at_n: 4, broken_why: 'chain' });
  await mirror.close();
  log.lines = lines;
  const anew = openMirror(db, agent, Date.now, openLog({ silent: true }));
  expect((await anew.catchUp(60_000)).log).toMatchObject({ broken_at_n: 4, broken_why: 'chain', last_n: 2 });
  await anew.close();
});

it.each([
  ['was begun anew', (before: AgentLog) => (before.lines = before.lines.slice(0, 0))],
  ['lost its tail', (before: AgentLog) => (before.lines = before.lines.slice(0, 2))],
])('says so when the log %s, keeps what it had, and begins again only when told', async (_, change) => {
  log.command('jo');
  log.command('kim');
  await mirror.catchUp(60_000);
  change(log);
  log.command('new');
  expect((await mirror.catchUp(60_000)).log).toMatchObject({ log: 1, broken_why: 'differs', last_n: 4 });
  await mirror.beginAgain();
  const { log: state } = await mirror.catchUp(60_000);
  expect(state).toMatchObject({ log: 2, broken_why: null, last_n: log.lines.length });
  expect(await numbersOf({ log: 1 })).toEqual([3, 1]);
  expect((await numbersOf({ log: 2 }))[0]).toBe(log.lines.length - 1);
});

it('keeps what it has while the agent is away, says so, and catches up by itself', async () => {
  log.command('jo');
  await mirror.catchUp(60_000);
  await fake.stop();
  expect((await mirror.catchUp(60_000)).behind).toBeTypeOf('string');
  expect(await numbersOf()).toEqual([1]);
  log.command('kim');
  await fake.start();
  await expect.poll(async () => (await mirror.catchUp(60_000)).behind).toBeUndefined();
  expect(await numbersOf()).toEqual([3, 1]);
});
