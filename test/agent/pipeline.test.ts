// The order of the pipeline, seen from outside: a whole agent in dummy mode, its audit log and its simulated host.
import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Agent, startAgent, useraddArgs } from './agent.ts';

const hash = `$6$abcdefgh$${'a'.repeat(86)}`;
const password = { cmd: 'chpasswd', args: ['-e'], stdin: `ann:${hash}\n` };
const rename = (name: string) => ['-c', name, 'ann'] as const;

let agent: Agent;
beforeEach(async () => {
  agent = await startAgent();
  await agent.add('ann');
});
afterEach(() => agent.remove());

const kinds = (from = 0) => agent.entries().flatMap(({ n, kind }) => (n > from ? [kind] : []));
const lastEntry = () => agent.entries().at(-1)?.n ?? 0;
const passwdLine = (login: string) =>
  readFileSync(join(agent.root, 'etc/passwd'), 'utf8')
    .split('\n')
    .find(line => line.startsWith(`${login}:`));
const patiently = <T>(what: () => T | undefined | false): Promise<T> =>
  expect.poll(what, { timeout: 9000, interval: 10 }).toBeTruthy() as unknown as Promise<T>;

describe('a request', () => {
  it('leaves an intent and its outcome, with who claims to ask', async () => {
    const before = lastEntry();
    const actor = { account: 'jo', ip: '192.168.1.7', change: 'c_1' };
    const reply = await agent.ask('usermod', rename("O'Neil Zoë"), { actor });
    expect(reply).toMatchObject({ event: 'done', ok: true, rule: 'users.rename', entry: before + 1 });
    const [intent, outcome] = agent.entries().slice(-2);
    expect(intent).toMatchObject({
      kind: 'intent',
      peer: { pid: process.pid, uid: process.getuid?.() },
      claimed: actor,
      rule: 'users.rename',
      argv: ['/usr/sbin/usermod', '-c', "O'Neil Zoë", 'ann'],
    });
    expect(outcome).toMatchObject({ kind: 'outcome', of: intent?.n, code: 0, signal: null });
  });

  it('that fails says how, and so does the audit log', async () => {
    agent.behave({ programs: { usermod: { exit: 6, stderr: 'usermod: no\n' } } });
    expect(await agent.ask('usermod', rename('X'))).toMatchObject({ event: 'done', ok: false, code: 6 });
    expect(agent.entries().at(-1)).toMatchObject({ kind: 'outcome', code: 6, stderrBytes: 12 });
  });

  it('for a program that is not there is refused after its intent, which ends', async () => {
    agent.behave({ programs: { usermod: { missing: true } } });
    const before = lastEntry();
    expect(await agent.ask('usermod', rename('X'))).toMatchObject({ event: 'refused', problem: 'not-installed' });
    expect(kinds(before)).toEqual(['intent', 'outcome']);
  });

  it('that the host cannot be asked about is refused and recorded', async () => {
    agent.behave({ programs: { getent: { exit: 3 } } });
    await sleep(1100);
    const before = lastEntry();
    const reply = await agent.ask('usermod', rename('X'));
    expect(reply).toMatchObject({ event: 'refused', problem: 'failed', entry: before + 1 });
    expect(kinds(before)).toEqual(['refused']);
    expect(passwdLine('ann')).toContain(':Somebody:');
    agent.behave({});
    await sleep(1100);
    expect(await agent.ask('usermod', rename('X'))).toMatchObject({ ok: true });
  });

  it.each([
    ['a user that is not there', 'usermod', ['-c', 'X', 'nobodyhere']],
    ['a host account', 'usermod', ['-c', 'X', 'debian']],
    ['root', 'usermod', ['-c', 'X', 'root']],
  ])('for %s is not permitted now, and recorded', async (_, cmd, args) => {
    const before = lastEntry();
    expect(await agent.ask(cmd, args)).toMatchObject({ event: 'refused', problem: 'not-permitted-now' });
    expect(kinds(before)).toEqual(['refused']);
  });

  it('that only tells is not recorded, refused or not', async () => {
    const before = lastEntry();
    const keysOf = (login: string) => agent.ask('@generations', [`/etc/gatehouse/keys/${login}`]);
    expect(await keysOf('debian')).toMatchObject({ event: 'refused', problem: 'not-permitted-now', entry: null });
    expect(await keysOf('ann')).toMatchObject({ event: 'done', entry: null });
    expect(kinds(before)).toEqual([]);
    expect(await agent.ask('@generations', ['/etc/shadow'])).toMatchObject({ problem: 'not-allowed' });
    expect(kinds(before)).toEqual(['refused']);
  });

  it('for the generations of a file says what is in the way, as a refusal', async () => {
    const file = '/etc/gatehouse/keys/ann';
    expect(await agent.ask('@generations', [file])).toMatchObject({ event: 'done', result: { generations: [] } });
    symlinkSync('/etc/shadow', agent.root + file);
    expect(await agent.ask('@generations', [file])).toMatchObject({ event: 'refused', problem: 'not-permitted-now' });
  });

  it('that a rule asks a code for is not run without, and is with', async () => {
    const before = lastEntry();
    expect(await agent.ask('chpasswd', ['-e'], { stdin: password.stdin })).toMatchObject({
      problem: 'needs-confirmation',
    });
    expect(kinds(before)).toEqual(['refused']);
    expect(await agent.confirmed(password)).toMatchObject([{ event: 'done', ok: true }]);
    expect(kinds(before)).toEqual(['refused', 'confirmed', 'intent', 'outcome']);
  });

  it('named like something that every object has is refused', async () => {
    for (const cmd of ['constructor', '__proto__', 'toString', '@toString', 'hasOwnProperty'])
      expect(await agent.ask(cmd)).toMatchObject({ problem: 'not-allowed' });
  });

  it('may make a user named constructor, who is one like all others', async () => {
    expect(await agent.add('constructor')).toMatchObject({ ok: true });
    await agent.stop();
    await agent.start();
    expect(await agent.ask('usermod', ['-c', 'X', 'constructor'])).toMatchObject({ ok: true });
    expect(await agent.ask('usermod', ['-c', 'X', 'valueof'])).toMatchObject({ problem: 'not-permitted-now' });
  });
});

