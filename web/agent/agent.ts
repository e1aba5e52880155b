// The only way to the host: one kept connection over the agent's Unix socket, many requests at once, matched by id.
import { createConnection, type Socket } from 'node:net';
import { type Actor, type Command, limits } from '../../allowlist/wire.ts';
import { AgentAway } from './away.ts';
import { type Answer, type Output, parseReply } from './reply.ts';

interface Asking {
  actor?: Actor;
  dryRun?: true;
  ticket?: string;
  /** Longest wait for the answer, in ms. The default is more than the agent's own deadline. What runs is not ended by it. */
  timeoutMs?: number;
  /** Aborting asks the agent to end the request; its answer still comes. */
  signal?: AbortSignal;
  /** Cancelled in the same breath, so that it never begins: the undo of its ticket is due then. */
  givenUp?: true;
  /** Where given, the output comes piece by piece as it is made. */
  onOutput?: (piece: Output) => void;
}

export interface Agent {
  ask(command: Command, asking?: Asking): Promise<Answer | AgentAway>;
  close(): void;
}

interface Waiting {
  answer: (reply: Answer | AgentAway) => void;
  onOutput: ((piece: Output) => void) | undefined;
}

const answerMs = limits.deadlineMs + 15_000;
const connectMs = 2_000;
const firstBackoffMs = 100;
const lastBackoffMs = 2_000;
/** A reply holds two streams of at most `outputBytes`, each byte up to six as JSON. */
const longestReply = 2 * 6 * limits.outputBytes + limits.lineBytes;

const reasons: Record<string, string> = {
  ENOENT: 'its socket is not there',
  ECONNREFUSED: 'nobody listens on its socket',
  EACCES: 'this dashboard may not use its socket',
};

/** Connects when first asked, again after a loss; while the agent stays away, tries at most every 0.1 to 2 s. */
export function connectAgent(socketPath: string): Agent {
  let kept: Promise<Connection | AgentAway> | undefined;
  let away: AgentAway | undefined;
  let retryAt = 0;
  let backoffMs = firstBackoffMs;
  let closed = false;

  function connection(): Promise<Connection | AgentAway> {
    if (closed) return Promise.resolve(new AgentAway('unreachable', 'this dashboard is stopping'));
    if (kept) return kept;
    if (away && performance.now() < retryAt) return Promise.resolve(away);
    const opening = open(socketPath, lost);
    kept = opening.then(opened => {
      if (opened instanceof AgentAway) lost(opened);
      else if (closed) opened.end(new AgentAway('unreachable', 'this dashboard is stopping'));
      return opened;
    });
    return kept;
  }

  function lost(why: AgentAway, lived = false): void {
    kept = undefined;
    away = why;
    retryAt = lived ? 0 : performance.now() + backoffMs;
    backoffMs = lived ? firstBackoffMs : Math.min(backoffMs * 2, lastBackoffMs);
  }

  return {
    async ask(command, asking = {}) {
      const opened = await connection();
      return opened instanceof AgentAway ? opened : opened.ask(command, asking);
    },
    close() {
      closed = true;
      kept?.then(
        opened => opened instanceof AgentAway || opened.end(new AgentAway('lost', 'this dashboard is stopping')),
      );
    },
  };
}

function open(path: string, lost: (why: AgentAway, lived?: boolean) => void): Promise<Connection | AgentAway> {
  return new Promise(resolve => {
    const socket = createConnection({ path });
    const failed = (why: string) => {
      socket.destroy();
      resolve(new AgentAway('unreachable', why));
    };
    const timer = setTimeout(() => failed(`no connection within ${connectMs} ms`), connectMs);
    socket.once('error', (error: NodeJS.ErrnoException) => failed(reasons[error.code ?? ''] ?? error.message));
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(new Connection(socket, lost));
    });
    socket.once('close', () => clearTimeout(timer));
  });
}

/** One connection: at most `openRequests` are on the wire at a time, more wait here in order. */
class Connection {
  #socket: Socket;
  #open = new Map<string, Waiting>();
  #queue: (() => void)[] = [];
  #lost: (why: AgentAway, lived?: boolean) => void;
  #lines = 0;
  #next = 1;
  #tail = '';
  #ended: AgentAway | undefined;

  constructor(socket: Socket, lost: (why: AgentAway, lived?: boolean) => void) {
    this.#socket = socket;
    this.#lost = lost;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', error => this.end(new AgentAway('lost', error.message)));
    socket.on('close', () => this.end(new AgentAway('lost', 'the connection was closed')));
  }

  ask({ cmd, args, stdin }: Command, asking: Asking): Promise<Answer | AgentAway> {
    const { actor, dryRun, ticket, timeoutMs = answerMs, signal, givenUp, onOutput } = asking;
    const id = String(this.#next++);
    const line = `${JSON.stringify({ id, cmd, args, stdin, dryRun, stream: onOutput && true, ticket, actor })}\n`;
    return new Promise(resolve => {
      const answer = (reply: Answer | AgentAway) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        if (this.#open.delete(id)) this.#queue.shift()?.();
        else this.#queue = this.#queue.filter(waiting => waiting !== send);
        resolve(reply);
      };
      const send = () => {
        if (this.#ended) return answer(new AgentAway('unreachable', this.#ended.why));
        this.#open.set(id, { answer, onOutput });
        this.#socket.write(givenUp ? `${line}${JSON.stringify({ id, cancel: true })}\n` : line);
      };
      const cancel = () => {
        if (this.#open.has(id)) this.#socket.write(`${JSON.stringify({ id, cancel: true })}\n`);
        else answer(new AgentAway('unreachable', 'it was cancelled before it was asked'));
      };
      const silent = () =>
        answer(new AgentAway(this.#open.has(id) ? 'silent' : 'unreachable', `no answer within ${timeoutMs} ms`));
      const timer = setTimeout(silent, timeoutMs);
      signal?.addEventListener('abort', cancel);
      if (signal?.aborted) return cancel();
      if (this.#open.size < limits.openRequests) send();
      else this.#queue.push(send);
    });
  }

  end(why: AgentAway): void {
    if (this.#ended) return;
    this.#ended = why;
    this.#lost(new AgentAway('unreachable', why.why), this.#lines > 0);
    this.#socket.destroy();
    for (const waiting of [...this.#open.values()]) waiting.answer(why);
    for (const send of this.#queue.splice(0)) send();
  }

  #take(text: string): void {
    this.#tail += text;
    const lines = text.includes('\n') ? this.#tail.split('\n') : [this.#tail];
    this.#tail = lines.pop() ?? '';
    if (this.#tail.length > longestReply) this.end(new AgentAway('lost', 'it sent a line that never ended'));
    try {
      for (const line of lines) this.#deliver(line);
    } catch {
      this.end(new AgentAway('lost', 'it sent what is not a reply of the contract'));
    }
  }

  #deliver(line: string): void {
    const reply = parseReply(line);
    this.#lines++;
    const waiting = reply.id === null ? undefined : this.#open.get(reply.id);
    if (reply.event === 'output') waiting?.onOutput?.(reply);
    else waiting?.answer(reply);
  }
}
