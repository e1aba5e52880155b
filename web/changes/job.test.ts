import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Agent, connectAgent } from '../agent/agent.ts';
import { AgentAway } from '../agent/away.ts';
import { told } from '../agent/fake-agent.fixture.ts';
import { emptyDatabase } from '../database.fixture.ts';
import { openLog } from '../log.ts';
import type { Change, Way } from './change.ts';
import { deletion, type LoggingAgent, loggingAgent, plainWays, refused } from './job.fixture.ts';
import { type Jobs, openJobs } from './jobs.ts';
import { openPlans, planMs } from './plan.ts';
import { findChange, stepsOf } from './store.ts';
import { summarise } from './summary.ts';

let db: Knex;
let host: LoggingAgent;
let agent: Agent;
let jobs: Jobs;
let now = 1_000_000;
const log = openLog({ silent: true });
const secret = Buffer.alloc(32, 7);
const planner = { account: { id: 'a1', login: 'alex' }, session: 'session-of-the-browser' };
const actor = { account: 'alex', ip: '192.0.2.7' };
const ways = { again: '/users/new', next: '/users/jo' };

beforeEach(async () => {
  now = 1_000_000;
  db = await emptyDatabase();
  host = await loggingAgent();
  agent = connectAgent(host.fake.path);
  jobs = open();
});
afterEach(async () => {
  await jobs.close();
  agent.close();
  await host.fake.remove();
  await db.destroy();
});

const open = (at = db) => openJobs({ db: at, log, now: () => now, secret }, agent, async () => {}, 20);
const plans = () => openPlans(db, secret, () => now);
const planned = (change: Change = deletion) => plans().keep(change, planner, ways);
const start = (id: string, code?: string, how: Way[] = plainWays(deletion), change = deletion) =>
  jobs.start(id, change, how, { ...actor, change: id }, code);
const states = async (id: string) =>
  (await stepsOf(db, id)).map(({ argv, state }) => `${JSON.parse(argv)[0]} ${state}`);
const ended = async (id: string) => {
  await expect.poll(async () => (await findChange(db, id))?.state).not.toMatch(/running|parked/);
  const [row, steps] = [await findChange(db, id), await stepsOf(db, id)];
  if (!row) throw new Error('it is gone');
  return { row, state: row.state, steps, words: await states(id) };
};
async function run(code?: string, change = deletion) {
  const id = await planned(change);
  const started = await start(id, code, plainWays(change), change);
  return { id, started, ...(await ended(id)) };
}
const asked = () =>
  host.fake.asked
    .filter(({ cmd }) => !['@status', '@audit'].includes(cmd))
    .map(({ cmd, ticket }) => (ticket ? `${cmd} with ticket` : cmd));
const says = (rows: { says: string }[]) => rows.map(row => row.says);

