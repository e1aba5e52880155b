// confirm: self – what a user's own password opens, and what it does not; and @administrator, which ends all of it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha512Crypt } from '../../web/users/sha512-crypt.ts';
import { type Agent, startAgent } from './agent.ts';
import type { Reply } from './client.ts';

const old = 'the öld "pass" $word\\';
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDrKNrV8aJqA6JxFQrqq9GmZzY1f2kfJgJ8g6p6g5v5f laptop\n';
let agent: Agent;
beforeEach(async () => {
  agent = await startAgent();
  for (const login of ['ann', 'bob']) {
    await agent.add(login);
    await agent.confirmed({
      cmd: 'chpasswd',
      args: ['-e'],
      stdin: `${login}:${await sha512Crypt(old, 'salt', 5000)}\n`,
    });
  }
});
afterEach(() => agent.remove());

const ownKeys = (login: string) => ({ cmd: '@write', args: [`/etc/gatehouse/own-keys/${login}`], stdin: key });
const newPassword = async (login: string) => ({
  cmd: 'chpasswd',
  args: ['--encrypted'],
  stdin: `${login}:${await sha512Crypt('a new one', 'salt', 5000)}\n`,
});
const open = (password: string, ...requests: object[]) =>
  agent.ask('@confirm', [], { stdin: JSON.stringify({ code: password, requests }) });
const ticketOf = ({ result }: Reply) => (result as { ticket?: string } | undefined)?.ticket ?? 'none';
const refused = { event: 'refused', problem: 'needs-confirmation' };

describe("a user's own password", () => {
  it('opens what the user asks for themselves, and the log says whose it was', async () => {
    const asked = [ownKeys('ann'), await newPassword('ann')] as const;
    const opened = await open(old, ...asked);
    expect(opened).toMatchObject({ event: 'done', ok: true });
    for (const { cmd, args, stdin } of asked)
      expect(await agent.ask(cmd, args, { stdin, ticket: ticketOf(opened) })).toMatchObject({
        event: 'done',
        ok: true,
      });
    expect(agent.entries().find(({ n }) => n === opened.entry)).toMatchObject({ kind: 'confirmed', self: 'ann' });
    expect(readFileSync(agent.audit, 'utf8') + agent.printed).not.toContain(JSON.stringify(old).slice(1, -1));
    // The new one opens from now on, and the old one no more.
    expect(await open(old, ownKeys('ann'))).toMatchObject(refused);
    expect(await open('a new one', ownKeys('ann'))).toMatchObject({ ok: true });
  });

  it("opens nothing of another user, nothing that asks for the owner's code, and nothing without it", async () => {
    expect(await open(old, ownKeys('ann'), ownKeys('bob'))).toMatchObject(refused);
    expect(await open(old, ownKeys('ann'), { cmd: 'usermod', args: ['-L', '-e', '1', 'ann'] })).toMatchObject(refused);
    expect(await open(old, { cmd: 'usermod', args: ['-L', '-e', '1', 'ann'] })).toMatchObject(refused);
    const { cmd, args, stdin } = ownKeys('ann');
    expect(await agent.ask(cmd, args, { stdin })).toMatchObject(refused);
    const opened = await open(old, ownKeys('ann'));
    expect(await agent.ask(cmd, ['/etc/gatehouse/own-keys/bob'], { stdin, ticket: ticketOf(opened) })).toMatchObject(
      refused,
    );
    expect(await agent.ask(cmd, args, { stdin, ticket: ticketOf(opened) })).toMatchObject({ ok: true });
  });

  it("is not the owner's code, and the owner's code is not it", async () => {
    expect(await open('000000', ownKeys('ann'))).toMatchObject(refused);
    expect(await open('000000', { cmd: 'usermod', args: ['-L', '-e', '1', 'ann'] })).toMatchObject({ ok: true });
  });

  it('is asked of the host for no account that the rules do not reach', async () => {
    for (const login of ['root', 'debian', 'nobody-there'])
      expect(await open(old, ownKeys(login))).toMatchObject({
        event: 'refused',
        problem: expect.not.stringContaining('needs'),
      });
    expect(existsSync(join(agent.state, 'own-passwords.json'))).toBe(false);
    expect(await open('wrong', ownKeys('ann'))).toMatchObject(refused);
    expect(existsSync(join(agent.state, 'own-passwords.json'))).toBe(true);
  });

  it('is tried five times, also over a restart and many at once; others are not held up', async () => {
    for (let i = 0; i < 2; i++) expect(await open('wrong', ownKeys('ann'))).toMatchObject(refused);
    await agent.kill();
    await agent.start();
    const rest = await Promise.all(Array.from({ length: 6 }, () => open('wrong', ownKeys('ann'))));
    expect(rest.filter(({ message }) => message?.includes('This is not the password'))).toHaveLength(3);
    expect(await open(old, ownKeys('ann'))).toMatchObject({
      ...refused,
      message: expect.stringContaining('No password of ann is tried until'),
    });
    expect(agent.entries().filter(({ kind }) => kind === 'lock-out')).toEqual([
      expect.objectContaining({ what: 'paused', user: 'ann' }),
    ]);
    // Root hears of it where the agent prints, and by GATEHOUSE_NOTIFY.
    expect(agent.printed).toContain('five wrong passwords in a row for ann');
    expect(await open(old, ownKeys('bob'))).toMatchObject({ ok: true });
  });

  it('counts from zero after a right one', async () => {
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 4; i++) await open('wrong', ownKeys('ann'));
      expect(await open(old, ownKeys('ann'))).toMatchObject({ ok: true });
    }
  });

  it('is never empty, also where another hand took the password away', async () => {
    const file = join(agent.root, 'etc/shadow');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^ann:[^:]*:/m, 'ann::'));
    for (const nothing of ['', old]) expect(await open(nothing, ownKeys('ann'))).toMatchObject(refused);
    expect(await open(old, ownKeys('bob'))).toMatchObject({ ok: true });
  });

  it.each([`${old}\0x`, '', ' '])('is not %j', async wrong => {
    expect(await open(wrong, ownKeys('ann'))).toMatchObject(refused);
    expect(await open(old, ownKeys('ann'))).toMatchObject({ ok: true });
  });
});

