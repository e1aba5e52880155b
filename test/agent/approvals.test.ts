// confirm: host – what waits for a person at the host's terminal, and what becomes of it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Agent, startAgent } from './agent.ts';
import { Client, type Reply } from './client.ts';

let agent: Agent;
beforeEach(async () => {
  agent = await startAgent({
    rules: '- id: users.rename\n  confirm: host\n- id: users.samba-password\n  confirm: host\n',
  });
  await agent.add('ann', 'Ann Example');
});
afterEach(() => agent.remove());

const rename = (to: string) => ['-c', to, 'ann'];
const ask = (to: string) => agent.ask('usermod', rename(to), { actor: { account: 'alex', ip: '192.0.2.7' } });
const waits = async (to: string) => numberOf(await ask(to));
const numberOf = (reply: Reply) => String(reply.approval);
const nameOf = async () => {
  const { result } = await agent.ask('@users');
  return (result as { users: { login: string; fullName: string }[] }).users.find(({ login }) => login === 'ann')
    ?.fullName;
};

describe('a request that asks for approval', () => {
  it('is refused with the number of its entry, is recorded and changes nothing', async () => {
    const reply = await ask('Ann New');
    expect(reply).toMatchObject({ event: 'refused', problem: 'needs-confirmation', approval: reply.entry });
    expect(agent.entries().find(({ n }) => n === reply.entry)).toMatchObject({ kind: 'refused', rule: 'users.rename' });
    expect(agent.printed).toMatch(new RegExp(`approval ${reply.entry} waits for you: .*Ann New`));
    expect(await nameOf()).toBe('Ann Example');
  });

  it('runs once a person says yes, for whom it was asked, and the log says who approved', async () => {
    const approval = await waits('Ann New');
    const { code, printed } = agent.typing('yes\n', 'approve', approval);
    expect(printed).toContain('"Ann New"');
    expect(printed).toContain('the dashboard says by alex from 192.0.2.7');
    expect(code).toBe(0);
    expect(await nameOf()).toBe('Ann New');
    const [intent, outcome] = agent.entries().filter(entry => entry.approval === Number(approval));
    const approvedBy = { uid: process.getuid?.() };
    expect(intent).toMatchObject({
      kind: 'intent',
      claimed: { account: 'alex' },
      approvedBy,
      argv: ['/usr/sbin/usermod', ...rename('Ann New')],
    });
    expect(outcome).toMatchObject({ kind: 'outcome', of: intent?.n, code: 0, approvedBy });
    expect(agent.typing('yes\n', 'approve', approval)).toMatchObject({
      code: 1,
      printed: expect.stringContaining('Nothing waits'),
    });
  });

  it('goes on waiting where the answer is anything but yes', async () => {
    const approval = await waits('Ann New');
    for (const answer of ['no\n', 'y\n', 'YES\n', '\n', ''])
      expect(agent.typing(answer, 'approve', approval)).toMatchObject({
        code: 1,
        printed: expect.stringContaining('goes on waiting'),
      });
    expect(await nameOf()).toBe('Ann Example');
    expect(agent.typing('yes\n', 'approve', approval).code).toBe(0);
  });

  it('is gone when it was refused, which the log says under its number', async () => {
    const approval = await waits('Ann New');
    expect(agent.typing('', 'approve', approval, '--refuse')).toMatchObject({ code: 0 });
    expect(agent.entries().at(-1)).toMatchObject({ kind: 'refused', problem: 'cancelled', approval: Number(approval) });
    expect(agent.typing('yes\n', 'approve', approval).code).toBe(1);
    expect(await nameOf()).toBe('Ann Example');
  });

  it('is checked again before it runs', async () => {
    const approval = await waits('Ann New');
    writeFileSync(join(agent.root, 'etc/group'), 'users:x:100:\nsudo:x:27:ann\n');
    const { code, printed } = agent.typing('yes\n', 'approve', approval);
    expect(code).toBe(1);
    expect(printed).toContain('refused now: ann is');
    expect(printed).not.toContain('Done');
  });

  it('is checked by the agent itself after the yes, whatever the terminal was shown before', async () => {
    const approval = await waits('Ann New');
    const terminal = await Client.connect(join(agent.state, 'terminal.sock'));
    const group = join(agent.root, 'etc/group');
    const before = readFileSync(group, 'utf8');
    writeFileSync(group, before.replace(/^sudo:.*$/m, 'sudo:x:27:ann'));
    const reply = await terminal.ask('@approve', [approval]);
    expect(reply).toMatchObject({ event: 'refused', problem: 'not-permitted-now' });
    expect(agent.entries().find(({ n }) => n === reply.entry)).toMatchObject({ approval: Number(approval) });
    writeFileSync(group, before);
    await expect.poll(nameOf).toBe('Ann Example');
    expect(await terminal.ask('@approve', [await waits('Ann New')])).toMatchObject({ ok: true });
    expect(await nameOf()).toBe('Ann New');
    terminal.close();
  });

  it('waits under one number, however often it is asked', async () => {
    const first = await waits('Ann New');
    expect(await waits('Ann New')).toBe(first);
    expect(await waits('Ann Newer')).not.toBe(first);
    const { printed } = agent.typing('', 'approve');
    expect(printed.match(/^\d+ /gm)).toHaveLength(2);
  });

  it('finds no room beside sixteen others, and finds it again when one is decided', async () => {
    const first = await waits('Ann 0');
    const wanted = Array.from({ length: 15 }, (_, i) => `Ann ${i + 1}`);
    for (const name of wanted) expect(await waits(name)).toMatch(/^\d+$/);
    expect(await ask('Ann 16')).toMatchObject({ event: 'refused', problem: 'busy' });
    agent.typing('', 'approve', first, '--refuse');
    expect(await ask('Ann 16')).toMatchObject({ problem: 'needs-confirmation', approval: expect.any(Number) });
  });

  it('has lapsed when the agent was stopped, which the log says', async () => {
    const approval = await waits('Ann New');
    await agent.stop();
    expect(agent.entries().find(entry => entry.approval === Number(approval))).toMatchObject({
      kind: 'refused',
      problem: 'cancelled',
    });
    await agent.start();
    expect(agent.typing('yes\n', 'approve', approval).code).toBe(1);
  });

  it('is opened by no code, and by no ticket', async () => {
    const [refused] = await agent.confirmed({ cmd: 'usermod', args: rename('Ann New') });
    expect(refused).toMatchObject({
      event: 'refused',
      problem: 'needs-confirmation',
      message: expect.stringContaining('whom no code replaces'),
    });
    expect(agent.entries().some(({ kind }) => kind === 'confirmed')).toBe(false);
    const [opened] = await agent.confirmed({ cmd: 'usermod', args: ['-L', '-e', '1', 'ann'] });
    expect(opened).toMatchObject({ event: 'done', ok: true });
  });

  it('cannot be approved over the socket that the dashboard has', async () => {
    const approval = await waits('Ann New');
    for (const cmd of ['@approve', '@refuse', '@approvals'])
      expect(await agent.ask(cmd, [approval])).toMatchObject({ event: 'refused', problem: 'not-allowed' });
    expect(agent.typing('yes\n', 'approve', approval).code).toBe(0);
  });

  it('is shown whole, however long, with what cannot be seen written out', async () => {
    const long = `Ann ${'x'.repeat(90)}\u3164end`;
    const { printed } = agent.typing('no\n', 'approve', await waits(long));
    expect(printed).toContain(`"Ann ${'x'.repeat(90)}\\u3164end"`);
  });

  it('gives one answer at the end, also where it was asked to stream', async () => {
    const asked = { stdin: 'password\npassword\n', stream: true };
    const approval = numberOf(await agent.ask('pdbedit', ['-d0', '-t', '-a', '-u', 'ann'], asked));
    expect(agent.typing('yes\n', 'approve', approval)).toMatchObject({
      code: 0,
      printed: expect.stringMatching(/Account Flags(.|\n)*Done\./),
    });
  });

  it('is told to wait by a host that cannot be asked, which ends neither it nor the agent', async () => {
    const approval = await waits('Ann New');
    agent.behave({ programs: { getent: { exit: 1 } } });
    expect(agent.typing('', 'approve')).toMatchObject({
      code: 1,
      printed: expect.stringContaining('could not be asked'),
    });
    agent.behave({});
    expect(agent.typing('yes\n', 'approve', approval).code).toBe(0);
  });

  it('runs to its end and is recorded when the agent is stopped meanwhile', async () => {
    const approval = await waits('Ann New');
    agent.behave({ programs: { usermod: { delayMs: 1000 } } });
    const terminal = await Client.connect(join(agent.state, 'terminal.sock'));
    terminal.send('@approve', [approval]);
    const found = (kind: string) =>
      agent.entries().find(entry => entry.kind === kind && entry.approval === Number(approval));
    await expect.poll(() => found('intent')).toBeDefined();
    expect(await agent.stop()).toBe(0);
    expect(found('outcome')).toMatchObject({ of: found('intent')?.n, code: 0 });
    terminal.close();
  });

  it('shows no character to the terminal that it would obey', async () => {
    await agent.ask('usermod', rename('Ann'), { actor: { account: 'alex' } });
    const { printed } = agent.typing('', 'approve');
    expect(printed).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(printed).toContain('usermod');
  });
});
