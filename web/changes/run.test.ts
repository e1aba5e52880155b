import type { Knex } from 'knex';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Agent, connectAgent } from '../agent/agent.ts';
import { done, type FakeAgent, fakeAgent, refused, told } from '../agent/fake-agent.fixture.ts';
import { emptyDatabase } from '../database.fixture.ts';
import type { Change } from './change.ts';
import { openPlans, planMs } from './plan.ts';
import { runChange } from './run.ts';
import { findChange, markInterrupted, stepsOf } from './store.ts';
import { summarise } from './summary.ts';

let db: Knex;
let fake: FakeAgent;
let agent: Agent;
let now = 1_000_000;
const planner = { account: { id: 'a1', login: 'alex' }, session: 'session-of-the-browser' };
const actor = { account: 'alex', ip: '192.0.2.7' };
const ways = { again: '/users/new', next: '/users/jo' };

const change: Change = {
  title: 'Delete user jo',
  steps: [
    { cmd: 'lock', args: ['jo'], says: 'Lock' },
    { cmd: 'pkill', args: ['jo'], says: 'End', accept: [0, 1] },
    { cmd: '@trash', args: ['jo'], says: 'Trash' },
    { cmd: 'userdel', args: ['jo'], stdin: 'a secret\n', says: 'Remove', relies: true },
  ],
  undo: [
    { of: 0, cmd: 'unlock', args: ['jo'], says: 'Unlock' },
    { of: 2, cmd: '@untrash', args: ['jo'], says: 'Untrash' },
    { of: 3, cmd: 'never', args: [], says: 'Never needed' },
  ],
  touches: [{ kind: 'user', name: 'jo' }],
};

beforeEach(async () => {
  now = 1_000_000;
  db = await emptyDatabase();
  fake = fakeAgent(request => (request.cmd === '@confirm' ? told({ ticket: 't'.repeat(32) }) : done()));
  await fake.start();
  agent = connectAgent(fake.path);
});
afterEach(async () => {
  agent.close();
  await fake.remove();
  await db.destroy();
});

const plans = () => openPlans(db, Buffer.alloc(32, 7), () => now);
async function run(code?: string) {
  const id = await plans().keep(change, planner, ways);
  const ran = await runChange({ db, agent, now: () => now }, id, change, { ...actor, change: id }, code);
  const [row, steps] = [await findChange(db, id), await stepsOf(db, id)];
  return {
    id,
    ran,
    state: row?.state,
    row,
    steps,
    words: steps.map(step => `${JSON.parse(step.argv)[0]} ${step.state}`),
  };
}
const asked = () => fake.asked.map(({ cmd, ticket }) => (ticket ? `${cmd} with ticket` : cmd));

it('turns the code into a ticket for the steps and what may have to be put back, then runs the steps in order', async () => {
  const { id, ran, state, words } = await run('000000');
  expect([ran, state]).toEqual(['ran', 'done']);
  expect(asked()).toEqual([
    '@confirm',
    'lock with ticket',
    'pkill with ticket',
    '@trash with ticket',
    'userdel with ticket',
  ]);
  expect(JSON.parse(fake.asked[0]?.stdin ?? '')).toEqual({
    code: '000000',
    requests: [
      { cmd: 'lock', args: ['jo'] },
      { cmd: 'pkill', args: ['jo'] },
      { cmd: '@trash', args: ['jo'] },
      { cmd: 'userdel', args: ['jo'], stdin: 'a secret\n' },
      { cmd: 'unlock', args: ['jo'], undo: true },
      { cmd: '@untrash', args: ['jo'], undo: true },
    ],
  });
  expect(fake.asked[1]).toMatchObject({ actor: { ...actor, change: id }, ticket: 't'.repeat(32) });
  expect(words.slice(0, 4)).toEqual(['lock done', 'pkill done', '@trash done', 'userdel done']);
  expect(words.slice(4)).toEqual(['unlock waiting', '@untrash waiting']);
});

it('needs no ticket where no code was asked for', async () => {
  expect((await run()).state).toBe('done');
  expect(asked()).toEqual(['lock', 'pkill', '@trash', 'userdel']);
});

it('goes on after an exit code that the step accepts, and stops at any other', async () => {
  fake.answer = ({ cmd }) => (cmd === 'pkill' ? done({ ok: false, code: 1 }) : done());
  expect((await run()).state).toBe('done');
  fake.answer = ({ cmd }) => (cmd === 'pkill' ? done({ ok: false, code: 2, stderr: 'bad user' }) : done());
  const { state, steps, words } = await run();
  expect(state).toBe('put-back');
  expect(words).toEqual([
    'lock done',
    'pkill failed',
    '@trash waiting',
    'userdel waiting',
    'unlock done',
    '@untrash waiting',
  ]);
  expect(steps[1]).toMatchObject({ code: 2, message: 'bad user' });
});