describe('what the owner decided about a user', () => {
  const lockOut = ['usermod', '-L', '-e', '1', 'ann'];
  const owner = ([cmd = '', ...args]: string[], stdin?: string) =>
    agent.confirmed({ cmd, args, ...(stdin !== undefined && { stdin }) });
  const hashOf = async (password: string) => `ann:${await sha512Crypt(password, 'salt', 5000)}\n`;
  const samba = { args: ['-d0', '-a', '-t', '-u', 'ann'], stdin: 'password\npassword\n', cmd: 'pdbedit' };
  const flags = () => readFileSync(join(agent.root, 'var/lib/samba/private/passdb.json'), 'utf8');

  it('is not undone by their own password while they are locked out, even where it is right', async () => {
    await owner(lockOut);
    await owner(['chpasswd', '-e'], await hashOf(old));
    expect(await open(old, ownKeys('ann'))).toMatchObject({
      problem: 'not-permitted-now',
      message: expect.stringContaining('locked out'),
    });
    expect(await open(old, ownKeys('bob'))).toMatchObject({ ok: true });
    await owner(['usermod', '-e', '', 'ann']);
    expect(await open(old, ownKeys('ann'))).toMatchObject({ ok: true });
  });

  it('holds at once: a ticket from before does nothing once root has locked the password', async () => {
    const opened = await open(old, ownKeys('ann'));
    const { cmd, args, stdin } = ownKeys('ann');
    const file = join(agent.root, 'etc/shadow');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace(/^ann:/m, 'ann:!'));
    const asked = { stdin, ticket: ticketOf(opened) };
    expect(await agent.ask(cmd, args, asked)).toMatchObject({ problem: 'not-permitted-now' });
    writeFileSync(file, before);
    expect(await agent.ask(cmd, args, asked)).toMatchObject({ ok: true });
  });

  it.each([
    ['locks them out', lockOut, undefined],
    ['sets their password', ['chpasswd', '-e'], 'new'],
    ['ends their sessions', ['pkill', '-KILL', '-u', 'ann'], undefined],
  ])('ends what their own password had opened: the owner %s', async (_, argv, password) => {
    const [anns, bobs] = [await open(old, ownKeys('ann')), await open(old, ownKeys('bob'))];
    await owner(argv, password && (await hashOf(password)));
    for (const [opened, login, ok] of [
      [anns, 'ann', false],
      [bobs, 'bob', true],
    ] as const) {
      const { cmd, args, stdin } = ownKeys(login);
      const reply = await agent.ask(cmd, args, { stdin, ticket: ticketOf(opened) });
      expect(reply.event).toBe(ok ? 'done' : 'refused');
    }
  });

  it('ends what their old password opens while the owner is setting another one', async () => {
    agent.behave({ programs: { chpasswd: { delayMs: 10_000, times: 1 } } });
    const before = agent.entries().length;
    const setting = owner(['chpasswd', '-e'], await hashOf('new'));
    await expect
      .poll(() =>
        agent
          .entries()
          .slice(before)
          .some(({ kind }) => kind === 'intent'),
      )
      .toBe(true);
    const asked = await newPassword('ann');
    const opened = await open(old, asked);
    expect(opened).toMatchObject({ ok: true });
    expect((await setting)[0]).toMatchObject({ ok: true });
    expect(await agent.ask(asked.cmd, asked.args, { stdin: asked.stdin, ticket: ticketOf(opened) })).toMatchObject(
      refused,
    );
    const again = await open('new', asked);
    expect(await agent.ask(asked.cmd, asked.args, { stdin: asked.stdin, ticket: ticketOf(again) })).toMatchObject({
      ok: true,
    });
  });

  it('holds for file shares: their own password changes the one there, and lets nobody in', async () => {
    expect(await open(old, samba)).toMatchObject({ message: expect.stringContaining('do not let ann in') });
    await owner(['pdbedit', '-d0', '-t', '-a', '-u', 'ann'], samba.stdin);
    const opened = await open(old, samba);
    expect(await agent.ask(samba.cmd, samba.args, { stdin: samba.stdin, ticket: ticketOf(opened) })).toMatchObject({
      ok: true,
    });
    await owner(['pdbedit', '-d0', '-r', '-c', '[D]', '-u', 'ann']);
    expect(await open(old, samba)).toMatchObject({ message: expect.stringContaining('do not let ann in') });
    expect(flags()).toContain('"disabled": true');
  });
});

