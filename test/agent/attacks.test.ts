// Every attack of the list, as it stands and bent to the shape of each rule: refused with a reason, and nothing on the host changed.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../allowlist/wire.ts';
import { type Agent, startAgent } from './agent.ts';
import {
  type Attack,
  bentAttacks,
  type Lawful,
  lawfulOf,
  lawfulRequests,
  misshapenAttacks,
  shapes,
  strangeCommands,
} from './attacks.ts';
import type { Client, Reply } from './client.ts';
import { anonymousMb } from './random.ts';

/** All that the simulated machine holds, but for what its own clock writes. */
function picture(folder: string): string {
  const seen: string[] = [];
  const walk = (path: string) => {
    const full = join(folder, path);
    const stats = lstatSync(full);
    const content = stats.isFile() ? createHash('sha256').update(readFileSync(full)).digest('hex') : '';
    const link = stats.isSymbolicLink() ? readlinkSync(full) : '';
    seen.push(`${path} ${stats.mode.toString(8)} ${stats.uid}:${stats.gid} ${content}${link}`);
    if (stats.isDirectory() && path !== '/proc' && path !== '/sys')
      for (const name of readdirSync(full).sort()) walk(`${path === '/' ? '' : path}/${name}`);
  };
  walk('/');
  return seen.join('\n');
}

const lawful: Lawful = { user: 'ann', 'new-login': 'newcomer', 'next-uid': '', 'trashed-user': 'gone' };
const fish = 'four words and a fish';
const fishHash =
  '$6$rounds=1000$abcdefgh$FTwplyBy9Lkh1K3Nr1epsp47kqLD7oufYWk33BWmFXomcVrAdb1pfDh5pzGkwwxU9Id.TTpB7iDyPSu5VjDE50';
let agent: Agent;
let client: Client;
let before: string;
beforeAll(async () => {
  agent = await startAgent();
  for (const login of ['ann', 'gone']) await agent.add(login);
  await agent.confirmed({ cmd: '@trash', args: ['gone'] }, { cmd: 'userdel', args: ['gone'] });
  await agent.confirmed(
    { cmd: '@write', args: ['/etc/gatehouse/keys/ann'], stdin: '# none\n' },
    { cmd: 'chpasswd', args: ['-e'], stdin: `ann:${fishHash}\n` },
    { cmd: 'pdbedit', args: ['-d0', '-t', '-a', '-u', 'ann'], stdin: `${fish}\n${fish}\n` },
  );
  const own = { cmd: '@write', args: ['/etc/gatehouse/own-keys/ann'], stdin: '# none\n' };
  const opened = await agent.ask('@confirm', [], { stdin: JSON.stringify({ code: fish, requests: [own] }) });
  const { ticket } = opened.result as { ticket: string };
  expect(await agent.ask(own.cmd, own.args, { stdin: own.stdin, ticket })).toMatchObject({ ok: true });
  const made = await agent.ask('groupadd', ['-g', String(await agent.nextUid()), 'family']);
  expect(made).toMatchObject({ ok: true });
  appendFileSync(join(agent.root, 'etc/passwd'), 'kim:x:1700:100:Kim:/home/kim:/bin/sh\n');
  lawful['next-uid'] = String(await agent.nextUid());
  client = await agent.connect();
  before = picture(agent.root);
});
afterAll(() => agent.remove());

/** Tries it with a code, so that it is the check and not the want of a code that refuses. */
async function attack({ request, confirm }: Pick<Attack, 'request' | 'confirm'>): Promise<Reply> {
  const { cmd, args, stdin } = request;
  const more = stdin === undefined ? {} : { stdin };
  if (!confirm) return client.ask(cmd, args, more);
  const opened = await client.ask('@confirm', [], { stdin: JSON.stringify({ code: '000000', requests: [request] }) });
  const { ticket } = (opened.result ?? {}) as { ticket?: string };
  return ticket === undefined ? opened : client.ask(cmd, args, { ...more, ticket });
}

