import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Agent } from './agent.ts';
import { AgentAway } from './away.ts';
import { told } from './fake-agent.fixture.ts';
import { createReader } from './reader.ts';
import type { Answer } from './reply.ts';

const command = { cmd: '@status', args: [] };
const schema = z.object({ n: z.number() });
const answered = (n: number) => ({ id: '1', ...told({ n }) }) as Answer;
const away = new AgentAway('unreachable', 'ENOENT');

function setUp(...answers: (Answer | AgentAway)[]) {
  let now = 1_000;
  const agent: Agent = { ask: async () => answers.shift() ?? away, close: () => {} };
  const reader = createReader(agent, () => now);
  return { read: () => reader.read(command, schema), forget: reader.forget, pass: (ms: number) => (now += ms) };
}

it('asks once and remembers for two seconds', async () => {
  const { read, pass } = setUp(answered(1), answered(2));
  expect(await Promise.all([read(), read()])).toMatchObject([{ value: { n: 1 } }, { value: { n: 1 } }]);
  pass(1_999);
  expect((await read()).value).toEqual({ n: 1 });
  pass(1);
  expect((await read()).value).toEqual({ n: 2 });
});

it('asks again after an act', async () => {
  const { read, forget } = setUp(answered(1), answered(2));
  await read();
  forget();
  expect((await read()).value).toEqual({ n: 2 });
});

it('keeps the last good answer while the agent is away, says so, and recovers', async () => {
  const { read, pass } = setUp(answered(1), away, answered(3));
  await read();
  pass(2_000);
  expect(await read()).toEqual({ value: { n: 1 }, at: 1_000, stale: { away: true, why: 'ENOENT' } });
  pass(2_000);
  expect(await read()).toEqual({ value: { n: 3 }, at: 5_000, stale: undefined });
});

it('asks a second time when the connection was lost under a question', async () => {
  const { read } = setUp(new AgentAway('lost', 'the connection was closed'), answered(2));
  expect(await read()).toMatchObject({ value: { n: 2 }, stale: undefined });
});

it('does not ask an agent that hangs at each page, so that pages open', async () => {
  const { read, pass } = setUp(answered(1), new AgentAway('silent', 'no answer'), answered(2));
  await read();
  pass(2_000);
  expect(await read()).toMatchObject({ value: { n: 1 }, stale: { away: true } });
  pass(9_999);
  expect(await read()).toMatchObject({ value: { n: 1 }, stale: { away: true } });
  pass(1);
  expect(await read()).toMatchObject({ value: { n: 2 }, stale: undefined });
});

it('does not take what it does not understand', async () => {
  const { read } = setUp({ ...answered(1), result: { other: true } } as Answer);
  expect(await read()).toMatchObject({ value: undefined, stale: { away: false } });
});

it('reads what was told once with the schema of each who asks', async () => {
  const agent: Agent = { ask: async () => ({ ...answered(1), result: { n: 1, m: 2 } }) as Answer, close: () => {} };
  const reader = createReader(agent, () => 0);
  const both = [schema, z.object({ m: z.number() })].map(wanted => reader.read<object>(command, wanted));
  expect((await Promise.all(both)).map(({ value }) => value)).toEqual([{ n: 1 }, { m: 2 }]);
});
