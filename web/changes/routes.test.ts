import { Router } from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashPassword } from '../accounts/password.ts';
import { insertAccount, type Role } from '../accounts/store.ts';
import { connectAgent } from '../agent/agent.ts';
import type { HostDeps } from '../agent/host-deps.ts';
import { createReader } from '../agent/reader.ts';
import { onlyAdministrators } from '../feature.ts';
import { openDashboard, type TestDashboard, type Visitor } from '../visitor.fixture.ts';
import type { Change } from './change.ts';
import { deletion, type LoggingAgent, loggingAgent, refused } from './job.fixture.ts';
import { openJobs } from './jobs.ts';
import { changesRoutes, offering } from './routes.ts';

let host: LoggingAgent;
let dashboard: TestDashboard;
let person: Visitor;
let change: Change;
let plans: Record<string, object>;
let user: object;
let now: number;
/** How long a page waits for news at most, where a test says so. */
let patience: number | undefined;
let close = async () => {};

const password = 'a few plain words';
const text = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll(/\s+/g, ' ');

beforeEach(async () => {
  now = Date.now();
  patience = undefined;
  host = await loggingAgent();
  change = { ...deletion, inverse: [{ cmd: 'back', args: ['jo'], says: 'Back' }] };
  plans = {};
  user = { login: 'jo', uid: 1001, fullName: 'Jo', home: '/home/jo', shell: '/bin/sh', groups: [], lastSignIn: null };
  const answer = host.fake.answer;
  host.fake.answer = (request, ...rest) => {
    const { cmd, args, dryRun } = request;
    if (cmd === '@users')
      return { event: 'done', result: { users: [user], accounts: [], trash: [], nextUid: 1, groups: [] } };
    if (!dryRun) return answer(request, ...rest);
    const plan = { event: 'plan', rule: `rule.${cmd}`, argv: [`/bin/${cmd}`, ...args], display: cmd, confirm: 'none' };
    return { ...plan, danger: null, unmet: [], ...plans[cmd] };
  };
  dashboard = await openDashboard({
    env: { GATEHOUSE_SOCKET: host.fake.path },
    now: () => now,
    features: deps => {
      const agent = connectAgent(deps.settings.socket);
      const opened = openJobs(deps, agent, async () => {}, 20);
      const jobs = { ...opened, news: (id: string, ms: number) => opened.news(id, patience ?? ms) };
      const reader = createReader(agent, deps.now);
      const all: HostDeps = { ...deps, agent, reader, acted: async () => reader.forget(), jobs };
      close = async () => {
        await jobs.close();
        agent.close();
      };
      const acts = Router();
      const offer = offering(all);
      acts.post('/', (req, res) => offer(req, res, change, { again: '/acts', next: '/users/jo' }));
      const access = { ...onlyAdministrators, act: ['administrator', 'member'] as const };
      return [changesRoutes(all), { path: '/acts', access, router: acts }];
    },
  });
  person = await dashboard.signedIn();
});
afterEach(async () => {
  await close();
  await host.fake.remove();
  await dashboard.deps.db.destroy();
});

/** The address of its preview, which was looked at. */
async function planned(who = person): Promise<string> {
  const at = String((await who.post('/acts')).headers.location);
  await who.get(at);
  return at;
}
async function begun(who = person, fields: Record<string, string> = {}): Promise<string> {
  const at = await planned(who);
  const run = await who.post(`${at}/run`, fields, { Prefer: undefined });
  expect([run.status, run.headers.location], text(run.text)).toEqual([303, at]);
  return at;
}
async function account(login: string, role: Role): Promise<Visitor> {
  const { db } = dashboard.deps;
  const told = { id: login, login, name: login, role, language: null, user: role === 'member' ? login : null };
  await insertAccount(db, { ...told, password_hash: await hashPassword(password), created_at: 0 });
  const who = dashboard.visitor();
  await who.get('/sign-in');
  expect((await who.post('/sign-in', { login, password })).status).toBe(303);
  await who.get('/changes');
  return who;
}
/** A command that waits until it is let go. */
function hold(cmd: string, printed: string[] = []): () => void {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  host.act = (request, reply) => {
    if (request.cmd !== cmd) return undefined;
    for (const part of printed) reply({ event: 'output', stream: 'stdout', text: part });
    return promise;
  };
  return () => resolve(undefined);
}
const json = async (at: string, prefer = 'wait=20') =>
  JSON.parse((await person.get(at, { Accept: 'application/json', Prefer: prefer })).text);