describe('a dry run', () => {
  it('decides by the same checks, does nothing and is not recorded, refused or not', async () => {
    const before = agent.entries();
    const plan = await agent.ask('usermod', rename('X'), { dryRun: true });
    expect(plan).toMatchObject({
      ...{ event: 'plan', rule: 'users.rename', argv: ['/usr/sbin/usermod', '-c', 'X', 'ann'] },
      ...{ confirm: 'none', unmet: [] },
    });
    const unmet = await agent.ask('usermod', ['-c', 'X', 'root'], { dryRun: true });
    expect(unmet).toMatchObject({ event: 'plan', unmet: [expect.stringContaining('root')] });
    expect(await agent.ask('bash', [], { dryRun: true })).toMatchObject({ problem: 'not-allowed', entry: null });
    agent.behave({ programs: { getent: { exit: 3 } } });
    await sleep(1100);
    expect(await agent.ask('usermod', rename('X'), { dryRun: true })).toMatchObject({ problem: 'failed', entry: null });
    expect(agent.entries()).toEqual(before);
    expect(passwdLine('ann')).toContain(':Somebody:');
  });

  it('shows a secret as dots', async () => {
    const plan = await agent.ask('chpasswd', ['-e'], { stdin: password.stdin, dryRun: true });
    expect(plan).toMatchObject({ event: 'plan', confirm: 'code', display: expect.stringContaining('•••') });
    expect(JSON.stringify(plan)).not.toContain('aaaa');
  });

  it('waits its turn after 20 in a second; other requests do not', async () => {
    const client = await agent.connect();
    const began = performance.now();
    const plans = Array.from({ length: 30 }, () => client.ask('usermod', rename('X'), { dryRun: true }));
    const status = client.ask('@status');
    await Promise.all([...plans, status]);
    const answers = client.replies.map(({ event }) => event);
    expect(answers.indexOf('done')).toBeLessThan(answers.lastIndexOf('plan'));
    expect(performance.now() - began).toBeGreaterThan(450);
    client.close();
  });

  it('of a client that is gone keeps nobody waiting', async () => {
    for (let i = 0; i < 8; i++) {
      const client = await agent.connect();
      for (let j = 0; j < 31; j++) client.send('usermod', rename('X'), { dryRun: true });
      await client.ask('@status');
      client.close();
    }
    expect(await agent.ask('usermod', rename('X'), { dryRun: true })).toMatchObject({ event: 'plan' });
  });
});

