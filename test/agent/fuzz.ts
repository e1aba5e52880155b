// node test/agent/fuzz.ts FRAMES SEED: hostile frames over several connections, a good client served all along. Exit 1 where that fails.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, startAgent } from './agent.ts';
import { evilValues, lawfulOf, shapes, strangeCommands } from './attacks.ts';
import type { Client } from './client.ts';
import { anonymousMb, type Random, randomOf } from './random.ts';

export interface Fuzzed {
  frames: number;
  seed: number;
  seconds: number;
  /** Replies to the hostile clients by what they were. */
  replies: Record<string, number>;
  connections: number;
  goodRequests: number;
  /** What the good client got that was no answer to what it asked. */
  goodFailures: string[];
  goodSlowestMs: number;
  anonymousMbBefore: number;
  anonymousMbAfter: number;
  /** Whether the agent that began is the one that still serves. */
  alive: boolean;
  unexpected: string[];
  verify: string;
}

const hostileAtOnce = 6;

export async function fuzz(frames: number, seed: number): Promise<Fuzzed> {
  const agent = await startAgent();
  try {
    await agent.add('ann');
    await agent.add('bea');
    const { pid } = agent;
    const result: Fuzzed = {
      ...{ frames: 0, seed, seconds: 0, replies: {}, connections: 0, goodRequests: 0, goodFailures: [] },
      ...{
        goodSlowestMs: 0,
        anonymousMbBefore: Math.round(anonymousMb(pid)),
        anonymousMbAfter: 0,
        alive: false,
        unexpected: [],
        verify: '',
      },
    };
    const began = performance.now();
    const end = { now: false };
    const good = serveGood(agent, end, result);
    await Promise.all(
      Array.from({ length: hostileAtOnce }, (_, i) =>
        attack(agent, randomOf(seed * 64 + i), Math.ceil(frames / hostileAtOnce), result),
      ),
    );
    end.now = true;
    await good;
    await sleep(1500);
    result.seconds = Math.round((performance.now() - began) / 1000);
    result.anonymousMbAfter = Math.round(anonymousMb(pid));
    result.alive = agent.pid === pid && (await agent.ask('@status')).event === 'done';
    result.unexpected = agent.printed.match(/.*(?:unexpected failure|Error|Warning).*/g)?.slice(0, 5) ?? [];
    result.verify = agent.command('verify').printed.trim().slice(0, 200);
    return result;
  } finally {
    await agent.remove();
  }
}

/** Asks and changes something every few milliseconds, and notes the longest wait. */
async function serveGood(agent: Agent, end: { now: boolean }, result: Fuzzed): Promise<void> {
  const client = await agent.connect();
  for (let i = 0; !end.now; i++) {
    const began = performance.now();
    const reply = await (i % 4 === 0 ? client.ask('usermod', ['-c', `Name ${i}`, 'bea']) : client.ask('@status'));
    result.goodSlowestMs = Math.max(result.goodSlowestMs, Math.round(performance.now() - began));
    result.goodRequests++;
    if (reply.ok !== true && result.goodFailures.length < 10) result.goodFailures.push(JSON.stringify(reply));
    if (client.closed) return;
    await sleep(20);
  }
  client.close();
}

/** Sends its share in bursts; a connection that the agent ends is followed by another. */
async function attack(agent: Agent, random: Random, frames: number, result: Fuzzed): Promise<void> {
  let client: Client | undefined;
  for (let sent = 0; sent < frames; ) {
    if (!client || client.closed) {
      client = await agent.connect();
      result.connections++;
    }
    const burst = Math.min(1 + random.below(64), frames - sent);
    for (let i = 0; i < burst; i++) client.socket.write(frame(random));
    sent += burst;
    result.frames += burst;
    // A mark that is answered once the burst was taken, unless it ended the connection.
    const mark = `mark-${sent}`;
    client.socket.write(`${JSON.stringify({ id: mark, cmd: '@nosuch', args: [] })}\n`);
    await Promise.race([client.until(() => client?.replies.find(({ id }) => id === mark)), sleep(2000)]);
    for (const { event, problem } of client.replies.splice(0)) {
      const what = problem ?? event;
      result.replies[what] = (result.replies[what] ?? 0) + 1;
    }
    if (random.below(8) === 0) client.close();
  }
  client?.close();
}

