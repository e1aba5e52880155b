import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { administrator, type Visitor } from '../visitor.fixture.ts';
import { openTrust, type TrustHost } from './trust.fixture.ts';

let host: TrustHost;
let server: Server;
let watcher: Visitor;
let cookie: string;
const open: IncomingMessage[] = [];

beforeEach(async () => {
  host = await openTrust();
  server = createServer(host.dashboard.app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  watcher = host.dashboard.visitor();
  await watcher.get('/sign-in');
  const { headers } = await watcher.post('/sign-in', { login: administrator.login, password: administrator.password });
  cookie = ([headers['set-cookie']].flat() as string[]).map(line => line.split(';')[0]).join('; ');
});
afterEach(async () => {
  for (const stream of open.splice(0)) stream.destroy();
  server.closeAllConnections();
  server.close();
  await host.close();
});

/** A stream, and a promise of its text as soon as it holds `count` events. */
async function listen(query: string, headers: Record<string, string> = {}) {
  const { port } = server.address() as AddressInfo;
  const Host = new URL(host.dashboard.deps.settings.origin).host;
  const asked = request({ port, path: `/audit/live${query}`, headers: { Host, Cookie: cookie, ...headers } }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  open.push(answer);
  let text = '';
  answer.setEncoding('utf8').on('data', piece => {
    text += piece;
  });
  answer.on('error', () => {});
  const events = async (count: number) => {
    while (text.split('\n\n').length <= count) await once(answer, 'data');
    return text.split('\n\n').slice(0, count);
  };
  return { answer, events };
}

it('tells of what is new since the page was made, and of each entry that comes after', async () => {
  host.log.command('jo');
  await host.person.get('/audit');
  const { answer, events } = await listen('?seen=1.0');
  expect(answer.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'private, no-store',
  });
  expect(await events(1)).toEqual(['id: 1.2\nevent: news\ndata: 2']);
  host.log.command('kim');
  await host.person.get('/audit');
  expect((await events(2))[1]).toBe('id: 1.4\nevent: news\ndata: 4');
});

it('goes on after a break where it stopped: nothing is told twice, and nothing is left out', async () => {
  host.log.command('jo');
  await host.person.get('/audit');
  const upToDate = await listen('?seen=1.0', { 'Last-Event-ID': '1.2' });
  const behind = await listen('?seen=1.0', { 'Last-Event-ID': '1.1' });
  expect(await behind.events(1)).toEqual(['id: 1.2\nevent: news\ndata: 2']);
  host.log.command('kim');
  await host.person.get('/audit');
  expect(await upToDate.events(1)).toEqual(['id: 1.4\nevent: news\ndata: 4']);
});

it('tells that the log is broken', async () => {
  host.log.command('jo');
  await host.person.get('/audit');
  const { events } = await listen('?seen=1.2');
  host.log.lines = [];
  host.log.command('eve');
  await host.person.get('/audit');
  expect(await events(1)).toEqual(['id: 1.2.broken\nevent: news\ndata: 2']);
});

it('carries no word of the log', async () => {
  host.log.add({ kind: 'refused', problem: 'x', cmd: '\n\ndata: <b>', args: ['\u202e'], message: 'evil' });
  await host.person.get('/audit');
  const { events } = await listen('');
  expect(await events(1)).toEqual(['id: 1.1\nevent: news\ndata: 1']);
});

it('ends when the session that watches ends, and only that', async () => {
  const mine = await listen('?seen=1.0');
  await watcher.get('/audit');
  const ended = new Promise(resolve => mine.answer.once('close', resolve));
  await watcher.post('/sign-out');
  await ended;
  expect((await host.person.get('/audit')).status).toBe(200);
  const after = await listen('');
  expect(after.answer.statusCode).toBe(303);
});