describe('secrets', () => {
  it('are nowhere but in the program', async () => {
    const words = { hash: hash.slice(12), samba: 'sw0rdf!sh \\ "tüna"', code: '"000000"' };
    const samba = { cmd: 'pdbedit', args: ['-d0', '-t', '-a', '-u', 'ann'], stdin: `${words.samba}\n${words.samba}\n` };
    const opened = await agent.ask('@confirm', [], { stdin: JSON.stringify({ code: '000000', requests: [password] }) });
    const { ticket } = opened.result as { ticket: string };
    const replies = [
      await agent.ask('chpasswd', ['-e'], { stdin: password.stdin, ticket }),
      await agent.ask('chpasswd', ['-e'], { stdin: password.stdin, ticket }),
      ...(await agent.confirmed(samba)),
      await agent.ask('pdbedit', samba.args, { stdin: `${words.samba}\n` }),
      await agent.ask('pdbedit', samba.args, { stdin: samba.stdin, dryRun: true }),
      await agent.ask('usermod', rename('X'), { stdin: samba.stdin }),
      await agent.ask('@confirm', [], { stdin: JSON.stringify({ code: '000000', requests: [samba], more: 1 }) }),
      await agent.ask('@confirm', [], { stdin: `{"code":"000000","requests":[${JSON.stringify(samba)}` }),
      await agent.ask('@confirm', [], { stdin: JSON.stringify({ code: '999999', requests: [samba, password] }) }),
    ];
    expect(replies.map(({ ok, problem }) => ok || problem)).toEqual([
      ...[true, 'needs-confirmation', true, 'not-allowed', undefined],
      ...['not-allowed', 'bad-request', 'bad-request', 'needs-confirmation'],
    ]);
    await agent.stop();
    const printed = agent.printed.replace('the one-time code is always 000000', '');
    const told = [readFileSync(agent.audit, 'utf8'), printed, JSON.stringify(replies)].join('\n');
    for (const secret of [...Object.values(words), JSON.stringify(words.samba).slice(1, -1), ticket, '999999'])
      expect(told).not.toContain(secret);
    expect(readFileSync(join(agent.root, 'etc/shadow'), 'utf8')).toContain(hash);
  });
});