it('puts back only what was done, and says what stands', async () => {
  fake.answer = ({ cmd }) => (cmd === 'userdel' ? refused('not-permitted-now', 'jo is in use', 41) : done());
  const { state, steps, words } = await run();
  expect(state).toBe('failed');
  expect(words).toEqual(['lock done', 'pkill done', '@trash done', 'userdel refused', 'unlock done', '@untrash done']);
  const { stopped, stays, putBack, stuck } = summarise(steps);
  expect(stopped).toMatchObject({ says: 'Remove', message: 'jo is in use', entry: 41 });
  expect([stays, putBack, stuck].map(rows => rows.map(({ says }) => says))).toEqual([['End'], ['Lock', 'Trash'], []]);
});

it('counts what lives on an undone step as put back, and what found nothing to do as nothing', async () => {
  fake.answer = ({ cmd }) => {
    if (cmd === 'pkill') return done({ ok: false, code: 1 });
    return cmd === 'userdel' ? done({ ok: false, code: 6 }) : done();
  };
  const { state, steps } = await run();
  expect(state).toBe('put-back');
  expect(summarise(steps).putBack.map(({ says }) => says)).toEqual(['Lock', 'Trash']);
  const [lock, end] = steps;
  if (!lock || !end) throw new Error('no steps');
  const relying = steps.map(step => (step === end ? { ...end, code: 0, relies: true } : step));
  expect(summarise(relying).putBack.map(({ says }) => says)).toEqual(['Lock', 'End', 'Trash']);
});

it('says so when putting back fails as well, and does not go on', async () => {
  fake.answer = ({ cmd }) => (cmd === 'userdel' || cmd === 'unlock' ? done({ ok: false, code: 6 }) : done());
  const { state, steps } = await run();
  expect(state).toBe('failed');
  expect(summarise(steps).stuck.map(({ says }) => says)).toEqual(['Unlock']);
  expect(asked()).not.toContain('@untrash');
});

it('stays as it was planned when the code is wrong: nothing ran, and another code may be tried', async () => {
  fake.answer = () => refused('needs-confirmation', 'This code is wrong.');
  const { id, ran, state, words, row } = await run('111111');
  expect(ran).toEqual({ problem: 'needs-confirmation', message: 'This code is wrong.' });
  expect([state, words]).toEqual(['planned', []]);
  expect(row && plans().open(row, planner)).toEqual(change);
  fake.answer = ({ cmd }) => (cmd === '@confirm' ? told({ ticket: 't' }) : done());
  expect(await runChange({ db, agent, now: () => now }, id, change, actor, '222222')).toBe('ran');
});

it('runs once, however often Run is pressed', async () => {
  const id = await plans().keep(change, planner, ways);
  const both = [1, 2].map(() => runChange({ db, agent, now: () => now }, id, change, actor));
  expect((await Promise.all(both)).sort()).toEqual(['ran', 'taken']);
  expect(fake.asked).toHaveLength(4);
});

it('leaves a truthful row when the agent goes away under a step', async () => {
  fake.answer = ({ cmd }, _reply, socket) => (cmd === '@trash' ? void socket.destroy() : done());
  const { state, words } = await run();
  expect(state).toBe('interrupted');
  expect(words).toContain('@trash unknown');
});

it('marks at start what ran when the dashboard was killed', async () => {
  const id = await plans().keep(change, planner, ways);
  fake.answer = () => undefined;
  const never = runChange({ db, agent, now: () => now }, id, change, actor);
  await expect.poll(async () => (await stepsOf(db, id))[0]?.state).toBe('running');
  await markInterrupted(db, now);
  expect(await findChange(db, id)).toMatchObject({ state: 'interrupted', sealed: null });
  expect((await stepsOf(db, id)).map(({ state }) => state).slice(0, 2)).toEqual(['unknown', 'waiting']);
  await fake.stop();
  await never;
});

it('keeps no secret in clear, before or after it ran', async () => {
  const { id } = await run();
  const planned = await plans().keep(change, planner, ways);
  const everything = JSON.stringify([await db('changes'), await db('change_steps')]);
  expect(everything).toContain(id);
  expect(everything).toContain(planned);
  expect(everything).not.toContain('a secret');
});

it('opens a plan only for the account and session that made it, with the same secret, for 15 minutes', async () => {
  const row = await findChange(db, await plans().keep(change, planner, ways));
  if (!row) throw new Error('not kept');
  expect(plans().open(row, planner)).toEqual(change);
  expect(plans().open(row, { ...planner, session: 'another' })).toBeUndefined();
  expect(plans().open(row, { ...planner, account: { id: 'a2', login: 'alex' } })).toBeUndefined();
  expect(openPlans(db, Buffer.alloc(32, 8), () => now).open(row, planner)).toBeUndefined();
  expect(plans().open({ ...row, id: 'c_other' }, planner)).toBeUndefined();
  const first = row.sealed?.startsWith('A') ? 'B' : 'A';
  expect(plans().open({ ...row, sealed: `${first}${row.sealed?.slice(1)}` }, planner)).toBeUndefined();
  now += planMs - 1;
  expect(plans().open(row, planner)).toEqual(change);
  now += 1;
  expect(plans().open(row, planner)).toBeUndefined();
});
