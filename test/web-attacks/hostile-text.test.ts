// A host whose every name, message and output is full of markup, terminal escapes, marks that turn text around and signs that cannot be seen: on every page it is text.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { done, type FakeAgent, fakeAgent, refused, told } from '../../web/agent/fake-agent.fixture.ts';
import { AgentLog } from '../../web/audit/log.fixture.ts';
import { plan } from '../../web/users/fake-host.fixture.ts';
import { user } from '../../web/users/user.fixture.ts';
import { type House, openHouse } from './house.ts';
import { routesOf } from './routes.ts';

/** One of each: CSI by one and by two signs, OSC, NUL, bell, both kinds of direction marks, line separator, tag, blank letters. */
const hidden =
  '\u001b[2J\u009b31m\u001b]8;;http://evil.example\u0007\u0000\u202e\u2066\u200f\u061c\u2028\u{e0041}\u3164\u2800';
const evil = `<img src=x onerror=alert(1)>"'><script>alert(1)</script>#{7*7}&lt;${hidden}Zoë`;
/** None of them may be on a page as it is; line feeds are the page's own. */
const raw =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\u3164\u2800]|\u{e0041}/u;
const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIE4plYOxwxYY2PyXB59yp5PnjEMwFPgUhhbRIbEBQ1Bz';

let fake: FakeAgent;
let house: House;
let change: string;
let refusing: string;

beforeAll(async () => {
  const people = {
    users: [
      user('jo', { fullName: evil, home: evil, shell: evil, groups: [evil], lastSignIn: 1 }),
      user(evil, { fullName: evil }),
    ],
    accounts: [{ login: evil, uid: 1, fullName: evil, why: evil, mayTakeOver: true }],
    groups: [{ name: evil, gid: 1, members: [evil] }],
    trash: [{ login: 'gone', uid: 2, fullName: evil, at: '2026-11-21T10:00:00Z' }],
    nextUid: 1007,
  };
  const status = {
    version: evil,
    wire: 1,
    mode: 'dummy',
    uptimeMs: 1,
    lastEntry: 9,
    nextUid: 1007,
    confirmation: true,
  };
  const host = {
    ...{ hostname: evil, system: evil, kernel: evil, uptimeMs: 1, cores: 1, load: [0, 0, 0] },
    memory: { totalBytes: 2, availableBytes: 1 },
    disks: [{ path: evil, totalBytes: 2, freeBytes: 1 }],
    temperatures: [{ name: evil, celsius: 40 }],
  };
  const rule = {
    ...{
      id: evil,
      why: evil,
      run: evil,
      write: evil,
      mode: evil,
      owner: evil,
      confirm: 'none',
      danger: evil,
      undo: evil,
      cmd: evil,
      file: evil,
    },
    ...{
      line: 1,
      by: 'owner',
      off: false,
      stdin: [evil],
      lines: [evil],
      check: [evil],
      then: [evil],
      uses: 1,
      lastUsed: null,
    },
  };
  const log = new AgentLog();
  log.add({
    kind: 'refused',
    problem: evil,
    cmd: evil,
    args: [evil],
    message: evil,
    claimed: { account: evil, ip: evil },
  });
  log.add({
    kind: 'intent',
    rule: evil,
    argv: [evil, evil],
    claimed: { account: evil, ip: evil, change: evil },
    diff: evil,
  });
  log.add({ kind: 'outcome', of: 2, code: 1, signal: evil, ms: 1, stdoutBytes: 1, stderrBytes: 1 });
  log.add({ kind: evil, why: evil, [evil]: evil });
  fake = fakeAgent((request, reply) => {
    const { cmd, args, dryRun } = request;
    if (cmd === '@users') return told(people);
    if (cmd === '@status') return told(status);
    if (cmd === '@host') return told(host);
    if (cmd === '@rules') return told({ rules: [rule] });
    if (cmd === '@audit') return log.answer(request);
    if (cmd === '@generations')
      return told({ file: args[0], generations: [], content: `# ${evil.replaceAll('\n', '')}\nssh-ed25519 ${key}\n` });
    if (dryRun)
      return plan(cmd, args, {
        unmet: args.includes('unmet') ? [evil] : [],
        diff: `--- ${evil}\n+${evil}`,
        danger: null,
      });
    if (args.includes('Refused')) return refused('not-allowed', `${evil}\n${evil}`);
    reply({ event: 'output', stream: 'stdout', text: `${evil}\r\n${evil}` });
    return done();
  });
  await fake.start();
  house = await openHouse({ socket: fake.path });
  const { db } = house.dashboard.deps;
  await house.make('mo', 'member', 'jo');
  change = await ran('Another');
  refusing = await ran('Refused');
  await db('accounts').where({ login: 'mo' }).update({ name: evil });
  await db('changes').update({ title: `${evil} ${'x'.repeat(40)}`.slice(0, 255) });
  await db('change_steps').update({ says: evil });
});
afterAll(async () => {
  await house.close();
  await fake.remove();
});

