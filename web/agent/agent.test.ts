import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Agent, connectAgent } from './agent.ts';
import { done, type FakeAgent, fakeAgent, refused } from './fake-agent.fixture.ts';
import type { Output } from './reply.ts';

let fake: FakeAgent;
let agent: Agent;
const command = { cmd: 'usermod', args: ['-c', 'Jo', 'jo'] };

beforeEach(async () => {
  fake = fakeAgent();
  await fake.start();
  agent = connectAgent(fake.path);
});
afterEach(async () => {
  agent.close();
  await fake.remove();
});

it('sends the request as the contract writes it and gives its answer', async () => {
  const answer = await agent.ask({ ...command, stdin: 'x\n' }, { actor: { account: 'admin' }, ticket: 't' });
  expect(answer).toMatchObject({ event: 'done', ok: true, code: 0 });
  expect(fake.asked).toEqual([{ id: '1', ...command, stdin: 'x\n', ticket: 't', actor: { account: 'admin' } }]);
});

it('tells answers apart by id when they come in another order', async () => {
  const late: (() => void)[] = [];
  fake.answer = (request, reply) => void late.unshift(() => reply(done({ stdout: request.args[0] })));
  const answers = ['a', 'b', 'c'].map(args => agent.ask({ cmd: 'getent', args: [args] }));
  while (late.length < 3) await new Promise(resolve => setTimeout(resolve, 5));
  for (const reply of late) reply();
  expect((await Promise.all(answers)).map(answer => answer.event === 'done' && answer.stdout)).toEqual(['a', 'b', 'c']);
});

it('gives a refusal as a value', async () => {
  fake.answer = () => refused('not-allowed', 'No rule allows bash.');
  expect(await agent.ask({ cmd: 'bash', args: [] })).toMatchObject({
    event: 'refused',
    problem: 'not-allowed',
    entry: 9,
  });
});

it('hands over output as it comes, then the end', async () => {
  fake.answer = (request, reply) => {
    expect(request.stream).toBe(true);
    reply({ event: 'output', stream: 'stdout', text: 'one' });
    reply({ event: 'output', stream: 'stderr', text: 'two' });
    return done();
  };
  const pieces: Output[] = [];
  const answer = await agent.ask(command, { onOutput: piece => pieces.push(piece) });
  expect(pieces.map(({ stream, text }) => `${stream} ${text}`)).toEqual(['stdout one', 'stderr two']);
  expect(answer.event).toBe('done');
});

it('reads an answer that comes in pieces, split inside a character', async () => {
  fake.answer = (request, _reply, socket) => {
    const bytes = Buffer.from(`${JSON.stringify({ id: request.id, ...done({ stdout: 'Zoë'.repeat(40_000) }) })}\n`);
    socket.write(bytes.subarray(0, 200));
    setTimeout(() => socket.write(bytes.subarray(200, 70_001)), 5);
    setTimeout(() => socket.write(bytes.subarray(70_001)), 10);
    return undefined;
  };
  expect(await agent.ask(command)).toMatchObject({ stdout: 'Zoë'.repeat(40_000) });
});

it('keeps at most 32 requests on the wire and asks the rest afterwards', async () => {
  const open: (() => void)[] = [];
  fake.answer = (_request, reply) => void open.push(() => reply(done()));
  const answers = Array.from({ length: 40 }, () => agent.ask(command));
  while (open.length < 32) await new Promise(resolve => setTimeout(resolve, 5));
  await new Promise(resolve => setTimeout(resolve, 20));
  expect(fake.asked).toHaveLength(32);
  fake.answer = () => done();
  for (const reply of open) reply();
  expect(await Promise.all(answers)).toHaveLength(40);
});

it('says that the agent is away when nobody listens', async () => {
  await fake.stop();
  expect(await agent.ask(command)).toMatchObject({
    event: 'away',
    how: 'unreachable',
    why: 'its socket is not there',
  });
});

it('says that a request may have run when the connection ends under it, and recovers by itself', async () => {
  fake.answer = (_request, _reply, socket) => void socket.destroy();
  expect(await agent.ask(command)).toMatchObject({ event: 'away', how: 'lost' });
  fake.answer = () => done();
  await expect.poll(async () => (await agent.ask(command)).event).toBe('done');
});

it('comes back after the agent was stopped and started', async () => {
  expect((await agent.ask(command)).event).toBe('done');
  await fake.stop();
  expect((await agent.ask(command)).event).toBe('away');
  await fake.start();
  await expect.poll(async () => (await agent.ask(command)).event).toBe('done');
});

it('never waits longer than it was told', async () => {
  fake.answer = () => undefined;
  expect(await agent.ask(command, { timeoutMs: 30 })).toMatchObject({ event: 'away', how: 'silent' });
  fake.answer = () => done();
  expect((await agent.ask(command)).event).toBe('done');
});

it('ends a request when its caller does not want it any more', async () => {
  const caller = new AbortController();
  fake.answer = (request, reply) => {
    if ('cancel' in request) reply(refused('cancelled', 'It was cancelled.'));
    else caller.abort();
    return undefined;
  };
  expect(await agent.ask(command, { signal: caller.signal })).toMatchObject({ event: 'refused', problem: 'cancelled' });
});

it('gives up a request in the breath in which it asks it', async () => {
  const lines: boolean[] = [];
  fake.answer = (request, reply) => {
    lines.push('cancel' in request);
    if ('cancel' in request) reply(refused('cancelled', 'It was cancelled before it began.'));
    return undefined;
  };
  expect(await agent.ask(command, { givenUp: true })).toMatchObject({ problem: 'cancelled' });
  expect(lines).toEqual([false, true]);
});

it('drops a peer that does not speak the contract', async () => {
  fake.answer = (_request, _reply, socket) => void socket.write('hello\n');
  expect(await agent.ask(command)).toMatchObject({ event: 'away', how: 'lost' });
});