describe('cancel', () => {
  it('ends what runs, and says so', async () => {
    agent.behave({ programs: { usermod: { hang: true } } });
    const client = await agent.connect();
    const id = client.send('usermod', rename('X'));
    await patiently(() => agent.entries().at(-1)?.kind === 'intent');
    client.cancel(id);
    expect(await client.answerTo(id)).toMatchObject({ event: 'refused', problem: 'cancelled' });
    expect(agent.entries().at(-1)).toMatchObject({ kind: 'outcome', signal: 'SIGTERM', problem: 'cancelled' });
    client.close();
  });

  it('of what waits for its turn leaves no intent', async () => {
    agent.behave({ programs: { usermod: { delayMs: 500 } } });
    const client = await agent.connect();
    const [first, second] = ['first', 'second'];
    const asks = (id: string) => JSON.stringify({ id, cmd: 'usermod', args: rename('X') });
    client.socket.write(`${asks(first)}\n${asks(second)}\n${JSON.stringify({ id: second, cancel: true })}\n`);
    expect(await client.answerTo(second)).toMatchObject({ problem: 'cancelled' });
    expect(await client.answerTo(first)).toMatchObject({ ok: true });
    expect(agent.entries().filter(({ kind }) => kind === 'intent').length).toBe(2);
    client.close();
  });

  it('of what is being checked leaves no intent', async () => {
    agent.behave({ programs: { id: { delayMs: 5000 } } });
    await sleep(1100);
    const client = await agent.connect();
    const before = lastEntry();
    const id = client.send('usermod', rename('X'));
    await sleep(100);
    client.cancel(id);
    expect(await client.answerTo(id)).toMatchObject({ problem: 'cancelled' });
    expect(kinds(before)).toEqual(['refused']);
    expect(passwdLine('ann')).toContain(':Somebody:');
    client.close();
  });

  it('by leaving ends what only reads', async () => {
    agent.behave({ programs: { getent: { hang: true } } });
    const client = await agent.connect();
    client.send('getent', ['passwd']);
    await patiently(() => agent.entries().at(-1)?.kind === 'intent');
    client.close();
    await patiently(() => agent.entries().at(-1)?.kind === 'outcome');
    expect(agent.entries().at(-1)).toMatchObject({ signal: 'SIGTERM', problem: 'cancelled' });
  });

  it('by leaving does not end what changes the host', async () => {
    agent.behave({ programs: { usermod: { delayMs: 3000 } } });
    const client = await agent.connect();
    client.send('usermod', rename('Changed'));
    await patiently(() => agent.entries().at(-1)?.kind === 'intent');
    client.close();
    await patiently(() => agent.entries().at(-1)?.kind === 'outcome');
    expect(agent.entries().at(-1)).toMatchObject({ code: 0, signal: null });
    expect(passwdLine('ann')).toContain(':Changed:');
  });
});

describe('requests at once', () => {
  it('for the same next uid make one user', async () => {
    const uid = await agent.nextUid();
    const [a, b] = [await agent.connect(), await agent.connect()];
    const replies = await Promise.all(
      [a, b].flatMap((client, i) =>
        ['x', 'y', 'z'].map(name => client.ask('useradd', useraddArgs(uid, 'N', `${name}${i}`))),
      ),
    );
    expect(replies.filter(({ ok }) => ok).length).toBe(1);
    expect(replies.filter(({ problem }) => problem === 'not-permitted-now').length).toBe(5);
    const uids = readFileSync(join(agent.root, 'etc/passwd'), 'utf8').match(new RegExp(`:x:${uid}:`, 'g'));
    expect(uids?.length).toBe(1);
    expect(await agent.nextUid()).toBe(uid + 1);
    for (const client of [a, b]) client.close();
  });

  it('with the same ticket run once', async () => {
    const stdin = JSON.stringify({ code: '000000', requests: [password] });
    const { ticket } = (await agent.ask('@confirm', [], { stdin })).result as { ticket: string };
    const clients = await Promise.all(Array.from({ length: 6 }, () => agent.connect()));
    const replies = await Promise.all(
      clients.map(client => client.ask('chpasswd', ['-e'], { stdin: password.stdin, ticket })),
    );
    expect(replies.filter(({ ok }) => ok).length).toBe(1);
    expect(replies.filter(({ problem }) => problem === 'needs-confirmation').length).toBe(5);
    for (const client of clients) client.close();
  });

  it('start no more than eight programs, those that only ask the host included', async () => {
    for (let i = 0; i < 3; i++) await agent.add(`user${i}`);
    agent.behave({ programs: { id: { delayMs: 300 }, getent: { delayMs: 300 } } });
    await sleep(1100);
    const clients = await Promise.all(Array.from({ length: 4 }, () => agent.connect()));
    const began = performance.now();
    const asked = clients.flatMap((client, i) =>
      Array.from({ length: 6 }, (_, j) =>
        client.ask('@confirm', [], {
          stdin: JSON.stringify({ code: '000000', requests: [{ cmd: 'usermod', args: ['-c', 'X', `no${i}${j}`] }] }),
        }),
      ),
    );
    const replies = await Promise.all(asked);
    expect(replies.every(({ event }) => event === 'done')).toBe(true);
    // 24 questions of 300 ms in eight places.
    expect(performance.now() - began).toBeGreaterThan(890);
    for (const client of clients) client.close();
  });
});

