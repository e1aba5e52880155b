import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Refused } from '../allowlist/refused.ts';
import { type Done, limits, type Reply, type Request } from '../allowlist/wire.ts';
import { type Caller, Connection } from './connection.ts';

const peer = { pid: 1, uid: 2, gid: 3 };
const dir = mkdtempSync(join(tmpdir(), 'gatehouse-connection-'));
let server: Server;
let connection: Connection;
let client: Socket;
let replies: Reply[];
/** Requests that reached the gate and wait for their answer. */
let asked: { request: Request; caller: Caller; answer: (text?: string) => void }[];
let recorded: { refused: Refused; line: { bytes: number; sha256: string } | undefined }[];
let answersAtOnce: boolean;

beforeEach(async () => {
  [asked, recorded, replies, answersAtOnce] = [[], [], [], true];
  server = createServer({ allowHalfOpen: true }, socket => {
    connection = new Connection(socket, peer, {
      answer: (request, caller) =>
        new Promise(resolve => {
          const answer = (stdout = '') => resolve(done(request.id, stdout));
          asked.push({ request, caller, answer });
          if (answersAtOnce) answer();
        }),
      recordBadLine: (refused, _peer, line) => recorded.push({ refused, line }),
    });
  }).listen(join(dir, 's'));
  await once(server, 'listening');
  client = createConnection({ path: join(dir, 's'), allowHalfOpen: true });
  client.on('error', () => {});
  let rest = '';
  client.setEncoding('utf8').on('data', text => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    replies.push(...lines.map(line => JSON.parse(line) as Reply));
  });
  await Promise.all([once(client, 'connect'), once(server, 'connection')]);
});
afterEach(() => {
  vi.useRealTimers();
  client.destroy();
  server.close();
});
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

const done = (id: string, stdout: string): Reply => ({
  ...{ id, event: 'done', ok: true, code: 0, signal: null, stdout, stderr: '', truncated: false, ms: 0 },
  ...{ rule: 'test', entry: 1 },
});
const line = (id: string, more: object = {}) => `${JSON.stringify({ id, cmd: 'true', args: [], ...more })}\n`;
const replyTo = (id: string | null) =>
  vi.waitFor(() => replies.find(reply => reply.id === id) ?? expect.fail(), 10_000);
const refusal = async (id: string | null = null) => {
  const reply = await replyTo(id);
  return reply.event === 'refused' ? `${reply.problem}: ${reply.message}` : reply.event;
};
const closed = () => client.readableEnded || once(client, 'end');