const reaches = (at: string, cmd: string, state: string) =>
  expect
    .poll(async () => (await json(at, '')).steps.find(({ argv }: { argv: string[] }) => argv[0] === cmd)?.state)
    .toBe(state);

describe('a change that runs', () => {
  it('is shown at once with every step, a way to cancel, and a way to see it go on with and without scripts', async () => {
    const go = hold('@trash');
    const at = await begun();
    await reaches(at, '@trash', 'running');
    const page = await person.get(at, { Prefer: '' });
    expect(page.text).toContain(`hx-sse:connect="${at}/events?from=0.0"`);
    expect(page.text).toContain('<noscript><meta http-equiv="refresh" content="2">');
    expect(page.text).toContain(`action="${at}/cancel"`);
    expect(text(page.text)).toMatch(/Lock done.*Trash running.*Remove not run/);
    go();
    expect(await json(at)).toMatchObject({ state: 'done', account: 'alex', hasUndo: true });
    const ended = (await person.get(at)).text;
    expect(ended).not.toContain('hx-sse');
    expect(ended).not.toContain('refresh');
    expect(text(ended)).toContain('Done. Every step ended as it should.');
  });

  it('is told live: states, output as text, and in the end all of it', async () => {
    const go = hold('lock', ['<b>one</b>\n', '\u001b[31mtwo\u202e']);
    const at = await begun();
    await expect.poll(async () => (await json(at, '')).steps[0].printed).toBeGreaterThan(11);
    const told = await person.stream(`${at}/events`, {}, text => text.includes('hx-partial') && go());
    expect(told).toContain(': beat\n\nevent: beat\ndata:\n\n');
    expect(told).toMatch(/^id: 0\.\d+$/m);
    expect(told).toContain('<hx-partial hx-target="#out-0" hx-swap="beforeend">&lt;b&gt;one');
    expect(told).toContain('\\x1b[31mtwo\\u{202e}');
    expect(told).toMatch(/id: end\ndata: <div id="job">/);
    expect(
      told
        .trimEnd()
        .split('\n')
        .every(line => line === '' || /^(id|data|event|:)/.test(line)),
    ).toBe(true);
  });

  it('is told to have ended also when it ends while the page is being told of the rest', async () => {
    const go = hold('lock');
    const at = await begun();
    await reaches(at, 'lock', 'running');
    patience = 600_000;
    const { app } = dashboard;
    const render = app.render.bind(app);
    app.render = (view: string, ...rest: unknown[]) => {
      app.render = render;
      go();
      const ended = expect.poll(async () => (await json(at, '')).state).toBe('done');
      void ended.then(() => Reflect.apply(render, app, [view, ...rest]));
    };
    expect(await person.stream(`${at}/events`, {}, () => {})).toMatch(/id: end\ndata: <div id="job">/);
  });

  it('sends after a lost connection only the output that did not arrive', async () => {
    const go = hold('lock', ['0123456789']);
    const at = await begun();
    await expect.poll(async () => (await json(at, '')).steps[0].printed).toBe(10);
    let open = 4;
    const opened = (text: string) => text.endsWith('</hx-partial>\n\n') && --open === 0 && go();
    const told = await Promise.all([
      person.stream(`${at}/events?from=0.0`, { 'Last-Event-ID': '0.6' }, opened),
      person.stream(`${at}/events?from=0.4`, {}, opened),
      person.stream(`${at}/events`, { 'Last-Event-ID': '1.0' }, opened),
      person.stream(`${at}/events`, { 'Last-Event-ID': 'nonsense' }, opened),
    ]);
    const sent = told.map(text => /#out-0" hx-swap="beforeend">(\d*)</.exec(text)?.[1]);
    expect(sent).toEqual(['6789', '456789', undefined, '0123456789']);
  });

  it('is cancelled by the button: it stops, puts back and says so', async () => {
    const go = hold('pkill');
    const at = await begun();
    await reaches(at, 'pkill', 'running');
    expect((await person.post(`${at}/cancel`)).headers.location).toBe(at);
    expect(text((await person.get(at, { Prefer: '' })).text)).toContain('It is being cancelled');
    go();
    expect(await json(at)).toMatchObject({ state: 'cancelled', cancelAsked: true });
    const page = text((await person.get(at)).text);
    expect(page).toContain('It was cancelled. Put back: Lock Still changed: End');
    expect(host.did()).toEqual(['lock', 'pkill', 'unlock']);
  });

  it('waits for approval, and the page says what to type where', async () => {
    plans = { lock: { confirm: 'host' } };
    host.act = ({ cmd }) =>
      cmd === 'lock' ? { ...refused('needs-confirmation', 'waits'), approval: host.log.length + 1 } : undefined;
    const preview = await person.get(await planned());
    expect(text(preview.text)).toContain('until a person at the host’s own terminal approves it');
    const at = await begun();
    await expect.poll(async () => (await json(at, '')).state).toBe('parked');
    const page = await person.get(at);
    expect(page.text).toContain('<code>gatehouse-agent approve 1</code>');
    expect(page.text).toContain('hx-sse:connect');
    const of = host.note('intent', { approval: 1, rule: 'rule.lock', cmd: 'lock' });
    host.note('outcome', { of, code: 0, approval: 1 });
    await expect.poll(async () => (await json(at)).state).toBe('done');
  });
});

describe('the confirmation', () => {
  it('asks for the password that the user has now, and hands it over as it is', async () => {
    change = { ...change, undo: [] };
    plans = Object.fromEntries(deletion.steps.map(({ cmd }) => [cmd, { confirm: 'self' }]));
    const at = await planned();
    const preview = (await person.get(at)).text;
    expect(preview).toMatch(/<input type="password" id="code" name="code"[^>]*autocomplete="current-password"/);
    const empty = await person.post(`${at}/run`, { code: '' });
    expect([empty.status, text(empty.text)]).toEqual([
      422,
      expect.stringContaining('Type the password that you have now.'),
    ]);
    await person.post(`${at}/run`, { code: ' old word ' });
    const confirmed = host.fake.asked.find(({ cmd }) => cmd === '@confirm');
    expect(JSON.parse(confirmed?.stdin ?? '').code).toBe(' old word ');
    expect((await json(at)).state).toBe('done');
  });

  it('says when a code and a password would both be needed, and runs nothing', async () => {
    plans = { lock: { confirm: 'self' }, pkill: { confirm: 'code' } };
    const at = await planned();
    expect(text((await person.get(at)).text)).toContain('cannot run as one change');
    expect((await person.post(`${at}/run`)).status).toBe(422);
    expect(host.did()).toEqual([]);
  });

  it('wants a fresh proof before what is dangerous and needs no code', async () => {
    plans = { lock: { danger: 'This is dangerous.' } };
    const at = await planned();
    now += 3_600_000 / 6 + 1;
    const preview = text((await person.get(at)).text);
    expect(preview).toContain('asked first to prove again');
    const asked = await person.post(`${at}/run`);
    expect([asked.status, asked.headers.location]).toEqual([303, `/prove?next=${encodeURIComponent(at)}`]);
    expect(host.did()).toEqual([]);
    plans = { lock: { danger: 'This is dangerous.', confirm: 'code' } };
    await person.get(at);
    expect((await person.post(`${at}/run`, { code: '000000' })).headers.location).toBe(at);
  });
});

describe('two at once', () => {
  it('tell the second one who is changing the same, and mix nothing', async () => {
    const go = hold('lock');
    const second = await planned();
    const other = await account('kim', 'administrator');
    const first = await begun(other);
    const refusal = await person.post(`${second}/run`);
    expect(refusal.status).toBe(409);
    expect(text(refusal.text)).toContain('kim is changing jo right now');
    expect(refusal.text).toContain(`href="${first}"`);
    go();
    expect((await json(first)).state).toBe('done');
    host.act = () => undefined;
    await person.get(second);
    expect((await person.post(`${second}/run`)).status).toBe(303);
    expect((await json(second)).state).toBe('done');
  });
});

describe('who may see and do what', () => {
  it('lets a member see, run, cancel and undo their own changes and no others', async () => {
    const theirs = await begun();
    const member = await account('max', 'member');
    for (const path of [theirs, `${theirs}/events`, `${theirs}/run`])
      if (path !== `${theirs}/run`) expect((await member.get(path)).status, path).toBe(404);
    for (const act of ['run', 'cancel', 'undo']) expect((await member.post(`${theirs}/${act}`)).status, act).toBe(404);
    expect(text((await member.get('/changes')).text)).toContain('Nothing has been changed from here yet.');
    change = { ...change, touches: [{ kind: 'user', name: 'max' }] };
    const own = await begun(member);
    const page = await member.get(own);
    expect(text(page.text)).toContain('Done.');
    expect(page.text).not.toContain('/audit');
    expect((await member.get('/changes')).text).toContain(own);
    expect((await member.post(`${own}/undo`)).status).toBe(303);
  });

  it('lets a reviewer look and not act', async () => {
    const at = await begun();
    const reviewer = await account('rae', 'reviewer');
    const page = await reviewer.get(at);
    expect(text(page.text)).toContain('Done.');
    expect(page.text).not.toContain(`${at}/undo`);
    expect((await reviewer.get('/changes')).text).not.toContain('/undo');
    for (const act of ['run', 'cancel', 'undo']) expect((await reviewer.post(`${at}/${act}`)).status, act).toBe(403);
  });

  it('knows no change that is not there', async () => {
    for (const path of ['/changes/c_none', '/changes/c_none/events']) expect((await person.get(path)).status).toBe(404);
  });
});

describe('undo', () => {
  it('works a day later, and shows what another hand has changed meanwhile', async () => {
    change = {
      ...change,
      leaves: [
        { subject: { kind: 'user', name: 'jo' }, what: 'fullName', value: 'Jo' },
        { subject: { kind: 'user', name: 'jo' }, what: 'shell', value: '/bin/sh' },
      ],
    };
    const at = await begun();
    expect((await json(at)).state).toBe('done');
    now += 86_400_000;
    person = await dashboard.signedIn();
    const undo = String((await person.post(`${at}/undo`)).headers.location);
    expect(text((await person.get(undo)).text)).not.toContain('another hand');
    now += 5_000;
    user = { ...user, fullName: '<b>Somebody</b>' };
    const preview = await person.get(undo);
    expect(text(preview.text)).toContain('another hand has changed');
    expect(preview.text).toContain('“&lt;b&gt;Somebody&lt;/b&gt;” now; this counted on “Jo”');
    await person.post(`${undo}/run`);
    expect((await json(undo)).state).toBe('done');
    expect(host.did().at(-1)).toBe('back');
    expect(await json(at)).toMatchObject({ takenBackBy: undo.split('/').at(-1) });
  });

  it('is done once, however often it was asked for', async () => {
    const at = await begun();
    expect((await json(at)).state).toBe('done');
    const asked = async () => String((await person.post(`${at}/undo`)).headers.location);
    const [first, second] = [await asked(), await asked()];
    const runs = async (undo: string) => {
      await person.get(undo);
      return (await person.post(`${undo}/run`)).headers.location;
    };
    expect([await runs(first), (await json(first)).state]).toEqual([first, 'done']);
    expect([await runs(second), (await json(second)).state]).toEqual([at, 'planned']);
    expect(await asked()).toBe(at);
    expect(host.did().filter(cmd => cmd === 'back')).toHaveLength(1);
  });

  it('of what failed puts back what still stands, when it can be put back again', async () => {
    host.act = ({ cmd }) => (['userdel', 'unlock'].includes(cmd) ? { code: 1 } : undefined);
    const at = await begun();
    expect(await json(at)).toMatchObject({ state: 'failed', hasUndo: true, stays: [0, 1, 2], stuck: [4] });
    expect(text((await person.get(at)).text)).toContain('Could not be put back: Unlock');
    host.act = () => undefined;
    const undo = String((await person.post(`${at}/undo`)).headers.location);
    await person.get(undo);
    await person.post(`${undo}/run`);
    expect((await json(undo)).state).toBe('done');
    expect(host.did().slice(-2)).toEqual(['unlock', '@untrash']);
  });
});

it('lists who changed what, when and how it ended, with its undo, and filters', async () => {
  const at = await begun();
  await json(at);
  now += 1_000;
  host.act = ({ cmd }) => (cmd === 'lock' ? { code: 1 } : undefined);
  change = { ...change, title: 'Delete user kim', touches: [{ kind: 'user', name: 'kim_x' }] };
  await json(await begun());
  const list = await person.get('/changes');
  expect(text(list.text)).toMatch(/Delete user kim alex, .* failed.*Delete user jo alex, .* done.* Undo/);
  expect(list.text).toContain(`action="${at}/undo"`);
  for (const [query, found] of [
    ['subject=jo', 'jo'],
    ['subject=kim_x', 'kim'],
    ['subject=kim%25x', ''],
    ['state=failed', 'kim'],
    ['account=alex&when=hour', 'jo kim'],
    ['account=nobody', ''],
    ['state=%27', ''],
  ] as const) {
    const shown = (await person.get(`/changes?${query}`)).text;
    expect(['jo', 'kim'].filter(name => shown.includes(`Delete user ${name}`)).join(' '), query).toBe(found);
  }
  now += 2 * 3_600_000;
  expect(text((await person.get('/changes?when=hour')).text)).toContain('No change matches this filter.');
});