it('serves on when nobody reads its journal any more', async () => {
  agent.deafen();
  for (let i = 0; i < 3; i++) {
    expect(await agent.confirmed(password)).toMatchObject([{ ok: true }]);
    await sleep(100);
  }
  expect(await agent.stop()).toBe(0);
});

describe('SIGTERM', () => {
  it('lets what runs end, begins nothing more, records both and exits 0', async () => {
    agent.behave({ programs: { usermod: { delayMs: 2000 } } });
    const client = await agent.connect();
    const [runs, waits] = [client.ask('usermod', rename('X')), client.ask('usermod', rename('Y'))];
    await patiently(() => agent.entries().at(-1)?.kind === 'intent');
    expect(await agent.stop()).toBe(0);
    expect(await runs).toMatchObject({ ok: true });
    expect(await waits).toMatchObject({ event: 'refused', problem: 'busy' });
    expect(agent.entries().slice(-3)).toMatchObject([
      { kind: 'outcome', code: 0 },
      { kind: 'refused', problem: 'busy' },
      { kind: 'stopped' },
    ]);
  });

  it('ends what does not end by itself, within 10 s, and records that', async () => {
    agent.behave({ programs: { usermod: { hang: true } } });
    const client = await agent.connect();
    const reply = client.ask('usermod', rename('X'));
    await patiently(() => agent.entries().at(-1)?.kind === 'intent');
    const began = performance.now();
    expect(await agent.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await reply).toMatchObject({ ok: false, signal: 'SIGTERM' });
    expect(agent.entries().slice(-2)).toMatchObject([{ kind: 'outcome', signal: 'SIGTERM' }, { kind: 'stopped' }]);
  });

  it('is heard once, however often it comes, and SIGINT with it', async () => {
    agent.behave({ programs: { usermod: { delayMs: 2000 } } });
    const client = await agent.connect();
    const reply = client.ask('usermod', rename('X'));
    await patiently(() => agent.entries().at(-1)?.kind === 'intent');
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGTERM', 'SIGINT'] as const) {
      process.kill(agent.pid, signal);
      await sleep(20);
    }
    expect(await agent.stop()).toBe(0);
    expect(await reply).toMatchObject({ ok: true });
    expect(agent.entries().slice(-2)).toMatchObject([{ kind: 'outcome', code: 0 }, { kind: 'stopped' }]);
  });
});

describe('starting', () => {
  it('beside an agent with the same audit log is refused', () => {
    const other = { GATEHOUSE_SOCKET: join(agent.dir, 's2', 'agent.sock') };
    Object.assign(agent.env, other);
    expect(agent.command('serve')).toMatchObject({ code: 1, printed: expect.stringContaining('in use by another') });
  });

  it('beside an agent on the same socket is refused, and that one serves on', async () => {
    Object.assign(agent.env, { GATEHOUSE_AUDIT: join(agent.dir, 'a2', 'audit.jsonl') });
    expect(agent.command('serve')).toMatchObject({ code: 1, printed: expect.stringContaining('Another agent serves') });
    expect(await agent.ask('@status')).toMatchObject({ event: 'done' });
  });

  it('replaces the socket that a killed agent left', async () => {
    await agent.kill();
    await agent.start();
    expect(await agent.ask('usermod', rename('X'))).toMatchObject({ ok: true });
  });

  it('does not replace a file that is no socket', async () => {
    const file = join(agent.dir, 'precious');
    writeFileSync(file, 'data');
    Object.assign(agent.env, { GATEHOUSE_SOCKET: file, GATEHOUSE_AUDIT: join(agent.dir, 'a2', 'audit.jsonl') });
    expect(agent.command('serve')).toMatchObject({ code: 1, printed: expect.stringContaining('not a socket') });
    expect(readFileSync(file, 'utf8')).toBe('data');
  });

  it('says so where a path is too long for a socket', async () => {
    Object.assign(agent.env, {
      GATEHOUSE_SOCKET: join(agent.dir, 'x'.repeat(90)),
      GATEHOUSE_AUDIT: join(agent.dir, 'a3'),
    });
    expect(agent.command('serve')).toMatchObject({ code: 1, printed: expect.stringContaining('longer than the 107') });
  });
});