describe('making somebody an administrator', () => {
  const keyFiles = ['/etc/gatehouse/keys/ann', '/etc/gatehouse/own-keys/ann'];
  const groups = () => readFileSync(join(agent.root, 'etc/group'), 'utf8');
  const shadow = () => readFileSync(join(agent.root, 'etc/shadow'), 'utf8');

  beforeEach(async () => {
    await agent.confirmed({ cmd: '@write', args: [keyFiles[0] as string], stdin: key });
    const opened = await open(old, ownKeys('ann'));
    await agent.ask('@write', [keyFiles[1] as string], { stdin: key, ticket: ticketOf(opened) });
    const samba = { cmd: 'pdbedit', args: ['-d0', '-t', '-a', '-u', 'ann'], stdin: 'password\npassword\n' };
    expect(await agent.confirmed(samba)).toMatchObject([{ ok: true }]);
  });

  it('ends what the dashboard had set, then joins sudo; from then on no rule reaches the account', async () => {
    const { approval } = await agent.ask('@administrator', ['ann']);
    expect(groups()).not.toMatch(/^sudo:.*ann/m);
    expect(agent.typing('yes\n', 'approve', String(approval))).toMatchObject({
      code: 0,
      printed: expect.stringContaining('passwd ann'),
    });
    expect(groups()).toMatch(/^sudo:.*ann/m);
    expect(shadow()).toMatch(/^ann:\*:/m);
    for (const file of keyFiles) expect(existsSync(agent.root + file)).toBe(false);
    expect(readFileSync(join(agent.root, 'var/lib/samba/private/passdb.json'), 'utf8')).not.toContain('ann');
    const { result } = await agent.ask('@users');
    expect(result).toMatchObject({ accounts: expect.arrayContaining([expect.objectContaining({ login: 'ann' })]) });
    expect(await agent.ask('usermod', ['-c', 'X', 'ann'])).toMatchObject({ problem: 'not-permitted-now' });
    expect(await agent.ask('usermod', ['-c', 'X', 'bob'])).toMatchObject({ ok: true });
  });

  it('stops at a step that fails: keys and password are gone, and nobody was let further', async () => {
    agent.behave({ programs: { pkill: { exit: 3, times: 1 } } });
    const { approval } = await agent.ask('@administrator', ['ann']);
    const { code, printed } = agent.typing('yes\n', 'approve', String(approval));
    expect(code).toBe(1);
    expect(printed).toContain('ann is no administrator');
    expect(shadow()).toMatch(/^ann:\*:/m);
    expect(groups()).not.toMatch(/^sudo:.*ann/m);
  });

  it('does not pass over file shares that cannot be asked', async () => {
    const { approval } = await agent.ask('@administrator', ['ann']);
    agent.behave({ programs: { pdbedit: { exit: 1 } } });
    expect(agent.typing('yes\n', 'approve', String(approval)).code).toBe(1);
    expect(groups()).not.toMatch(/^sudo:.*ann/m);
  });

  it('is not for an account that is no user of Gatehouse', async () => {
    for (const login of ['root', 'steward'])
      expect(await agent.ask('@administrator', [login])).toMatchObject({ problem: 'not-permitted-now' });
    expect(await agent.ask('@administrator', ['bob'])).toMatchObject({ approval: expect.any(Number) });
  });
});

