// The dashboard, killed at each moment of a change and started again: nothing is done twice, and the rows say what the host's log says.
import type { Knex } from 'knex';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Agent, connectAgent } from '../agent/agent.ts';
import { emptyDatabase } from '../database.fixture.ts';
import { openLog } from '../log.ts';
import { deletion, type LoggingAgent, loggingAgent, plainWays } from './job.fixture.ts';
import { type Jobs, openJobs } from './jobs.ts';
import { openPlans } from './plan.ts';
import { findChange, stepsOf } from './store.ts';
import { summarise } from './summary.ts';

const log = openLog({ silent: true });
const secret = Buffer.alloc(32, 7);
const planner = { account: { id: 'a1', login: 'alex' }, session: 's' };
const ways = { again: '/users/jo', next: '/users' };
const lookEveryMs = 5;
let now = 1_000_000;
let db: Knex;
let host: LoggingAgent;
let revive = () => {};
beforeEach(async () => {
  db = await emptyDatabase();
  host = await loggingAgent();
});
afterEach(async () => {
  revive();
  await host.fake.remove();
  await db.destroy();
});

/** A process: its jobs and its connection. Its `moment` counts what it writes and sends; from `diesAt` on, nothing of it happens any more. */
function start(diesAt = Number.POSITIVE_INFINITY) {
  // Transactions have clients of their own, with this prototype.
  const client = Object.getPrototypeOf(db.client) as { _query(connection: unknown, asked: { sql: string }): unknown };
  const query = client._query;
  revive = () => {
    client._query = query;
  };
  let moment = 0;
  const lives = () => ++moment < diesAt;
  client._query = async function (connection, asked) {
    const writes = /^(insert|update|delete|commit)/i.test(asked.sql);
    const dead = writes ? !lives() : moment >= diesAt;
    if (!dead || /^rollback/i.test(asked.sql)) return query.call(this, connection, asked);
    if (/^commit/i.test(asked.sql)) await query.call(this, connection, { ...asked, sql: 'ROLLBACK;' });
    throw new Error('killed');
  };
  const agent = connectAgent(host.fake.path);
  const mortal: Agent = {
    ask: (command, asking) => (lives() ? agent.ask(command, asking) : new Promise(() => {})),
    close: agent.close,
  };
  const jobs = openJobs({ db, log, now: () => now, secret }, mortal, async () => {}, lookEveryMs);
  return {
    jobs,
    died: () => moment >= diesAt,
    async end() {
      agent.close();
      await Promise.race([jobs.close(), new Promise(resolve => setTimeout(resolve, 20))]);
      revive();
    },
  };
}

const state = async (id: string) => (await findChange(db, id))?.state;
const settled = (id: string) => expect.poll(() => state(id), { interval: 5 }).not.toMatch(/running|parked/);
const begin = (jobs: Jobs, id: string) =>
  jobs.start(id, deletion, plainWays(deletion), { account: 'alex', change: id }).catch(() => 'killed');

async function killedAt(moment: number): Promise<{ id: string; survived: boolean }> {
  const id = await openPlans(db, secret, () => now).keep(deletion, planner, ways);
  const first = start(moment);
  await Promise.race([begin(first.jobs, id), expect.poll(first.died, { interval: 1 }).toBe(true)]);
  await expect.poll(async () => first.died() || !/running/.test(String(await state(id))), { interval: 2 }).toBe(true);
  await first.end();
  now += 3_600_000;
  const second = start();
  await settled(id);
  await second.end();
  return { id, survived: !first.died() };
}

