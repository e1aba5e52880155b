// A small agent on a real socket for tests: it answers as it is told and keeps what it was asked.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Request } from '../../allowlist/wire.ts';

export type Answering = (request: Request, reply: (fields: object) => void, socket: Socket) => object | undefined;

export interface FakeAgent {
  path: string;
  asked: Request[];
  answer: Answering;
  start(): Promise<void>;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

export const done = (fields: object = {}) => ({
  event: 'done',
  ok: true,
  code: 0,
  signal: null,
  stdout: '',
  stderr: '',
  truncated: false,
  ms: 1,
  rule: 'test.rule',
  entry: 1,
  ...fields,
});
export const told = (result: object) => done({ result, entry: null });
export const refused = (problem: string, message: string, entry: number | null = 9) => ({
  event: 'refused',
  problem,
  message,
  entry,
});

/** Not started: `start()` listens, `stop()` drops every connection as a killed agent would. */
export function fakeAgent(answer: Answering = () => done()): FakeAgent {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-fake-'));
  const path = join(folder, 'agent.sock');
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  const fake: FakeAgent = {
    path,
    asked: [],
    answer,
    start: () =>
      new Promise(resolve => {
        server = createServer(socket => {
          sockets.add(socket);
          let tail = '';
          socket.setEncoding('utf8').on('data', text => {
            const lines = (tail + text).split('\n');
            tail = lines.pop() ?? '';
            for (const line of lines) {
              const request = JSON.parse(line) as Request;
              const reply = (fields: object) => void socket.write(`${JSON.stringify({ id: request.id, ...fields })}\n`);
              fake.asked.push(request);
              const now = fake.answer(request, reply, socket);
              if (now) reply(now);
            }
          });
          socket.on('error', () => {}).on('close', () => sockets.delete(socket));
        }).listen(path, resolve);
      }),
    stop: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy();
        if (server) server.close(() => resolve());
        else resolve();
        server = undefined;
      }),
    async remove() {
      await fake.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return fake;
}
