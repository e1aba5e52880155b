// Runs WHERE A CLIENT of the agent would be, by the Node there: takes what to send from stdin, prints what was answered. Imports nothing but Node.
import { createConnection, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

interface Answer {
  id: string | null;
  event: string;
  [more: string]: unknown;
}

/** One connection: requests, each after the answer to the one before, or exact bytes. */
interface Sending {
  /** A `ticket` of "" stands for the one that the last @confirm gave. */
  asks?: Record<string, unknown>[];
  base64?: string;
  /** How often the bytes are sent. */
  times?: number;
  byteEveryMs?: number;
  halfClose?: boolean;
  /** Reads nothing. */
  deaf?: boolean;
  /** Is gone as soon as all is sent, and hears nothing. */
  gone?: boolean;
  /** How long to listen after the last byte, unless the agent closes before. */
  waitMs?: number;
}

const path = process.env.SOCKET ?? '/run/gatehouse/agent.sock';
const sendings = JSON.parse(await text(process.stdin)) as Sending[];
const heard = [];
for (const sending of sendings) heard.push(await speak(sending));
process.stdout.write(JSON.stringify(heard));

async function speak(sending: Sending): Promise<{ answers: Answer[]; closed: boolean; failed?: string }> {
  const socket = createConnection({ path, allowHalfOpen: true });
  const answers: Answer[] = [];
  const state = { closed: false, failed: undefined as string | undefined };
  let rest = '';
  socket.on('error', error => {
    state.failed = (error as NodeJS.ErrnoException).code ?? error.message;
  });
  socket.on('close', () => {
    state.closed = true;
  });
  socket.on('end', () => socket.destroy());
  if (!sending.deaf)
    socket.setEncoding('utf8').on('data', chunk => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      answers.push(...lines.map(line => JSON.parse(line) as Answer));
    });
  await Promise.race([new Promise(resolve => socket.once('connect', resolve)), gone(socket)]);
  if (sending.asks) await askEach(socket, sending.asks, answers, state);
  else await sendBytes(socket, sending, state);
  const listened = state.closed;
  socket.destroy();
  return { answers, closed: listened, ...(state.failed && { failed: state.failed }) };
}

async function askEach(
  socket: Socket,
  asks: Record<string, unknown>[],
  answers: Answer[],
  state: { closed: boolean },
): Promise<void> {
  let ticket: unknown;
  for (const [i, ask] of asks.entries()) {
    const from = answers.length;
    const filled = ask.ticket === '' ? { ...ask, ticket } : ask;
    socket.write(`${JSON.stringify({ id: `a${i}`, ...filled })}\n`);
    const answered = () => answers.slice(from).find(({ event }) => event !== 'output');
    while (!answered() && !state.closed) await sleep(2);
    const answer = answered();
    if (ask.cmd === '@confirm') ticket = (answer?.result as { ticket?: string } | undefined)?.ticket ?? 'none';
    if (state.closed) return;
  }
}

async function sendBytes(socket: Socket, sending: Sending, state: { closed: boolean }): Promise<void> {
  const { base64 = '', times = 1, byteEveryMs, halfClose, gone: leaves, waitMs = 400 } = sending;
  const bytes = Buffer.from(base64, 'base64');
  for (let time = 0; time < times && !state.closed; time++) {
    const parts = byteEveryMs === undefined ? [bytes] : [...bytes].map(byte => Buffer.from([byte]));
    for (const part of parts) {
      if (state.closed) break;
      if (!socket.write(part) && !sending.deaf)
        await Promise.race([new Promise(resolve => socket.once('drain', resolve)), gone(socket)]);
      if (byteEveryMs !== undefined) await Promise.race([sleep(byteEveryMs), gone(socket)]);
    }
  }
  if (halfClose) socket.end();
  if (leaves) socket.destroy();
  await Promise.race([sleep(waitMs), gone(socket)]);
}

function gone(socket: Socket): Promise<unknown> {
  return socket.destroyed ? Promise.resolve() : new Promise(resolve => socket.once('close', resolve));
}
