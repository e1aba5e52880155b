// Answers that stay open: the audit log as it grows, and the output of a change that runs.
import { request, type ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { done, type FakeAgent, fakeAgent, told } from '../../web/agent/fake-agent.fixture.ts';
import { plan } from '../../web/users/fake-host.fixture.ts';
import { user } from '../../web/users/user.fixture.ts';
import { type House, type Opened, openHouse, type Person } from './house.ts';

let fake: FakeAgent;
let house: House;
let go = () => {};
let output = '';
const owed: (() => void)[] = [];
const opened: Opened[] = [];

beforeAll(async () => {
  const people = { users: [user('jo')], accounts: [], trash: [], nextUid: 1007 };
  const status = { version: '1', wire: 1, mode: 'dummy', uptimeMs: 1, lastEntry: 0, nextUid: 1007, confirmation: true };
  fake = fakeAgent(({ cmd, args, dryRun }, reply) => {
    if (cmd === '@users') return told(people);
    if (cmd === '@status') return told(status);
    if (cmd === '@generations') return told({ file: args[0], generations: [], content: '' });
    if (cmd === '@rules' || cmd === '@host') return told({ rules: [] });
    // It does not say what is new in the log: whoever looks waits for a while.
    if (cmd === '@audit') return void owed.push(() => reply(told({ entries: [] })));
    if (dryRun) return plan(cmd, args);
    reply({ event: 'output', stream: 'stdout', text: output });
    go = () => reply(done());
    return undefined;
  });
  await fake.start();
  house = await openHouse({ socket: fake.path });
  await house.make('rita', 'reviewer');
  await house.make('mo', 'member', 'jo');
  await house.make('ann', 'administrator');
});
afterEach(async () => {
  go();
  for (const one of opened.splice(0)) one.leave();
  await house.dashboard.deps.db('change_subjects').delete();
});
afterAll(async () => {
  const closed = house.close();
  for (const answer of owed) answer();
  await closed;
  await fake.remove();
});

type Who = Pick<Person, 'cookie'>;

async function listen(path: string, { cookie }: Who, headers: Record<string, string> = {}): Promise<Opened> {
  const one = await house.open(path, { Cookie: cookie, Accept: 'text/event-stream', ...headers });
  opened.push(one);
  return one;
}
const statusOf = async (path: string, who: Who) => (await listen(path, who)).answer.statusCode;

/** A change that runs until `go`. */
async function running({ visitor }: Person): Promise<string> {
  const at = String((await visitor.post('/users/jo/name', { fullName: 'Another Name' })).headers.location);
  await visitor.get(at);
  expect((await visitor.post(`${at}/run`, {}, { Prefer: undefined })).status).toBe(303);
  return at;
}

/** As a browser reads it: a line ends at CR, LF or both. */
function eventsIn(text: string): Record<string, string>[] {
  return text.split(/(?:\r\n|\r|\n){2}/).flatMap(block => {
    const fields = block.split(/\r\n|\r|\n/).filter(line => line !== '' && !line.startsWith(':'));
    return fields.length === 0 ? [] : [Object.fromEntries(fields.map(line => line.split(/: ?(.*)/s).slice(0, 2)))];
  });
}

describe('a stream', () => {
  it('is nobody’s who may not look at the page it belongs to', async () => {
    const at = await running(house.admin);
    const people = [{ cookie: '' }, await house.signIn('mo'), await house.signIn('rita')];
    const statuses = (path: string) => Promise.all(people.map(who => statusOf(path, who)));
    expect(await statuses('/audit/live')).toEqual([401, 403, 200]);
    expect(await statuses(`${at}/events`)).toEqual([401, 404, 200]);
  });

  it('can be read by no other site, which is told so by no header, whatever it asks', async () => {
    const at = await running(house.admin);
    const evil = { Origin: 'http://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    const asks = { ...evil, 'Access-Control-Request-Method': 'GET' };
    for (const path of ['/audit/live', `${at}/events`]) {
      const { answer } = await listen(path, house.admin, evil);
      const asked = (await house.open(path, asks, { method: 'OPTIONS' })).answer;
      expect(asked.statusCode).toBe(405);
      for (const { headers } of [answer, asked]) {
        expect(Object.keys(headers).filter(name => name.startsWith('access-control'))).toEqual([]);
        expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      }
    }
    expect(await statusOf('/audit/live', house.admin)).toBe(200);
  });

  it('begins anew where a browser says that it heard what was never said', async () => {
    output = 'all of it';
    const at = await running(house.admin);
    const odd = ['-1', '1e309', 'NaN', '0.-1', '99999999999999999999.1', "0.0' OR 1=1 --", '__proto__', '\u00ff\u009b'];
    const begin = async (id: string) => {
      const live = await listen('/audit/live', house.admin, { 'Last-Event-ID': id });
      expect(await live.until('data: 0'), id).toMatch(/^id: 1\.0\nevent: news\ndata: 0\n\n/);
      const events = await listen(`${at}/events`, house.admin, { 'Last-Event-ID': id });
      expect(await events.until('all of it'), id).toContain('all of it');
    };
    await Promise.all([...odd, 'x'.repeat(5_000)].map(begin));
    const split = 'GET /audit/live HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nLast-Event-ID: 1\revil: 1\r\n\r\n';
    expect(await house.bytes(split)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('goes on where it was for an id that was given out', async () => {
    output = 'all of it';
    const at = await running(house.admin);
    const first = await listen(`${at}/events`, house.admin);
    const { id = '' } = eventsIn(await first.until('all of it</hx-partial>\n\n')).findLast(event => event.id) ?? {};
    const again = await listen(`${at}/events`, house.admin, { 'Last-Event-ID': id });
    await again.until('id: ');
    expect(again.text()).not.toContain('all of it');
  });

  it('carries output that writes events of its own as the text it is', async () => {
    const evil =
      '\n\nevent: evil\ndata: <img src=x>\r\revent: evil\rid: 9\r\n\r\nevent: evil\u2028event: evil\u0085\u001b]0;x\u0007';
    output = `one${evil}\u202e`;
    const at = await running(house.admin);
    await house.dashboard.deps
      .db('changes')
      .where({ id: at.slice(9) })
      .update({ title: `One${evil}` });
    const stream = await listen(`${at}/events`, house.admin);
    await stream.until('\\u{202e}');
    go();
    await stream.ended;
    const events = eventsIn(stream.text());
    expect(events.filter(({ event = 'beat' }) => event !== 'beat')).toEqual([]);
    expect(events.flatMap(Object.keys).filter(name => !['id', 'event', 'data'].includes(name))).toEqual([]);
    expect(stream.text()).not.toMatch(/<img|[\u0000-\u0009\u000b-\u001f\u0080-\u009f\u202e\u2028]/);
    expect(events.at(-1)?.id).toBe('end');
  });
});

describe('open streams', () => {
  it.each<[string, (ann: Person) => Promise<unknown>]>([
    ['it is signed out', ({ visitor }) => visitor.post('/sign-out')],
    ['all sessions are ended', ({ visitor }) => visitor.post('/me/sessions/end', { session: 'all' })],
    [
      'the role is taken',
      () => house.admin.visitor.post('/accounts/id-ann', { name: 'A', role: 'reviewer', user: '' }),
    ],
  ])('of a session end when %s; those of others do not', async (_, act) => {
    await house.dashboard.deps.db('accounts').where({ login: 'ann' }).update({ role: 'administrator' });
    const ann = await house.signIn('ann');
    const at = await running(house.admin);
    const open = (who: Who) => Promise.all(['/audit/live', `${at}/events`].map(path => listen(path, who)));
    const [hers, others] = [await open(ann), await open(house.admin)];
    await act(ann);
    await Promise.all(hers.map(({ ended }) => ended));
    expect(others.map(({ answer }) => answer.closed)).toEqual([false, false]);
  });

  it('are twenty of one account, and then no more until one is left; others have their own', async () => {
    const rita = await house.signIn('rita');
    const all = await Promise.all(Array.from({ length: 20 }, () => listen('/audit/live', rita)));
    expect(all.filter(({ answer }) => answer.statusCode === 200)).toHaveLength(20);
    expect(await statusOf('/audit/live', rita)).toBe(429);
    expect(await statusOf('/audit/live', house.admin)).toBe(200);
    all[0]?.leave();
    await expect.poll(() => statusOf('/audit/live', rita)).toBe(200);
  });

  it('that were left before they began are counted nowhere', async () => {
    const rita = await house.signIn('rita');
    const headers = { Host: '127.0.0.1:8080', Cookie: rita.cookie };
    const asked = { port: house.port, host: '127.0.0.1', path: '/audit/live', headers, agent: false };
    const leave = (_: unknown, res: ServerResponse) => void res.socket?.destroy();
    house.server.on('request', leave);
    const left = Array.from({ length: 120 }, () => {
      const one = request(asked).on('error', () => {});
      return new Promise(resolve => one.once('close', resolve).end());
    });
    await Promise.all(left);
    house.server.off('request', leave);
    // By then they have all gone on from where they waited for the log.
    await house.admin.visitor.get('/audit');
    expect(await statusOf('/audit/live', rita)).toBe(200);
    expect(await statusOf('/audit/live', house.admin)).toBe(200);
  });

  it('are none where only their head was asked for', async () => {
    const at = await running(house.admin);
    for (const path of ['/audit/live', `${at}/events`]) {
      const { promise, resolve } = Promise.withResolvers<void>();
      house.server.once('request', (_: unknown, res: ServerResponse) => res.once('finish', resolve));
      const { answer } = await house.open(path, { Cookie: house.admin.cookie }, { method: 'HEAD' });
      expect(answer.statusCode).toBe(200);
      await promise;
    }
  });
});
