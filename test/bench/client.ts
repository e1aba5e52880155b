// A client of the agent that does as little as it can: one connection, JSON lines, a promise for each request.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Reply, Request } from '../../allowlist/wire.ts';

export class Client {
  readonly #socket: Socket;
  readonly #waiting = new Map<string, (reply: Reply) => void>();
  #rest = '';
  #last = 0;

  private constructor(socket: Socket) {
    this.#socket = socket.setEncoding('utf8').on('data', text => this.#take(String(text)));
  }

  static async connect(path: string): Promise<Client> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new Client(socket);
  }

  ask(request: Omit<Request, 'id'>): Promise<Reply> {
    const id = String(++this.#last);
    return new Promise(resolve => {
      this.#waiting.set(id, resolve);
      this.#socket.write(`${JSON.stringify({ id, ...request })}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const reply: Reply = JSON.parse(line);
      this.#waiting.get(reply.id ?? '')?.(reply);
      this.#waiting.delete(reply.id ?? '');
    }
  }
}