it.each([
  ['goes well', {}],
  ['fails at its last step', { userdel: 6 }],
  ['fails, and so does what puts it back', { userdel: 6, unlock: 1 }],
])(
  'settles a change that %s, wherever it was cut off',
  async (_how, codes: Record<string, number>) => {
    host.act = ({ cmd }) => (codes[cmd] ? { code: codes[cmd] } : undefined);
    const seen = new Set<string>();
    for (let moment = 1, survived = false; !survived; moment++) {
      host.log.length = 0;
      const ran = await killedAt(moment);
      survived = ran.survived;
      const row = await findChange(db, ran.id);
      const steps = await stepsOf(db, ran.id);
      const where = `killed at ${moment}, ${row?.state} ${row?.settled_at}: ${steps.map(({ argv, state }) => `${JSON.parse(argv)[0]} ${state}`)}`;
      const doneByRows = steps.filter(step => step.state === 'done').map(({ argv }) => JSON.parse(argv)[0] as string);
      expect(doneByRows.toSorted(), where).toEqual(host.did().toSorted());
      const began = host.log.flatMap(({ kind, cmd }) => (kind === 'intent' ? [String(cmd)] : []));
      expect(new Set(began).size, where).toBe(began.length);
      expect([row?.sealed === null || row?.state === 'planned', await db('change_subjects')], where).toEqual([
        true,
        [],
      ]);
      const { stays, stuck } = summarise(steps);
      if (row?.state !== 'done' && stuck.length === 0)
        expect(
          stays.filter(({ says }) => says !== 'End'),
          where,
        ).toEqual([]);
      seen.add(String(row?.state));
    }
    expect([...seen]).toEqual(expect.arrayContaining(['planned', Object.keys(codes).length === 0 ? 'done' : 'failed']));
  },
  120_000,
);

it('waits for a step that is still running on the host', async () => {
  const { promise, resolve: go } = Promise.withResolvers<undefined>();
  host.act = ({ cmd }) => (cmd === '@trash' ? promise : undefined);
  const id = await openPlans(db, secret, () => now).keep(deletion, planner, ways);
  const first = start();
  await begin(first.jobs, id);
  await expect.poll(async () => (await stepsOf(db, id))[2]?.state).toBe('running');
  const intent = host.note('intent', { claimed: { change: id }, cmd: '@trash' });
  await first.end();
  now += 3_600_000;
  const second = start();
  await expect.poll(() => host.fake.asked.filter(({ cmd }) => cmd === '@audit').length).toBeGreaterThan(5);
  expect(await state(id)).toBe('running');
  host.note('outcome', { of: intent, code: 0 });
  await settled(id);
  await second.end();
  go(undefined);
  const [row, steps] = [await findChange(db, id), await stepsOf(db, id)];
  expect(steps.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'waiting', 'done', 'done']);
  expect(row).toMatchObject({ state: 'failed', settled_at: now });
});

it('says that nobody knows where the agent was cut off as well', async () => {
  const id = await openPlans(db, secret, () => now).keep(deletion, planner, ways);
  host.act = ({ cmd }) => (cmd === 'pkill' ? new Promise(() => {}) : undefined);
  const first = start();
  await begin(first.jobs, id);
  await expect.poll(async () => (await stepsOf(db, id))[1]?.state).toBe('running');
  const of = host.note('intent', { claimed: { change: id }, cmd: 'pkill' });
  host.note('unknown', { of });
  host.note('started');
  await first.end();
  now += 3_600_000;
  const second = start();
  await settled(id);
  await second.end();
  expect((await findChange(db, id))?.state).toBe('interrupted');
  expect((await stepsOf(db, id))[1]).toMatchObject({ state: 'unknown', entry: of });
});

it('leaves alone what another process still runs', async () => {
  const { promise, resolve: go } = Promise.withResolvers<undefined>();
  host.act = ({ cmd }) => (cmd === 'lock' ? promise : undefined);
  const id = await openPlans(db, secret, () => now).keep(deletion, planner, ways);
  const first = start();
  await begin(first.jobs, id);
  await expect.poll(async () => (await stepsOf(db, id))[0]?.state).toBe('running');
  const agent = connectAgent(host.fake.path);
  const second = openJobs({ db, log, now: () => now, secret }, agent, async () => {}, lookEveryMs);
  await second.close();
  go(undefined);
  await settled(id);
  expect((await findChange(db, id))?.settled_at).toBeNull();
  agent.close();
  await first.end();
});
