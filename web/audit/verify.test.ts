import type { Knex } from 'knex';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FakeAgent } from '../agent/fake-agent.fixture.ts';
import { openLog } from '../log.ts';
import type { AgentLog } from './log.fixture.ts';
import { openMirrored } from './mirror.fixture.ts';
import type { Mirror } from './mirror.ts';
import { currentLog } from './store.ts';
import { isSound, lastChecks, openVerifier, type Verifier } from './verify.ts';

let db: Knex;
let log: AgentLog;
let fake: FakeAgent;
let mirror: Mirror;
let verifier: Verifier;
let close: () => Promise<void>;

beforeEach(async () => {
  const mirrored = await openMirrored();
  ({ db, log, fake, mirror, close } = mirrored);
  verifier = openVerifier(db, mirrored.agent, Date.now, openLog({ silent: true }));
});
afterEach(async () => {
  await verifier.close();
  await close();
});

/** Twelve entries: of six commands, one that was killed with the agent, one refusal and one start. */
async function mirrored(): Promise<void> {
  log.add({ kind: 'started' });
  for (const login of ['jo', 'kim', 'sam', 'max']) log.command(login);
  log.add({
    kind: 'refused',
    problem: 'not-allowed',
    cmd: 'x\u202ey\u0085',
    args: ['Zoë 😀', '\u2028'],
    message: 'No.',
  });
  log.add({ kind: 'intent', rule: 'users.rename', argv: ['/usr/sbin/usermod', '-c', 'X', 'jo'] });
  log.add({ kind: 'unknown', of: 11 });
  await mirror.catchUp(60_000);
  await expect.poll(async () => (await currentLog(db, 0)).last_n).toBe(12);
}

async function check(isCurrent = true) {
  expect(verifier.begin(await currentLog(db, 0), isCurrent, 'alex')).toBe(true);
  await expect.poll(() => verifier.progress()).toBeUndefined();
  const [last] = await lastChecks(db, 1);
  return last && { copy: last.copy, copy_n: last.copy_n, host: last.host, host_n: last.host_n, sound: isSound(last) };
}
const whole = { copy: 'sound', copy_n: null, host: 'sound', host_n: null, sound: true };

it('finds a whole log whole, and keeps who asked, when, how many entries and the newest hash', async () => {
  await mirrored();
  expect(await check()).toEqual(whole);
  expect(await lastChecks(db, 9)).toMatchObject([{ log: 1, account: 'alex', entries: 12 }]);
  expect((await lastChecks(db, 1))[0]?.newest).toBe((await currentLog(db, 0)).last_hash);
});

it('finds nothing wrong in a log of no entries, or of many pages', async () => {
  expect(await check()).toEqual(whole);
  for (let count = 0; count < 800; count++) log.command(`u${count % 7}`);
  await mirror.catchUp(60_000);
  expect(await check()).toEqual(whole);
  expect((await lastChecks(db, 1))[0]?.entries).toBe(1_600);
});

const raw = (n: number) => db('audit_raw').where({ n });
const row = (n: number) => db('audit_entries').where({ n });

it.each<[string, () => Promise<unknown>, string, number]>([
  [
    'a line was changed',
    async () => raw(4).update({ raw: (await raw(4).first()).raw.replace('kim', 'eve') }),
    'line',
    4,
  ],
  ['a line was changed by a blank', async () => raw(4).update({ raw: `${(await raw(4).first()).raw} ` }), 'line', 4],
  [
    'the last line was changed',
    async () => raw(12).update({ raw: (await raw(12).first()).raw.replace('11', '3') }),
    'line',
    12,
  ],
  [
    'the first line was changed',
    async () => raw(1).update({ raw: (await raw(1).first()).raw.replace('started', 'x') }),
    'line',
    1,
  ],
  ['a line was cut out', () => raw(6).delete(), 'line', 6],
  ['the tail was cut off', () => db('audit_raw').where('n', '>', 9).delete(), 'line', 10],
  ['a line is no entry any more', () => raw(5).update({ raw: 'nonsense' }), 'line', 5],
  [
    'two lines changed places',
    async () => {
      const [a, b] = [(await raw(4).first()).raw, (await raw(6).first()).raw];
      await raw(4).update({ raw: b });
      await raw(6).update({ raw: a });
    },
    'line',
    4,
  ],
  ['the list shows another command', () => row(4).update({ line: 'usermod -c X eve' }), 'row', 4],
  ['the list shows another account', () => row(4).update({ account: 'eve' }), 'row', 4],
  ['the list shows a refusal as done', () => row(10).update({ outcome: 'ok' }), 'row', 10],
  ['the list shows a failure as success', () => row(2).update({ code: 1 }), 'row', 2],
  ['the list shows an end that no line says', () => row(11).update({ outcome: 'ok', ended_n: 10 }), 'row', 11],
  ['the list leaves out a command', () => row(8).delete(), 'row', 8],
  [
    'the list shows a command that no line says',
    async () => db('audit_entries').insert({ ...(await row(8).first()), n: 9 }),
    'row',
    9,
  ],
])('names the entry where %s in the copy', async (_, tamper, copy, copy_n) => {
  await mirrored();
  await tamper();
  expect(await check()).toEqual({ copy, copy_n, host: 'sound', host_n: null, sound: false });
});

it.each<[string, (lines: string[]) => string[], string, number | null]>([
  ['changed', lines => lines.with(3, lines[3]?.replace('kim', 'eve') ?? ''), 'line', 4],
  ['cut out', lines => lines.filter((_, at) => at !== 5), 'line', 6],
  ['cut off', lines => lines.slice(0, 9), 'short', 10],
  ['emptied', () => [], 'short', 1],
])('names the entry where the log on the host was %s', async (_, tamper, host, host_n) => {
  await mirrored();
  log.lines = tamper(log.lines);
  expect(await check()).toEqual({ copy: 'sound', copy_n: null, host, host_n, sound: false });
});

it('tells a log that was written anew, and whole, from the one that was taken in', async () => {
  await mirrored();
  log.lines = [];
  for (let count = 0; count < 9; count++) log.command('eve');
  expect(await check()).toMatchObject({ copy: 'sound', host: 'differs' });
});

it('checks the copy alone where the agent is away or has another log by now', async () => {
  await mirrored();
  expect(await check(false)).toEqual({ ...whole, host: 'not-asked' });
  await fake.stop();
  expect(await check()).toEqual({ ...whole, host: 'away' });
});

it('is one at a time, tells how far it came, and can be ended in the middle', async () => {
  await mirrored();
  let asked: () => void = () => {};
  const reached = new Promise<void>(resolve => {
    asked = resolve;
  });
  fake.answer = ({ cmd, args }) => {
    if (cmd === '@audit' && args[1] === '0') asked();
    return undefined;
  };
  const kept = await currentLog(db, 0);
  expect(verifier.begin(kept, true, 'alex')).toBe(true);
  expect(verifier.begin(kept, true, 'sam')).toBe(false);
  await reached;
  expect(verifier.progress()).toEqual({ stage: 'host', done: 0, total: 12 });
  await verifier.close();
  expect(verifier.begin(kept, true, 'sam')).toBe(false);
});
