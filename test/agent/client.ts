// A client of the wire that knows nothing else: sends lines or bytes, and waits for replies by their id.
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

export interface Reply {
  id: string | null;
  event: string;
  problem?: string;
  message?: string;
  entry?: number | null;
  ok?: boolean;
  [more: string]: unknown;
}

/** The optional fields of a request. */
export interface Sent {
  id?: string;
  stdin?: string;
  dryRun?: boolean;
  stream?: boolean;
  ticket?: string;
  actor?: object;
}

let lastId = 0;

export class Client {
  readonly socket: Socket;
  readonly replies: Reply[] = [];
  #rest = '';
  #arrived: (() => void)[] = [];
  closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8').on('data', text => this.#take(String(text)));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.closed = true;
      this.#tell();
    });
  }

  static async connect(path: string): Promise<Client> {
    const socket = createConnection({ path, allowHalfOpen: true });
    await once(socket, 'connect');
    socket.on('end', () => socket.destroy());
    return new Client(socket);
  }

  /** Sends one request and waits for its last reply. */
  ask(cmd: string, args: readonly string[] = [], more: Sent = {}): Promise<Reply> {
    return this.answerTo(this.send(cmd, args, more));
  }

  /** Sends one request and gives its id. */
  send(cmd: string, args: readonly string[] = [], more: Sent = {}): string {
    const id = more.id ?? `t${++lastId}`;
    this.line({ cmd, args, ...more, id });
    return id;
  }

  cancel(id: string): void {
    this.line({ id, cancel: true });
  }

  line(value: unknown): void {
    this.socket.write(`${JSON.stringify(value)}\n`);
  }

  /** The last reply to this id; `silence` where the connection ended without it. */
  answerTo(id: string | null): Promise<Reply> {
    return this.until(() => this.replies.find(reply => reply.id === id && reply.event !== 'output')).then(
      reply => reply ?? { id, event: 'silence' },
    );
  }

  /** Waits until `found` gives something, or the connection is closed. */
  async until<T>(found: () => T | undefined): Promise<T | undefined> {
    for (;;) {
      const value = found();
      if (value !== undefined || this.closed) return value;
      await new Promise<void>(resolve => this.#arrived.push(resolve));
    }
  }

  /** Sends exact bytes and gives all replies that come within the time, or until the agent closes. */
  async raw(bytes: Buffer | string, { waitMs = 300, halfClose = false } = {}): Promise<Reply[]> {
    this.socket.write(bytes);
    if (halfClose) this.socket.end();
    const from = this.replies.length;
    const late = new Promise<void>(resolve => setTimeout(resolve, waitMs).unref());
    await Promise.race([late, this.until(() => undefined)]);
    return this.replies.slice(from);
  }

  close(): void {
    this.socket.destroy();
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.replies.push(JSON.parse(line) as Reply);
    this.#tell();
  }

  #tell(): void {
    for (const arrived of this.#arrived.splice(0)) arrived();
  }
}