describe('the keys that a user keeps', () => {
  const kept = () => readFileSync(join(agent.root, 'etc/gatehouse/own-keys/ann'), 'utf8');
  const revoke = { cmd: '@revoke', args: ['ann'] };
  const set = async () => {
    const { cmd, args, stdin } = ownKeys('ann');
    const ticket = ticketOf(await open(old, ownKeys('ann')));
    expect(await agent.ask(cmd, args, { stdin, ticket })).toMatchObject({ ok: true });
  };

  it('end by the code of the owner, whoever wrote them, and may be set again', async () => {
    await set();
    expect(await agent.ask(revoke.cmd, revoke.args)).toMatchObject(refused);
    expect(kept()).toBe(key);
    expect(await open(old, revoke)).toMatchObject(refused);
    expect(await agent.confirmed(revoke)).toMatchObject([{ ok: true }]);
    expect(kept()).toBe('');
    await set();
    writeFileSync(join(agent.root, 'etc/gatehouse/own-keys/ann'), 'by another hand\n');
    expect(await agent.confirmed(revoke)).toMatchObject([{ ok: true }]);
    expect(kept()).toBe('');
    await set();
  });

  it('are of no account that is no user of Gatehouse', async () => {
    expect(await agent.confirmed({ cmd: '@revoke', args: ['root'] })).toMatchObject([{ problem: 'not-permitted-now' }]);
    expect(await agent.confirmed({ cmd: '@revoke', args: ['bob'] })).toMatchObject([{ ok: true }]);
  });
});

describe('taking over an account', () => {
  it('makes it a user of Gatehouse with its number, which is never used again', async () => {
    const add = (file: string, line: string) => {
      const path = join(agent.root, 'etc', file);
      writeFileSync(path, `${readFileSync(path, 'utf8')}${line}\n`);
    };
    add('passwd', 'carl:x:1500:100:Carl Example:/home/carl:/bin/bash');
    add('shadow', 'carl:!:19000:0:99999:7:::');
    expect(await agent.ask('usermod', ['-c', 'X', 'carl'])).toMatchObject({ problem: 'not-permitted-now' });
    const { approval } = await agent.ask('@adopt', ['carl']);
    expect(agent.typing('yes\n', 'approve', String(approval)).code).toBe(0);
    expect(await agent.ask('usermod', ['-c', 'Carl', 'carl'])).toMatchObject({ ok: true });
    expect(await agent.nextUid()).toBeGreaterThan(1500);
    for (const login of ['root', 'debian', 'ann'])
      expect(await agent.ask('@adopt', [login])).toMatchObject({ problem: 'not-permitted-now' });
  });
});