async function ran(fullName: string): Promise<string> {
  const { visitor } = house.admin;
  const at = String((await visitor.post('/users/jo/name', { fullName })).headers.location);
  await visitor.get(at);
  await visitor.post(`${at}/run`);
  await visitor.get(at);
  return at;
}

/** What of it would not be read as text: the first sign, with what stands before it. */
function faultIn(text: string): string | undefined {
  const found = raw.exec(text) ?? /<img src=x|<script>|>49<|onerror=alert\(1\)>/.exec(text);
  return found ? JSON.stringify(text.slice(Math.max(0, found.index - 80), found.index + 10)) : undefined;
}

describe('what a host tells', () => {
  it('is text on every page, and is there', async () => {
    const { visitor } = house.admin;
    const paths = routesOf(house).filter(
      ({ method, path }) => method === 'GET' && !/\/(live|events|run|history)$|^\/audit\/audit|:|\/setup/.test(path),
    );
    const more = [
      '/users/jo',
      `/users/${encodeURIComponent(evil)}`,
      '/users/deleted/gone',
      '/accounts/id-mo',
      '/audit/1',
      '/audit/2',
      '/audit/4',
      change,
      refusing,
    ];
    const faults: string[] = [];
    let written = 0;
    for (const path of [...paths.map(route => route.path), ...more]) {
      const { status, text } = await visitor.get(path);
      expect(status, path).toBeLessThan(500);
      const fault = faultIn(text);
      if (fault) faults.push(`${path}: ${fault}`);
      if (text.includes('&lt;script&gt;') && text.includes('\\x1b')) written += 1;
    }
    expect(faults).toEqual([]);
    expect(written).toBeGreaterThan(8);
  });

  it('is text on the pages of a member, in a preview, and beside a form with errors', async () => {
    const { visitor } = await house.signIn('mo');
    expect(faultIn((await visitor.get('/my-user')).text)).toBeUndefined();
    const planned = String(
      (await house.admin.visitor.post('/users/jo/name', { fullName: 'Another' })).headers.location,
    );
    expect(faultIn((await house.admin.visitor.get(planned)).text)).toBeUndefined();
    const wrong = await house.admin.visitor.post('/users/jo/name', { fullName: `${evil},` });
    expect(wrong.status).toBe(422);
    expect(wrong.text).not.toMatch(/<img src=x|<script>/);
  });

  it('is text in the files of the audit log: no sign that a terminal or a spreadsheet obeys', async () => {
    const { text } = await house.admin.visitor.get('/audit/audit.csv');
    expect(text.split('\r\n').length).toBeGreaterThan(3);
    expect(raw.exec(text.replaceAll('\r\n', '\n'))?.[0]).toBeUndefined();
  });

  it('leaves alone a name in any script', async () => {
    await house.dashboard.deps.db('accounts').where({ login: 'mo' }).update({ name: 'Zoë Ὀδυσσεύς 伊藤 محمد' });
    expect((await house.admin.visitor.get('/accounts')).text).toContain('Zoë Ὀδυσσεύς 伊藤 محمد');
  });
});