async function allRefused(attacks: readonly Attack[]): Promise<void> {
  const ran: string[] = [];
  for (const each of attacks) {
    const reply = await attack(each);
    const said = typeof reply.message === 'string' && reply.message.length > 10;
    if (reply.event !== 'refused' || !said) ran.push(`${each.name}: ${JSON.stringify(reply).slice(0, 120)}`);
  }
  expect(ran).toEqual([]);
  expect(picture(agent.root)).toBe(before);
  expect(await client.ask('@status')).toMatchObject({ event: 'done' });
}

describe('attacks', () => {
  it('begin with lawful requests: the checks let each shipped rule pass', async () => {
    for (const shape of shapes) {
      const { cmd, args, stdin } = lawfulOf(shape, lawful);
      const plan = await client.ask(cmd, args, { dryRun: true, ...(stdin !== undefined && { stdin }) });
      expect(plan, shape.rule).toMatchObject({ event: 'plan', rule: shape.rule, unmet: [] });
    }
  });

  it('by each evil value in each place of each rule are refused', async () => {
    const attacks = bentAttacks(lawful);
    expect(attacks.length).toBeGreaterThan(4000);
    await allRefused(attacks);
  }, 120_000);

  it('by too much, too little or another order are refused', () => allRefused(misshapenAttacks(lawful)));

  it('by programs and verbs that no rule names are refused', () =>
    allRefused(
      strangeCommands.flatMap(cmd =>
        [[], ['-c', 'X', 'ann'], ['-c', 'id']].map(args => ({
          ...{ name: `${JSON.stringify(cmd)} ${args.join(' ')}`, confirm: false },
          request: { cmd, args },
        })),
      ),
    ));
});

interface Case {
  name: string;
  why: string;
  request: Command;
  rawB64?: string;
  setup?: string;
  expand?: unknown;
  repeat?: number;
  slow?: { byteEveryMs: number };
  half_close?: boolean;
  peer?: { uid: number };
}

const list = resolve(import.meta.dirname, '../../../shared/attacks/requests.jsonl');
const cases: Case[] = existsSync(list)
  ? readFileSync(list, 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as Case)
  : [];