describe('lines', () => {
  it('are found however the bytes are cut', async () => {
    const bytes = Buffer.from(line('a', { stdin: 'ä\n€ 😀' }) + line('b'));
    for (const byte of bytes) {
      client.write(Buffer.from([byte]));
      await new Promise(resolve => setImmediate(resolve));
    }
    await replyTo('b');
    expect(asked.map(({ request }) => [request.id, request.stdin])).toEqual([
      ['a', 'ä\n€ 😀'],
      ['b', undefined],
    ]);
  });

  it('of a long burst are taken whole and in order', async () => {
    const count = 20_000;
    client.write(Array.from({ length: count }, (_, i) => line(`r${i}`)).join(''));
    await vi.waitFor(() => expect(replies.length).toBe(count), 10_000);
    const ids = Array.from({ length: count }, (_, i) => `r${i}`);
    expect(new Set(replies.map(({ id }) => id))).toEqual(new Set(ids));
    expect(new Set(recorded.map(({ refused }) => refused.problem))).toEqual(new Set(['busy']));
  });

  it('hold 1 MiB', async () => {
    const empty = line('a', { stdin: '' }).length - 1;
    client.write(line('a', { stdin: 'x'.repeat(limits.lineBytes - empty) }));
    expect((await replyTo('a')).event).toBe('done');
  });

  it('hold not a byte more, and the connection ends', async () => {
    const empty = line('a', { stdin: '' }).length - 1;
    client.write(line('a', { stdin: 'x'.repeat(limits.lineBytes - empty + 1) }));
    expect(await refusal()).toMatch(/^bad-request: .*1048576 bytes/);
    await closed();
    expect(asked).toEqual([]);
  });

  it('that never end are cut off at 1 MiB', async () => {
    client.write('x'.repeat(limits.lineBytes + 1));
    expect(await refusal()).toMatch(/^bad-request/);
    await closed();
  });

  it.each([
    ['a carriage return', `${line('a').trimEnd()}\r\n`],
    ['a byte order mark', `\ufeff${line('a')}`],
    ['bytes that are no UTF-8', Buffer.from([...Buffer.from('{"id":"a","cmd":"'), 0xc3, 0x28, 0x22, 0x7d, 10])],
    ['a NUL', `\0${line('a')}`],
    ['two values', line('a').trimEnd() + line('b')],
    ['no JSON', 'hello\n'],
    ['nothing', '\n'],
  ])('with %s are refused and end the connection', async (_, bytes) => {
    client.write(bytes);
    expect(await refusal()).toMatch(/^bad-request: A line must be/);
    await closed();
    client.write(line('late'));
    expect(asked).toEqual([]);
    expect(recorded.length).toBe(1);
  });

  it.each([
    ['an unknown key', { uid: 0 }, 'a'],
    ['a number for id', { id: 1 }, null],
    ['an id with a blank', { id: 'a b' }, null],
    ['args as text', { args: 'x' }, 'a'],
    ['nested args', { args: [['x']] }, 'a'],
    ['NUL in an argument', { args: ['\0'] }, 'a'],
    ['half a surrogate pair', { args: ['\ud800'] }, 'a'],
    ['65 arguments', { args: Array(65).fill('') }, 'a'],
    ['an argument over 8 KiB', { args: ['ä'.repeat(4097)] }, 'a'],
    ['a long claim', { actor: { account: 'x'.repeat(129) } }, 'a'],
    ['a claim that cannot be printed', { actor: { account: 'x\u202e' } }, 'a'],
    ['dryRun as text', { dryRun: 'true' }, 'a'],
    ['false for cancel', { cancel: false }, 'a'],
  ])('with %s are refused, and the connection serves on', async (_, more, id) => {
    client.write(line('a', more));
    expect(await refusal(id)).toMatch(/^bad-request: The request is not understood/);
    client.write(line('b'));
    expect((await replyTo('b')).event).toBe('done');
    expect(asked.length).toBe(1);
  });

  it('with the most that is allowed are understood', async () => {
    client.write(line('x'.repeat(64), { args: Array(64).fill('ä'), actor: { account: 'x'.repeat(128) } }));
    client.write(line('a', { args: ['x'.repeat(8192)] }));
    expect([(await replyTo('x'.repeat(64))).event, (await replyTo('a')).event]).toEqual(['done', 'done']);
  });

  it('name the key that stands twice, not its value', async () => {
    client.write('{"id":"a","cmd":"true","args":[],"stdin":"one","stdin":"hunter2"}\n');
    expect(await refusal('a')).toMatch(/"stdin" stands twice/);
    client.write('{"id":"b","id":"c","cmd":"true","args":[],"stdin":"hunter2"}\n');
    expect(await refusal()).toMatch(/"id" stands twice/);
    expect(JSON.stringify([replies, recorded])).not.toContain('hunter2');
  });

  it('show a key that nobody knows without what would hide or turn text around', async () => {
    client.write('{"id":"a","cmd":"true","args":[],"\\u202e\\u0085x":1}\n');
    expect(await refusal('a')).toMatch(/\\u202e\\u0085x/);
  });

  it('show no value of stdin when they are refused', async () => {
    client.write(
      line('a', { stdin: ['hunter2'] }) + line('b', { ticket: 5, stdin: 'hunter2' }) + '{"stdin":"hunter2\n',
    );
    await replyTo(null);
    expect(replies.length).toBe(3);
    expect(JSON.stringify([replies, recorded])).not.toContain('hunter2');
  });

  it('must be complete within 10 s of their first byte', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const step = async (ms: number, text: string) => {
      vi.advanceTimersByTime(ms);
      client.write(text);
      await new Promise(resolve => setImmediate(() => setImmediate(() => setImmediate(resolve))));
    };
    const first = line('a');
    await step(0, first.slice(0, 5));
    await step(9_999, `${first.slice(5)}{`);
    await step(9_999, '"');
    expect(recorded).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(recorded.map(({ refused }) => refused.message)).toEqual([
      'A line must be complete within 10 s of its first byte.',
    ]);
    await closed();
  });
});