describe('a change', () => {
  it('turns the code into a ticket for the steps and what may have to be put back, then runs the steps in order', async () => {
    const { id, started, state, words } = await run('000000');
    expect([started, state]).toEqual(['started', 'done']);
    const steps = ['lock', 'pkill', '@trash', 'userdel'];
    expect(asked()).toEqual(['@confirm', ...steps.map(cmd => `${cmd} with ticket`)]);
    const confirmed = host.fake.asked.find(({ cmd }) => cmd === '@confirm');
    expect(JSON.parse(confirmed?.stdin ?? '')).toEqual({
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
    expect(host.fake.asked.at(-1)).toMatchObject({ actor: { ...actor, change: id }, ticket: 't'.repeat(32) });
    expect(words).toEqual([...steps.map(cmd => `${cmd} done`), 'unlock waiting', '@untrash waiting']);
  });

  it('needs no ticket where no code was asked for', async () => {
    expect((await run()).state).toBe('done');
    expect(asked()).toEqual(['lock', 'pkill', '@trash', 'userdel']);
  });

  it('goes on after an exit code that the step accepts, and stops at any other', async () => {
    host.act = ({ cmd }) => (cmd === 'pkill' ? { code: 1 } : undefined);
    expect((await run()).state).toBe('done');
    host.act = ({ cmd }) => (cmd === 'pkill' ? { code: 2, stderr: 'bad user' } : undefined);
    const { state, steps, words } = await run();
    expect(state).toBe('put-back');
    expect(words).toEqual([
      ...['lock done', 'pkill failed', '@trash waiting', 'userdel waiting'],
      ...['unlock done', '@untrash waiting'],
    ]);
    expect(steps[1]).toMatchObject({ code: 2, message: 'bad user', output: 'bad user' });
  });

  it('puts back only what was done, says what stands, and offers to put that back', async () => {
    host.act = ({ cmd }) => (cmd === 'userdel' ? refused('not-permitted-now', 'jo is in use') : undefined);
    const { state, steps, words, row } = await run();
    expect(state).toBe('failed');
    expect(words).toEqual([
      'lock done',
      'pkill done',
      '@trash done',
      'userdel refused',
      'unlock done',
      '@untrash done',
    ]);
    const { stopped, stays, putBack, stuck } = summarise(steps);
    expect(stopped).toMatchObject({ says: 'Remove', message: 'jo is in use' });
    expect([stays, putBack, stuck].map(says)).toEqual([['End'], ['Lock', 'Trash'], []]);
    expect(row.inverse).toBeNull();
  });

  it('counts what lives on an undone step as put back, and what found nothing to do as nothing', async () => {
    host.act = ({ cmd }) => (cmd === 'pkill' ? { code: 1 } : cmd === 'userdel' ? { code: 6 } : undefined);
    const { state, steps } = await run();
    expect(state).toBe('put-back');
    expect(says(summarise(steps).putBack)).toEqual(['Lock', 'Trash']);
    const relying = steps.map(step => (step.says === 'End' ? { ...step, code: 0, relies: true } : step));
    expect(says(summarise(relying).putBack)).toEqual(['Lock', 'End', 'Trash']);
  });

  it('says so when putting back fails as well, does not go on, and offers the rest as a change of its own', async () => {
    host.act = ({ cmd }) => (cmd === 'userdel' || cmd === 'unlock' ? { code: 6 } : undefined);
    const { state, steps, row } = await run();
    expect(state).toBe('failed');
    expect(says(summarise(steps).stuck)).toEqual(['Unlock']);
    expect(asked()).not.toContain('@untrash');
    expect(JSON.parse(row.inverse ?? '')).toEqual([
      { cmd: 'unlock', args: ['jo'], says: 'Unlock' },
      { cmd: '@untrash', args: ['jo'], says: 'Untrash' },
    ]);
  });

  it('waits with putting back for an agent that is started again', async () => {
    const killed = async () => {
      await host.fake.stop();
      setTimeout(() => void host.fake.start(), 150);
    };
    host.act = async ({ cmd }) => {
      if (cmd === '@trash') setTimeout(killed);
      return cmd === '@trash' ? refused('failed', 'it was ended') : undefined;
    };
    const { state, words } = await run();
    expect([state, words]).toEqual([
      'failed',
      ['lock done', 'pkill done', '@trash failed', 'userdel waiting', 'unlock done', '@untrash waiting'],
    ]);
    expect(host.did().filter(cmd => cmd === 'unlock')).toEqual(['unlock']);
  });

  it('gives up putting back by an agent that stays away', async () => {
    host.act = ({ cmd }) => (cmd === '@trash' ? { code: 1 } : undefined);
    let looks = 0;
    const ask: Agent['ask'] = async (command, asking) => {
      if (command.cmd !== 'unlock') return agent.ask(command, asking);
      looks++;
      return new AgentAway('unreachable', 'its socket is not there');
    };
    const others = openJobs({ db, log, now: () => now, secret }, { ...agent, ask }, async () => {}, 1);
    const id = await planned();
    await others.start(id, deletion, plainWays(deletion), { ...actor, change: id });
    expect(await ended(id)).toMatchObject({ state: 'failed', words: expect.arrayContaining(['unlock refused']) });
    expect(looks).toBe(31);
    await others.close();
  });

  it('offers to put back only what needs no secret: nobody keeps one', async () => {
    host.act = ({ cmd }) => (cmd === 'userdel' || cmd === 'unlock' ? { code: 6 } : undefined);
    const [unlock, ...others] = deletion.undo;
    const change = { ...deletion, undo: [{ ...unlock!, stdin: 'a secret\n', given: '•••' }, ...others] };
    const { row } = await run(undefined, change);
    expect(JSON.parse(row.inverse ?? '')).toEqual([{ cmd: '@untrash', args: ['jo'], says: 'Untrash' }]);
  });

  it('stays as it was planned when the code is wrong: nothing ran, and another code may be tried', async () => {
    const answer = host.fake.answer;
    host.fake.answer = (request, ...rest) =>
      request.cmd === '@confirm' ? refused('needs-confirmation', 'This code is wrong.') : answer(request, ...rest);
    const id = await planned();
    expect(await start(id, '111111')).toEqual({ problem: 'needs-confirmation', message: 'This code is wrong.' });
    const row = await findChange(db, id);
    expect([row?.state, await states(id), await db('change_subjects')]).toEqual(['planned', [], []]);
    expect(row && plans().open(row, planner)).toEqual(deletion);
    host.fake.answer = answer;
    expect(await start(id, '222222')).toBe('started');
    expect((await ended(id)).state).toBe('done');
  });

  it('looks twice before it takes a lost step for one that never began: it may be on its way', async () => {
    const id = await planned();
    const answer = host.fake.answer;
    let looks = 0;
    host.fake.answer = (request, reply, socket) => {
      if (request.cmd === 'lock') return void socket.destroy();
      if (request.cmd !== '@audit' || looks++ > 0) return answer(request, reply, socket);
      const intent = host.note('intent', { claimed: { ...actor, change: id }, cmd: 'lock', rule: 'rule.lock' });
      host.note('outcome', { of: intent, code: 0, ms: 1 });
      return told({ entries: [] });
    };
    await start(id);
    expect((await ended(id)).state).toBe('done');
    expect(host.did()).toEqual(['lock', 'pkill', '@trash', 'userdel']);
  });

  it('runs once, however often Run is pressed', async () => {
    const id = await planned();
    const other = open();
    const both = [start(id), other.start(id, deletion, plainWays(deletion), actor), start(id)];
    expect((await Promise.all(both)).sort()).toEqual(['started', 'taken', 'taken']);
    await ended(id);
    await other.close();
    expect(host.did()).toEqual(['lock', 'pkill', '@trash', 'userdel']);
  });

  it('has its subject to itself: a second change is told which, and runs when that one has ended', async () => {
    const { promise, resolve: go } = Promise.withResolvers<undefined>();
    host.act = ({ cmd }) => (cmd === 'lock' ? promise : undefined);
    const [first, second] = [await planned(), await planned()];
    const other: Change = {
      ...deletion,
      touches: [{ kind: 'user', name: 'kim' }],
      steps: [{ cmd: 'rename', args: [], says: 'R' }],
      undo: [],
    };
    const third = await planned(other);
    expect(await start(first)).toBe('started');
    expect(await start(second)).toMatchObject({ busy: { id: first, account: 'alex' } });
    expect((await findChange(db, second))?.state).toBe('planned');
    expect(await start(third, undefined, [], other)).toBe('started');
    expect((await ended(third)).state).toBe('done');
    go(undefined);
    expect((await ended(first)).state).toBe('done');
    host.act = () => undefined;
    expect(await start(second)).toBe('started');
    await ended(second);
  });

  it('keeps no secret in clear, before, while and after it runs', async () => {
    const { promise, resolve: go } = Promise.withResolvers<undefined>();
    host.act = ({ cmd, stdin }) => (cmd === 'userdel' ? promise.then(() => ({ stdout: `read ${stdin}` })) : undefined);
    const id = await planned();
    const everything = async () => JSON.stringify([await db('changes'), await db('change_steps')]);
    expect(await everything()).not.toContain('a secret');
    await start(id, '000000');
    await expect.poll(() => states(id)).toContain('userdel running');
    expect(await everything()).not.toContain('a secret');
    expect(await everything()).not.toContain('t'.repeat(32));
    go(undefined);
    const { row, steps } = await ended(id);
    expect(steps[3]?.output).toBe('read •••\n');
    // In pieces it could come in two halves.
    expect(host.fake.asked.flatMap(({ cmd, stream }) => (stream ? [cmd] : []))).toEqual(['lock', 'pkill', '@trash']);
    expect(row.sealed).toBeNull();
    expect(await everything()).not.toContain('a secret');
  });

  it('keeps the end of what a step prints, as it comes', async () => {
    const { promise, resolve: go } = Promise.withResolvers<undefined>();
    host.act = ({ cmd, stream }, reply) => {
      if (cmd !== 'lock') return undefined;
      expect(stream).toBe(true);
      for (const text of ['first', 'x'.repeat(100_000), '\ud800 last\u0007'])
        reply({ event: 'output', stream: 'stdout', text });
      return promise.then(() => ({}));
    };
    const id = await planned();
    await start(id);
    await expect.poll(async () => (await stepsOf(db, id))[0]?.output?.length).toBe(65_536);
    expect((await stepsOf(db, id))[0]?.printed).toBe(100_012);
    go(undefined);
    const { steps } = await ended(id);
    expect(steps[0]?.output?.endsWith('x\ufffd last\u0007')).toBe(true);
  });
});

describe('cancelling', () => {
  it('stops before the next step, puts back what was done, and says that it was cancelled', async () => {
    const { promise, resolve: go } = Promise.withResolvers<undefined>();
    host.act = ({ cmd }) => (cmd === 'lock' ? promise : undefined);
    const id = await planned();
    await start(id);
    await expect.poll(() => states(id)).toContain('lock running');
    await jobs.cancel(id);
    expect(host.fake.asked.some(request => 'cancel' in request)).toBe(false);
    go(undefined);
    const { state, words } = await ended(id);
    expect(state).toBe('cancelled');
    expect(words.slice(0, 5)).toEqual([
      'lock done',
      'pkill waiting',
      '@trash waiting',
      'userdel waiting',
      'unlock done',
    ]);
  });

  it('ends the step under way where its rule allows', async () => {
    const answer = host.fake.answer;
    let hanging: (fields: object) => void = () => {};
    host.fake.answer = (request, reply, socket) => {
      if ('cancel' in request) hanging(refused('cancelled', 'pkill was ended because the request was cancelled.'));
      else if (request.cmd !== 'pkill') return answer(request, reply, socket);
      hanging = reply;
      return undefined;
    };
    const id = await planned();
    await start(
      id,
      undefined,
      plainWays(deletion).map((way, index) => ({ ...way, cancels: index === 1 })),
    );
    await expect.poll(() => states(id)).toContain('pkill running');
    await jobs.cancel(id);
    const { state, words } = await ended(id);
    expect(state).toBe('cancelled');
    expect(words.slice(0, 2)).toEqual(['lock done', 'pkill failed']);
    expect(words[4]).toBe('unlock done');
  });

  it('comes too late for what has ended', async () => {
    const { id } = await run();
    await jobs.cancel(id);
    expect(await findChange(db, id)).toMatchObject({ state: 'done', cancel_asked: expect.toSatisfy(value => !value) });
  });
});

describe('approval at the host’s terminal', () => {
  const lifting: Change = {
    ...deletion,
    steps: [
      { cmd: '@administrator', args: ['jo'], says: 'Lift' },
      { cmd: 'rename', args: [], stdin: 'from: the plan', says: 'Rename' },
    ],
    undo: [],
  };
  const how: Way[] = [
    { level: 'host', cancels: false },
    { level: 'code', cancels: false },
  ];
  let approval = 0;
  beforeEach(() => {
    host.act = ({ cmd }) => {
      if (cmd !== '@administrator') return undefined;
      approval = host.log.length + 1;
      return { ...refused('needs-confirmation', 'waits'), approval };
    };
  });
  const park = async (code?: string) => {
    const id = await planned(lifting);
    expect(await start(id, code, how, lifting)).toBe('started');
    await expect.poll(async () => (await findChange(db, id))?.state).toBe('parked');
    expect(await stepsOf(db, id)).toMatchObject([{ state: 'parked', approval }, { state: 'waiting' }]);
    return id;
  };
  const approve = (code = 0) => {
    const of = host.note('intent', { approval, rule: 'users.make-administrator', cmd: '@administrator' });
    host.note('outcome', { of, approval, code, ms: 3 });
  };

  it('parks the change, and goes on once it was given; the code is for the rest', async () => {
    const id = await park('000000');
    const confirmed = host.fake.asked.find(({ cmd }) => cmd === '@confirm');
    expect(JSON.parse(confirmed?.stdin ?? '').requests).toEqual([{ cmd: 'rename', args: [], stdin: 'from: the plan' }]);
    expect(asked()).toEqual(['@confirm', '@administrator']);
    approve();
    const { state, words, steps } = await ended(id);
    expect([state, words]).toEqual(['done', ['@administrator done', 'rename done']]);
    expect(steps[0]).toMatchObject({ rule: 'users.make-administrator', entry: approval + 1 });
    expect(asked().at(-1)).toBe('rename with ticket');
  });

  it.each([
    ['refused there', () => host.note('refused', { approval, problem: 'cancelled', message: 'A person refused it.' })],
    ['lapsed with the agent', () => host.note('started')],
    ['failed when it was run', () => approve(1)],
  ])('ends the change where it was %s', async (_how, what) => {
    const id = await park();
    what();
    expect((await ended(id)).state).toBe('failed');
    expect(asked()).toEqual(['@administrator']);
  });

  it('is waited for across a restart, and the change goes on as if nothing had been', async () => {
    const id = await park();
    await jobs.close();
    jobs = open();
    await expect.poll(async () => (await findChange(db, id))?.lease_until).toBeGreaterThan(now);
    approve();
    const { state, row } = await ended(id);
    expect([state, row.settled_at]).toEqual(['done', null]);
    expect(host.fake.asked.at(-1)).toMatchObject({ cmd: 'rename', stdin: 'from: the plan' });
  });
});

it('opens a plan only for the account and session that made it, with the same secret, for 15 minutes', async () => {
  const row = await findChange(db, await planned());
  if (!row) throw new Error('not kept');
  expect(plans().open(row, planner)).toEqual(deletion);
  expect(plans().open(row, { ...planner, session: 'another' })).toBeUndefined();
  expect(plans().open(row, { ...planner, account: { id: 'a2', login: 'alex' } })).toBeUndefined();
  expect(openPlans(db, Buffer.alloc(32, 8), () => now).open(row, planner)).toBeUndefined();
  expect(plans().open({ ...row, id: 'c_other' }, planner)).toBeUndefined();
  const first = row.sealed?.startsWith('A') ? 'B' : 'A';
  expect(plans().open({ ...row, sealed: `${first}${row.sealed?.slice(1)}` }, planner)).toBeUndefined();
  now += planMs - 1;
  expect(plans().open(row, planner)).toEqual(deletion);
  now += 1;
  expect(plans().open(row, planner)).toBeUndefined();
});