describe.skipIf(cases.length === 0)('the list of known attacks, as it stands', () => {
  const bytesOf = ({ rawB64, request }: Case) => {
    const line = rawB64 ? Buffer.from(rawB64, 'base64') : Buffer.from(`${JSON.stringify({ id: 'k', ...request })}\n`);
    return line.at(-1) === 10 ? line : Buffer.concat([line, Buffer.from('\n')]);
  };
  const untouched = async () => {
    expect(picture(agent.root)).toBe(before);
    expect(await agent.ask('@status')).toMatchObject({ event: 'done' });
  };
  const isPlain = (each: Case) => !each.repeat && !each.slow && !each.peer && !each.expand;

  it('is refused with a reason, each', async () => {
    const ran: string[] = [];
    for (const each of cases.filter(isPlain)) {
      const one = await agent.connect();
      one.socket.write(bytesOf(each));
      if (each.half_close) one.socket.end();
      const reply = await one.until(() => one.replies.find(({ event }) => event !== 'output'));
      if (reply?.event !== 'refused' || !reply.message) ran.push(`${each.name}: ${JSON.stringify(reply)}`);
      one.close();
    }
    expect(ran).toEqual([]);
    await untouched();
  });

  it('is refused with a code and a ticket as well', async () => {
    const plain = cases.filter(each => !each.rawB64 && isPlain(each));
    await allRefused(plain.map(({ name, request }) => ({ name, request, confirm: true })));
  });

  it.each(cases.filter(({ expand }) => expand))('is refused as a line without end: $name', async each => {
    const one = await agent.connect();
    const chunk = Buffer.alloc(1 << 20, 'A');
    const beforeMb = anonymousMb(agent.pid);
    one.socket.write(Buffer.from(each.rawB64 ?? '', 'base64').subarray(0, 1000));
    for (let sent = 0; sent < 64 && !one.closed; sent++)
      await new Promise(resolve => one.socket.write(chunk, () => resolve(undefined)));
    await one.until(() => undefined);
    expect(one.replies).toMatchObject([{ event: 'refused', problem: 'bad-request' }]);
    expect(anonymousMb(agent.pid) - beforeMb).toBeLessThan(32);
    await untouched();
  });

  it.each(cases.filter(({ repeat }) => repeat))('is refused however often: $name', async each => {
    const one = await agent.connect();
    one.socket.pause();
    const bytes = bytesOf(each);
    for (let sent = 0; sent < (each.repeat ?? 0); sent += 1000)
      one.socket.write(Buffer.concat(Array(1000).fill(bytes)));
    expect(await agent.ask('@status')).toMatchObject({ event: 'done' });
    one.socket.resume();
    await one.raw('', { waitMs: 1500 });
    expect(one.replies.filter(({ event }) => event !== 'refused')).toEqual([]);
    one.close();
    await untouched();
  });

  it.each(cases.filter(({ slow }) => slow))('is cut off when it is slow, and delays nobody: $name', async each => {
    const one = await agent.connect();
    const bytes = bytesOf(each);
    let at = 0;
    const drip = () => !one.closed && one.socket.write(bytes.subarray(at, ++at));
    drip();
    const dripping = setInterval(drip, each.slow?.byteEveryMs);
    const began = performance.now();
    expect(await agent.ask('@status')).toMatchObject({ event: 'done' });
    await one.until(() => undefined);
    clearInterval(dripping);
    expect((performance.now() - began) / 1000).toBeGreaterThan(9.5);
    expect(one.replies).toMatchObject([{ event: 'refused', problem: 'bad-request' }]);
    await untouched();
  });

  it.skipIf(process.getuid?.() !== 0).each(cases.filter(({ peer }) => peer))(
    'is refused from uid $peer.uid: $name',
    async each => {
      // uid 0 is not trusted unless it is listed; here it is another uid's agent.
      const other = await startAgent({ env: { GATEHOUSE_PEER_UIDS: '4242' } });
      try {
        mkdirSync(join(other.dir, 's'), { recursive: true });
        chmodSync(join(other.dir, 's'), 0o755);
        chmodSync(other.socket, 0o777);
        const talk = `const s = require('net').connect(${JSON.stringify(other.socket)}); s.on('data', d => process.stdout.write(d)); s.on('error', () => {}); s.write(Buffer.from('${bytesOf(each).toString('base64')}', 'base64'));`;
        const uid = each.peer?.uid ?? 0;
        const said = execFileSync(process.execPath, ['-e', talk], { uid, gid: uid, encoding: 'utf8', cwd: '/' });
        expect(JSON.parse(said)).toMatchObject({ id: null, event: 'refused', problem: 'not-allowed' });
        const listed = spawnSync(
          process.execPath,
          ['-e', talk.replace('s.write', "s.on('data', () => s.destroy()); s.write")],
          {
            ...{ uid: 4242, gid: 4242, encoding: 'utf8', cwd: '/' },
          },
        );
        expect(JSON.parse(listed.stdout)).toMatchObject({ id: 'k', event: 'refused' });
      } finally {
        await other.remove();
      }
    },
  );
});

describe('lawful requests', () => {
  let host: Agent;
  beforeAll(async () => {
    host = await startAgent();
  });
  afterAll(() => host.remove());

  it('are at least 60', () => expect(lawfulRequests.length).toBeGreaterThanOrEqual(60));

  it('pass, each', async () => {
    const failed: string[] = [];
    for (const { name, request, confirm } of lawfulRequests) {
      const command = typeof request === 'function' ? request(await host.nextUid()) : request;
      const { cmd, args, stdin } = command;
      const [reply] = confirm
        ? await host.confirmed(command)
        : [await host.ask(cmd, args, stdin === undefined ? {} : { stdin })];
      if (reply?.ok !== true) failed.push(`${name}: ${JSON.stringify(reply).slice(0, 200)}`);
    }
    expect(failed).toEqual([]);
    expect(host.command('verify', host.audit).code).toBe(0);
  });
});