describe('requests', () => {
  beforeEach(() => {
    answersAtOnce = false;
  });

  it('may be 32 at once; one more is told to wait, and that is recorded', async () => {
    client.write(Array.from({ length: 33 }, (_, i) => line(`r${i}`)).join(''));
    expect(await refusal('r32')).toMatch(/^busy: /);
    expect(recorded.map(({ refused }) => refused.problem)).toEqual(['busy']);
    expect(asked.length).toBe(32);
    asked[7]?.answer();
    await replyTo('r7');
    client.write(line('r32'));
    await vi.waitFor(() => expect(asked.length).toBe(33), 10_000);
  });

  it('need an id of their own while they are open, and may use it again after', async () => {
    client.write(line('a') + line('a'));
    expect(await refusal('a')).toMatch(/^bad-request: The id a is in use/);
    asked[0]?.answer();
    await vi.waitFor(() => expect(replies.length).toBe(2), 10_000);
    client.write(line('a'));
    await vi.waitFor(() => expect(asked.length).toBe(2), 10_000);
  });

  it('are cancelled by id; an id that is not open is refused', async () => {
    client.write(`${line('a')}{"id":"a","cancel":true}\n{"id":"b","cancel":true}\n`);
    expect(await refusal('b')).toMatch(/^bad-request: There is no open request b/);
    expect(asked[0]?.caller.cancelled.reason).toBe('asked');
  });

  it('learn that the client is gone', async () => {
    client.write(line('a'));
    await vi.waitFor(() => expect(asked.length).toBe(1), 10_000);
    client.destroy();
    await vi.waitFor(() => expect(asked[0]?.caller.cancelled.reason).toBe('gone'), 10_000);
  });

  it('are still answered after the client has said all it had to say', async () => {
    client.end(line('a') + line('b'));
    await vi.waitFor(() => expect(asked.length).toBe(2), 10_000);
    for (const { answer } of asked) answer();
    await closed();
    expect(replies.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('are refused when the client stops in the middle of one', async () => {
    client.end('{"id":"a","cmd":"true"');
    expect(await refusal()).toMatch(/^bad-request: The last line was not complete/);
    expect(asked).toEqual([]);
  });
});

describe('replies', () => {
  it('arrive however long one is', async () => {
    answersAtOnce = false;
    client.write(line('a') + line('b'));
    await vi.waitFor(() => expect(asked.length).toBe(2), 10_000);
    asked[0]?.answer('x'.repeat(6 << 20));
    expect((await replyTo('a')).event).toBe('done');
    asked[1]?.answer();
    expect((await replyTo('b')).event).toBe('done');
  });

  it('that nobody reads end the connection at 4 MiB', async () => {
    answersAtOnce = false;
    client.pause();
    client.write(Array.from({ length: 32 }, (_, i) => line(`r${i}`)).join(''));
    await vi.waitFor(() => expect(asked.length).toBe(32), 10_000);
    for (const { answer } of asked.slice(0, 4)) answer('x'.repeat(1 << 20));
    await new Promise(resolve => setImmediate(resolve));
    expect(asked[31]?.caller.cancelled.aborted).toBe(false);
    for (const { answer } of asked.slice(4, 7)) answer('x'.repeat(1 << 20));
    await vi.waitFor(() => expect(asked[31]?.caller.cancelled.reason).toBe('gone'), 10_000);
    expect(connection.openRequests).toBeLessThanOrEqual(32);
  });

  it('of any number and size arrive where they are read, in order, and the lines sent meanwhile too', async () => {
    answersAtOnce = false;
    client.write(Array.from({ length: 32 }, (_, i) => line(`r${i}`)).join(''));
    await vi.waitFor(() => expect(asked.length).toBe(32), 10_000);
    client.pause();
    for (const { answer } of asked.slice(0, 31)) answer('x'.repeat(2 << 20));
    await new Promise(resolve => setTimeout(resolve, 50));
    for (let i = 0; i < 100; i++) client.write(line('r31'));
    client.resume();
    for (let i = 0; i < 31; i++) expect(((await replyTo(`r${i}`)) as Done).stdout.length).toBe(2 << 20);
    await vi.waitFor(() => expect(recorded.length).toBe(100), 10_000);
    const came = replies.filter(({ event }) => event === 'done').map(({ id }) => id);
    expect(came).toEqual(Array.from({ length: 31 }, (_, i) => `r${i}`));
    asked[31]?.answer();
    await vi.waitFor(() => expect(replies.at(-1)).toMatchObject({ id: 'r31', event: 'done' }), 10_000);
    expect(recorded.every(({ refused }) => refused.message.includes('r31 is in use'))).toBe(true);
  });

  it('are not cut off where somebody reads slowly', async () => {
    answersAtOnce = false;
    client.write(line('a') + line('b'));
    await vi.waitFor(() => expect(asked.length).toBe(2), 10_000);
    asked[0]?.answer('x'.repeat(8 << 20));
    asked[1]?.answer();
    // As much in all as would cut it off, had it read nothing.
    for (let slept = 0; slept < 3_000 && !client.closed; slept += 50) {
      client.pause();
      await new Promise(resolve => setTimeout(resolve, 50));
      client.resume();
      await once(client, 'data');
    }
    client.resume();
    expect((await replyTo('b')).event).toBe('done');
  });

  it('make a program wait that prints more than is read, until it is read or the client is gone', async () => {
    answersAtOnce = false;
    client.write(line('a', { stream: true }));
    await vi.waitFor(() => expect(asked.length).toBe(1), 10_000);
    const output = (text: string) => asked[0]?.caller.output('stdout', text);
    client.pause();
    expect(output('x'.repeat(1 << 20))).toBeUndefined();
    const room = output('x'.repeat(4 << 20));
    expect(room).toBeInstanceOf(Promise);
    client.resume();
    await room;
    expect(output('y')).toBeUndefined();
    client.pause();
    const never = output('x'.repeat(5 << 20));
    client.destroy();
    await never;
  });
});