const evil = Object.values(evilValues).flat();
const lawful = { user: 'ann', 'new-login': 'newcomer', 'next-uid': '1004', 'trashed-user': 'gone' };
const junk: readonly unknown[] = [
  ...[0, 1, true, null, {}, [], 'x', '\0', '\ud800', '__proto__', { toString: 1 }, [[[]]], 1e308, -0, 'ü'.repeat(300)],
];

/** One line: random bytes, or a request whose fields, values or bytes are bent. */
function frame(random: Random): Buffer {
  // Most of these end their connection, so they are rare: what follows them in a burst is never read.
  const kind = random.below(300);
  if (kind === 0) return Buffer.concat([random.bytes(random.below(200)), Buffer.from('\n')]);
  if (kind === 1) return Buffer.from(`${'['.repeat(random.below(5000))}\n`);
  // What costs a reader more than a look at each character: quotes of a string that never ends, keys without end.
  if (kind === 2) return Buffer.from(`{"stdin":"${'\\"'.repeat(random.below(100_000))}\n`);
  if (kind === 3)
    return Buffer.from(`{${Array.from({ length: random.below(9_000) }, (_, i) => `"${i}":0`).join()},"id":"a"}\n`);
  const text = Buffer.from(JSON.stringify(bend(random, lawfulRequest(random))));
  return Buffer.concat([kind < 10 ? mutate(random, text) : text, Buffer.from(kind === 11 ? '' : '\n')]);
}

function lawfulRequest(random: Random): Record<string, unknown> {
  const id = random.below(30) === 0 ? 'same' : `f${random.below(1e9)}`;
  if (random.below(15) === 0) return { id, cancel: true };
  const command = lawfulOf(random.of(shapes), lawful);
  if (random.below(10) === 0)
    return { id, cmd: '@confirm', args: [], stdin: JSON.stringify({ code: '123456', requests: [command] }) };
  return {
    ...{ id, ...command },
    ...(random.below(200) === 0 && { dryRun: true }),
    ...(random.below(8) === 0 && { stream: true }),
    ...(random.below(8) === 0 && { ticket: '0123456789abcdef0123456789abcdef' }),
    ...(random.below(8) === 0 && { actor: { account: 'a', ip: '::1', change: 'c_1' } }),
  };
}

function bend(random: Random, request: Record<string, unknown>): Record<string, unknown> {
  const bent = structuredClone(request);
  for (let i = random.below(4); i > 0; i--) {
    const args: unknown[] = Array.isArray(bent.args) ? bent.args : [];
    const at = random.below(args.length + 1);
    const [value, strange] = [random.of(evil), structuredClone(random.of(junk))];
    random.of<() => unknown>([
      () => args.splice(at, random.below(2), value),
      () => args.splice(at, 1, value),
      () => args.splice(at, 1, strange),
      () => args.splice(at, 1),
      () => Object.assign(bent, { cmd: random.of(strangeCommands) }),
      () => Object.assign(bent, { [random.of(fields)]: strange }),
      () => Object.assign(bent, { [random.of(['uid', 'shell', 'cwd', 'constructor', 'x'.repeat(50)])]: strange }),
      () => Object.assign(bent, { stdin: value + random.of(['', '\n', '\n\n', ':']) }),
      () => delete bent[random.of(fields)],
    ])();
  }
  return bent;
}
const fields = ['id', 'cmd', 'args', 'stdin', 'dryRun', 'stream', 'ticket', 'actor'];

function mutate(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  const piece = random.of([random.bytes(1 + random.below(4)), ...tokens]);
  const skip = random.of([0, 0, 1, 2, random.below(20)]);
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + skip)]);
}
const tokens = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\r',
  '\0',
  '\\u0000',
  '\\ud800',
  '\xff',
  '"args":[],',
  '//',
  '\ufeff',
  '\u2028',
].map(text => Buffer.from(text, text === '\xff' ? 'latin1' : 'utf8'));

export function isSound({ alive, goodFailures, anonymousMbAfter, unexpected, verify }: Fuzzed): boolean {
  const quiet = goodFailures.length === 0 && unexpected.length === 0;
  return alive && quiet && anonymousMbAfter <= 64 && verify.startsWith('ok');
}

if (import.meta.main) {
  const [frames = 50_000, seed = 1] = process.argv.slice(2).map(Number);
  const result = await fuzz(frames, seed);
  console.log(JSON.stringify(result, null, 2));
  process.exit(isSound(result) ? 0 : 1);
}
