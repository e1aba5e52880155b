// What becomes of a ticket when a step of it does not go well, in a whole agent.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Agent, startAgent } from './agent.ts';
import type { Client } from './client.ts';

let agent: Agent;
let client: Client;
beforeEach(async () => {
  agent = await startAgent();
  for (const login of ['ann', 'bob']) await agent.add(login);
  client = await agent.connect();
});
afterEach(async () => {
  client.close();
  await agent.remove();
});

const step = { cmd: 'usermod', args: ['-L', '-e', '1', 'ann'] };
const undo = { cmd: 'usermod', args: ['-s', '/bin/bash', 'bob'] };
const refused = { event: 'refused', problem: 'needs-confirmation' };

async function openTicket(...requests: object[]): Promise<string> {
  const { result } = await client.ask('@confirm', [], { stdin: JSON.stringify({ code: '000000', requests }) });
  return (result as { ticket: string }).ticket;
}
const ask = ({ cmd, args }: typeof step, ticket: string) => client.ask(cmd, args, { ticket });

/** By another hand; what the host said before is kept until something changes. */
async function endAnn(): Promise<void> {
  const file = join(agent.root, 'etc/passwd');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^ann:.*\n/m, ''));
  expect(await agent.ask('usermod', ['-c', 'Bob', 'bob'])).toMatchObject({ ok: true });
}

it('is given for no code while the audit log cannot be written, since nothing could run', async () => {
  const asked = { stdin: JSON.stringify({ code: '000000', requests: [step] }) };
  renameSync(agent.audit, `${agent.audit}.away`);
  expect(await client.ask('@confirm', [], asked)).toMatchObject({ event: 'refused', problem: 'audit-unavailable' });
  expect(agent.printed).not.toContain('confirmed by code, entry null');
  renameSync(`${agent.audit}.away`, agent.audit);
  expect(await client.ask('@confirm', [], asked)).toMatchObject({ ok: true });
});

it('leaves an entry of its own for each wrong code, also in a flood of refusals', async () => {
  for (let i = 0; i < 15; i++) await client.ask('bash', []);
  const asked = (code: string) => client.ask('@confirm', [], { stdin: JSON.stringify({ code, requests: [step] }) });
  const entries: unknown[] = [];
  for (let i = 0; i < 5; i++) entries.push((await asked('999999')).entry);
  expect(
    agent
      .entries()
      .filter(({ n }) => entries.includes(n))
      .map(({ kind, problem }) => [kind, problem]),
  ).toEqual(Array(5).fill(['refused', 'needs-confirmation']));
  // While it pauses no code is looked at: those tries are counted like any other.
  const barred = [];
  for (let i = 0; i < 15; i++) barred.push((await asked('999999')).entry);
  expect(barred).toContain(null);
});

describe('the undo of a ticket', () => {
  it('is not due while nothing has failed', async () => {
    const ticket = await openTicket(step, { ...undo, undo: true });
    expect(await ask(undo, ticket)).toMatchObject(refused);
    expect(await ask(step, ticket)).toMatchObject({ ok: true });
    expect(await ask(undo, ticket)).toMatchObject(refused);
  });

  it.each<[string, () => unknown, object]>([
    ['fails', () => agent.behave({ programs: { usermod: { exit: 1, times: 1 } } }), { event: 'done', ok: false }],
    ['is not permitted any more', endAnn, { event: 'refused', problem: 'not-permitted-now' }],
  ])('is due once a step %s', async (_, spoil, reply) => {
    const ticket = await openTicket(step, { ...undo, undo: true });
    await spoil();
    expect(await ask(step, ticket)).toMatchObject(reply);
    expect(await ask(undo, ticket)).toMatchObject({ ok: true });
    expect(await ask(undo, ticket)).toMatchObject(refused);
  });

  it.each([
    ['while it waited for its turn', async () => client.send('usermod', ['-c', 'Slow', 'bob'])],
    ['in the very moment it was asked', async () => undefined],
  ])('is due once a step was cancelled %s, as a job does that is stopped half-way', async (_, before) => {
    const ticket = await openTicket(step, { ...undo, undo: true });
    agent.behave({ programs: { usermod: { delayMs: 500, times: 1 } } });
    await before();
    client.socket.write(
      `${JSON.stringify({ id: 'x', ...step, ticket })}\n${JSON.stringify({ id: 'x', cancel: true })}\n`,
    );
    expect(await client.answerTo('x')).toMatchObject({ event: 'refused', problem: 'cancelled' });
    expect(await ask(undo, ticket)).toMatchObject({ ok: true });
    expect(await ask(step, ticket)).toMatchObject(refused);
  });

  it.each([
    ['was killed', () => agent.kill()],
    ['was stopped', () => agent.stop()],
  ])('is due where the agent %s half-way, and nothing else goes on', async (_, end) => {
    const last = { cmd: 'usermod', args: ['-c', 'Ann', 'ann'] };
    const ticket = await openTicket(step, last, { ...undo, undo: true });
    expect(await ask(undo, ticket)).toMatchObject(refused);
    expect(await ask(step, ticket)).toMatchObject({ ok: true });
    await end();
    await agent.start();
    client = await agent.connect();
    for (const forward of [step, last]) expect(await ask(forward, ticket)).toMatchObject(refused);
    expect(await ask(undo, ticket)).toMatchObject({ ok: true });
    expect(await ask(undo, ticket)).toMatchObject(refused);
  });

  it('is not due once another request was cancelled', async () => {
    const ticket = await openTicket(step, { ...undo, undo: true });
    const other = { cmd: 'usermod', args: ['-L', '-e', '1', 'bob'] };
    client.socket.write(
      `${JSON.stringify({ id: 'x', ...other, ticket })}\n${JSON.stringify({ id: 'x', cancel: true })}\n`,
    );
    expect(await client.answerTo('x')).toMatchObject({ event: 'refused', problem: 'cancelled' });
    expect(await ask(undo, ticket)).toMatchObject(refused);
  });
});

describe('a step of a ticket', () => {
  it('is checked against the host as it is when it runs, whatever was found when it was confirmed', async () => {
    const ticket = await openTicket(step, undo);
    await endAnn();
    expect(await ask(step, ticket)).toMatchObject({ event: 'refused', problem: 'not-permitted-now' });
    expect(await ask(undo, ticket)).toMatchObject(refused);
  });

  it('is unused where its intent could not be written', async () => {
    const ticket = await openTicket(step);
    renameSync(agent.audit, `${agent.audit}.away`);
    expect(await ask(step, ticket)).toMatchObject({ event: 'refused', problem: 'audit-unavailable' });
    renameSync(`${agent.audit}.away`, agent.audit);
    expect(await ask(step, ticket)).toMatchObject({ ok: true });
    expect(await ask(step, ticket)).toMatchObject(refused);
  });
});