describe('what the owner changed in the rules', () => {
  it('holds: switched off is refused, and what confirms is what they say', async () => {
    await agent.stop();
    const rules = join(agent.dir, 'rules.d', 'owner.yaml');
    const override = async (text: string) => {
      await agent.stop();
      writeFileSync(rules, text);
      await agent.start();
    };
    await override(
      '- id: users.rename\n  off: true\n- id: users.list\n  confirm: code\n- id: users.now\n  confirm: code\n',
    );
    // A rule that reads needs no confirmation; the owner may ask for one all the same.
    expect(await agent.ask('usermod', rename('X'))).toMatchObject({ problem: 'not-allowed' });
    expect(await agent.ask('getent', ['passwd'])).toMatchObject({ problem: 'needs-confirmation' });
    expect(await agent.ask('getent', ['group'])).toMatchObject({ ok: true });
    expect(await agent.ask('@users')).toMatchObject({ problem: 'needs-confirmation' });
    expect((await agent.confirmed({ cmd: '@users', args: [] }))[0]).toMatchObject({
      ok: true,
      result: { users: [{}] },
    });
    expect(await agent.ask('@host')).toMatchObject({ ok: true });
    // What reads waits for no lock, so that only the ticket tells the first from the others.
    const list = { cmd: 'getent', args: ['passwd'] };
    const opened = await agent.ask('@confirm', [], { stdin: JSON.stringify({ code: '000000', requests: [list] }) });
    const { ticket } = opened.result as { ticket: string };
    const client = await agent.connect();
    const ids = ['a', 'b', 'c', 'd'];
    client.socket.write(ids.map(id => `${JSON.stringify({ ...list, id, ticket })}\n`).join(''));
    const replies = await Promise.all(ids.map(id => client.answerTo(id)));
    expect(replies.map(({ problem = 'none' }) => problem).sort()).toEqual([
      ...Array(3).fill('needs-confirmation'),
      'none',
    ]);
    client.close();
    for (const confirm of ['host', 'self']) {
      await override(`- id: users.rename\n  confirm: ${confirm}\n`);
      const asked = { cmd: 'usermod', args: rename('X') };
      expect(await agent.ask('usermod', rename('X'))).toMatchObject({ problem: 'needs-confirmation' });
      expect((await agent.confirmed(asked))[0]).toMatchObject({ event: 'refused', problem: 'needs-confirmation' });
    }
    await override('');
    expect(await agent.ask('usermod', rename('X'))).toMatchObject({ ok: true });
  });
});

describe('a kept generation', () => {
  it('is put back only where the rule of today allows its lines', async () => {
    const path = '/etc/gatehouse/note';
    const allow = async (lines: string) => {
      await agent.stop();
      const rule = `- id: test.note\n  write: /etc/gatehouse/note\n  lines: [${lines}]\n  why: a file of this test alone\n`;
      writeFileSync(join(agent.dir, 'rules.d', 'note.yaml'), rule);
      await agent.start();
    };
    await allow('"<comment>", "one"');
    for (const stdin of ['# free text\n', 'one\n'])
      expect(await agent.ask('@write', [path], { stdin })).toMatchObject({ ok: true });
    await allow('"one"');
    const restore = (generation: string) => agent.ask('@restore', [path, generation]);
    expect(await restore('1')).toMatchObject({
      problem: 'not-permitted-now',
      message: expect.stringContaining('line 1 must be'),
    });
    expect(readFileSync(agent.root + path, 'utf8')).toBe('one\n');
    expect(await restore('2')).toMatchObject({ ok: true });
  });
});

describe('the commands', () => {
  it('check says what would happen, runs nothing and changes nothing', async () => {
    const users = join(agent.state, 'users.json');
    const before = [agent.entries(), readFileSync(users, 'utf8')];
    expect(agent.command('check', '--', 'usermod', '-c', 'X', 'ann')).toMatchObject({
      code: 0,
      printed: expect.stringContaining('users.rename'),
    });
    expect(agent.command('check', '--', 'usermod', '-c', 'X', 'root').code).toBe(1);
    expect(agent.command('check', '--', 'bash').printed).toContain('not-allowed');
    expect(agent.command('check').code).toBe(2);
    expect([agent.entries(), readFileSync(users, 'utf8')]).toEqual(before);
  });

  it('check leaves alone what a serving agent is about to make', async () => {
    const users = join(agent.state, 'users.json');
    agent.behave({ programs: { useradd: { delayMs: 8000 } } });
    const client = await agent.connect();
    const reply = client.ask('useradd', useraddArgs(await agent.nextUid(), 'N', 'slow'));
    await patiently(() => JSON.stringify(agent.entries().at(-1)?.argv ?? []).includes('slow'));
    const pending = readFileSync(users, 'utf8');
    expect(pending).toContain('"pending":{"slow":');
    agent.command('check', '--', 'usermod', '-c', 'X', 'ann');
    expect(readFileSync(users, 'utf8')).toBe(pending);
    expect(await reply).toMatchObject({ ok: true });
    client.close();
  });

  it('rules shows each, and exits 1 where one is broken', async () => {
    expect(agent.command('rules')).toMatchObject({ code: 0, printed: expect.stringContaining('users.create') });
    writeFileSync(join(agent.dir, 'rules.d', 'broken.yaml'), '- id: x.y\n  run: bash\n  why: run anything at all\n');
    expect(agent.command('rules')).toMatchObject({ code: 1, printed: expect.stringContaining('bash') });
  });

  it('audit shows the newest entries as they stand', async () => {
    const shown = agent.command('audit', '2').printed;
    expect(shown).toBe(readFileSync(agent.audit, 'utf8').split('\n').slice(-3).join('\n'));
    for (const wrong of ['0', 'x', '-1']) expect(agent.command('audit', wrong).code).toBe(2);
  });

  it('verify agrees, and usage is shown for anything else', () => {
    expect(agent.command('verify', agent.audit)).toMatchObject({ code: 0, printed: expect.stringMatching(/^ok: \d+/) });
    for (const name of ['', 'nosuch', 'constructor', '__proto__']) expect(agent.command(name).code).toBe(2);
  });
});

describe('the registry', () => {
  it('gives no uid twice: not after a failed useradd, nor after a kill in the middle', async () => {
    const first = await agent.nextUid();
    agent.behave({ programs: { useradd: { exit: 1, times: 1 } } });
    expect(await agent.add('failed')).toMatchObject({ ok: false });
    expect(await agent.nextUid()).toBe(first + 1);
    agent.behave({ programs: { useradd: { hang: true } } });
    const client = await agent.connect();
    client.send('useradd', useraddArgs(first + 1, 'N', 'killed'));
    await patiently(() => agent.entries().at(-1)?.kind === 'intent');
    await agent.kill();
    agent.behave({});
    await agent.start();
    expect(agent.entries().slice(-2)).toMatchObject([{ kind: 'unknown' }, { kind: 'started' }]);
    expect(await agent.nextUid()).toBe(first + 2);
    expect(await agent.add('killed')).toMatchObject({ ok: true });
  });

  it('knows after a kill the user that was made just before', async () => {
    agent.behave({ programs: { useradd: { hang: true } } });
    const uid = await agent.nextUid();
    const client = await agent.connect();
    client.send('useradd', useraddArgs(uid, 'N', 'killed'));
    await patiently(() => agent.entries().at(-1)?.kind === 'intent');
    await agent.kill();
    agent.behave({});
    const passwd = join(agent.root, 'etc/passwd');
    writeFileSync(passwd, `${readFileSync(passwd, 'utf8')}killed:x:${uid}:100:N:/home/killed:/usr/sbin/nologin\n`);
    await agent.start();
    expect(await agent.ask('usermod', ['-c', 'X', 'killed'])).toMatchObject({ event: 'done', rule: 'users.rename' });
  });

  it('passes over uids that another hand has used meanwhile, for good', async () => {
    const uid = await agent.nextUid();
    const passwd = join(agent.root, 'etc/passwd');
    const before = readFileSync(passwd, 'utf8');
    writeFileSync(passwd, `${before}byhand:x:${uid}:${uid}::/home/byhand:/bin/sh\n`);
    await sleep(1100);
    expect(await agent.nextUid()).toBe(uid + 1);
    writeFileSync(passwd, before);
    await agent.stop();
    await agent.start();
    expect(await agent.nextUid()).toBe(uid + 1);
  });

  it('takes a home to the trash whose account was removed before, and puts the user back with it', async () => {
    const before = (await agent.ask('@users')).result as { users: { login: string; uid: number }[] };
    const uid = before.users.find(({ login }) => login === 'ann')?.uid;
    await agent.confirmed({ cmd: 'userdel', args: ['ann'] });
    const [trashed] = await agent.confirmed({ cmd: '@trash', args: ['ann'] });
    expect(trashed).toMatchObject({ ok: true, result: { login: 'ann', uid, home: true } });
    const [back] = await agent.confirmed({ cmd: '@untrash', args: ['ann'] });
    expect(back).toMatchObject({ ok: true, result: { login: 'ann', uid, made: true } });
    expect(existsSync(join(agent.root, 'home/ann'))).toBe(true);
    // Nobody's home, and that of somebody else, stays where it is.
    for (const login of ['debian', 'nobody'])
      expect((await agent.confirmed({ cmd: '@trash', args: [login] }))[0]).toMatchObject({ event: 'refused' });
  });

  it('forgets a user whose trash was emptied: who has that login and number next is not ours', async () => {
    const line = passwdLine('ann');
    await agent.confirmed({ cmd: '@trash', args: ['ann'] }, { cmd: 'userdel', args: ['ann'] });
    expect((await agent.confirmed({ cmd: '@empty', args: ['ann'] }))[0]).toMatchObject({ ok: true });
    appendFileSync(join(agent.root, 'etc/passwd'), `${line}\n`);
    expect(await agent.add('ben')).toMatchObject({ ok: true });
    expect(await agent.ask('usermod', rename('X'))).toMatchObject({
      problem: 'not-permitted-now',
      message: expect.stringContaining('made by another hand'),
    });
    expect(await agent.ask('usermod', ['-c', 'X', 'ben'])).toMatchObject({ ok: true });
  });

  it('that cannot be written makes no user', async () => {
    const users = join(agent.state, 'users.json');
    const { rmSync } = await import('node:fs');
    rmSync(users);
    mkdirSync(join(users, 'in-the-way'), { recursive: true });
    const before = lastEntry();
    expect(await agent.add('ben')).toMatchObject({ event: 'refused', problem: 'failed', entry: before + 1 });
    expect(kinds(before)).toEqual(['refused']);
    expect(passwdLine('ben')).toBeUndefined();
    rmSync(users, { recursive: true });
    expect(await agent.add('ben')).toMatchObject({ ok: true });
  });
});
