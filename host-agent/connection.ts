// One client: bytes become lines, lines become requests, replies go back. Whatever a client does stays with that client.
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { Ambiguous, parseJson } from '../allowlist/json.ts';
import { visible } from '../allowlist/match.ts';
import { Refused } from '../allowlist/refused.ts';
import { cancelSchema, idPattern, limits, type Reply, type Request, requestSchema } from '../allowlist/wire.ts';
import type { Peer } from './native.ts';

/** What a connection needs of the agent. */
export interface Gate {
  /** Never rejects. */
  answer(request: Request, caller: Caller): Promise<Reply>;
  /** Records the refusal of a line that is no request, and gives the entry's number. */
  recordBadLine(refused: Refused, peer: Peer, line: { bytes: number; sha256: string } | undefined): number | null;
}

/** Who asks, and how the answer reaches them. */
export interface Caller {
  peer: Peer;
  /** Identity of the connection, for fair turns. */
  connection: object;
  /** Aborted by `cancel` with reason 'asked', by the end of the connection with 'gone'. */
  cancelled: AbortSignal;
  /** Where the client has much to read already, a promise that is kept when it has read it, or is gone. */
  output(stream: 'stdout' | 'stderr', text: string): Promise<void> | undefined;
  /** Set by terminal.ts only: a person at the host's terminal said yes to this very request. */
  approved?: { approval: number; approvedBy: Peer };
}

const linesAtOnce = 32;
const probeMs = 1000;
const nothing = Buffer.alloc(0);

export class Connection {
  readonly peer: Peer;
  lastActive = Date.now();
  readonly #socket: Socket;
  readonly #gate: Gate;
  readonly #open = new Map<string, AbortController>();
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Of a burst, what is not looked at yet. */
  #left: Buffer = nothing;
  #unread: PromiseWithResolvers<void> | undefined;
  #frameTimer: NodeJS.Timeout | undefined;
  #probing: NodeJS.Timeout | undefined;
  #ending = false;

  constructor(socket: Socket, peer: Peer, gate: Gate) {
    this.#socket = socket;
    this.peer = peer;
    this.#gate = gate;
    socket.on('data', chunk => this.#take(chunk));
    socket.on('end', () => this.#noMore());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#closed());
    socket.on('drain', () => this.#hasRead());
    // Only set where too much is unread; Node starts it anew with every byte that the client takes.
    socket.on('timeout', () => socket.destroy());
  }

  get openRequests(): number {
    return this.#open.size;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.lastActive = Date.now();
    let rest = chunk;
    for (let lines = 0; !this.#ending; lines++) {
      const end = rest.indexOf(10);
      if (end < 0) break;
      if (lines === linesAtOnce) return this.#later(rest);
      const line = Buffer.concat([...this.#chunks, rest.subarray(0, end)]);
      rest = rest.subarray(end + 1);
      this.#keep([], 0);
      if (line.length > limits.lineBytes) this.#tooLong(line);
      else this.#line(line);
    }
    if (this.#ending || rest.length === 0) return;
    this.#keep([...this.#chunks, rest], this.#bytes + rest.length);
    if (this.#bytes > limits.lineBytes) this.#tooLong(Buffer.concat(this.#chunks));
  }

  /** Lets other clients have their turn before more of a long burst is read. */
  #later(rest: Buffer): void {
    this.#socket.pause();
    this.#left = rest;
    setImmediate(() => this.#goOn());
  }

  /** Unless it is the client's turn to read. */
  #goOn(): void {
    if (this.#unread || this.#ending) return;
    const left = this.#left;
    this.#left = nothing;
    // First, so that taking may pause again: what comes next must not overtake what is left of this.
    this.#socket.resume();
    this.#take(left);
  }

  /** Keeps the beginning of a line; its clock runs from its first byte. */
  #keep(chunks: Buffer[], bytes: number): void {
    this.#chunks = chunks.length > 64 ? [Buffer.concat(chunks)] : chunks;
    this.#bytes = bytes;
    if (bytes === 0) {
      clearTimeout(this.#frameTimer);
      this.#frameTimer = undefined;
    } else
      this.#frameTimer ??= setTimeout(
        // The clock of what we do not read does not run.
        () => this.#unread || this.#hangUp('A line must be complete within 10 s of its first byte.'),
        limits.frameMs,
      );
  }

  #line(line: Buffer): void {
    const text = decode(line);
    if (text === undefined) return this.#hangUp('A line must be UTF-8 without carriage returns.', line);
    let value: unknown;
    try {
      value = parseJson(text);
    } catch (error) {
      const id = error instanceof Ambiguous && error.key !== 'id' ? idOf(error.value) : null;
      if (error instanceof Ambiguous) return this.#bad(id, `The request is not understood: ${error.message}.`, line);
      return this.#hangUp('A line must be one JSON object.', line);
    }
    const id = idOf(value);
    if (cancelSchema.safeParse(value).success) {
      const open = this.#open.get(id as string);
      if (!open) return this.#bad(id, `There is no open request ${id} on this connection to cancel.`, line);
      return open.abort('asked');
    }
    const parsed = requestSchema.safeParse(value);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const field = issue?.path.length ? `"${issue.path.join('.')}"` : 'it';
      return this.#bad(
        id,
        visible(`The request is not understood: ${field} ${issue?.message.slice(0, 200) ?? 'is wrong'}.`),
        line,
      );
    }
    this.#ask(parsed.data);
  }

  #ask(request: Request): void {
    const { id } = request;
    if (this.#open.has(id)) return this.#bad(id, `The id ${id} is in use on this connection.`);
    if (this.#open.size >= limits.openRequests)
      return this.#refuse(
        id,
        new Refused(
          'busy',
          `At most ${limits.openRequests} requests may be open on one connection; wait for an answer first.`,
        ),
      );
    const controller = new AbortController();
    this.#open.set(id, controller);
    const caller: Caller = {
      peer: this.peer,
      connection: this,
      cancelled: controller.signal,
      output: (stream, text) => {
        this.#send({ id, event: 'output', stream, text });
        return this.#unread?.promise;
      },
    };
    void this.#gate.answer(request, caller).then(async reply => {
      while (this.#unread) await this.#unread.promise;
      this.#open.delete(id);
      this.#send(reply);
      if (this.#ending && this.#open.size === 0) this.#socket.end();
    });
  }

  #send(reply: Reply): void {
    if (this.#socket.destroyed || !this.#socket.writable) return;
    this.lastActive = Date.now();
    this.#socket.write(`${JSON.stringify(reply)}\n`);
    if (this.#unread || this.#socket.writableLength <= limits.unreadBytes) return;
    // Nothing more is taken from the client, or made for it, until it has read this; whoever reads nothing is cut off.
    this.#unread = Promise.withResolvers();
    this.#socket.pause().setTimeout(limits.unreadMs);
  }

  #hasRead(): void {
    if (!this.#unread) return;
    this.#unread.resolve();
    this.#unread = undefined;
    this.#frameTimer?.refresh();
    this.#socket.setTimeout(0);
    this.#goOn();
  }

  #bad(id: string | null, message: string, line?: Buffer): void {
    this.#refuse(id, new Refused('bad-request', message), line);
  }

  #refuse(id: string | null, refused: Refused, line?: Buffer): void {
    const { problem, message } = refused;
    const kept = line && { bytes: line.length, sha256: createHash('sha256').update(line).digest('hex') };
    this.#send({ id, event: 'refused', problem, message, entry: this.#gate.recordBadLine(refused, this.peer, kept) });
  }

  #tooLong(line: Buffer): void {
    this.#hangUp(`A line holds at most ${limits.lineBytes} bytes.`, line);
  }

  /** Answers once more and closes: what follows on this connection could not be told apart. Of a line that is not complete, what came of it. */
  #hangUp(message: string, line: Buffer = Buffer.concat(this.#chunks)): void {
    this.#bad(null, message, line);
    this.#keep([], 0);
    this.#ending = true;
    this.#socket.pause();
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), 1000).unref();
  }

  /** The client will send no more; it may still wait for answers. Once it is gone altogether, writing nothing fails. */
  #noMore(): void {
    if (this.#bytes > 0) return this.#hangUp('The last line was not complete.');
    this.#ending = true;
    if (this.#open.size === 0) return void this.#socket.end();
    const probe = () => this.#socket.writable && this.#socket.write('');
    this.#probing = setInterval(probe, probeMs);
    probe();
  }

  #closed(): void {
    clearTimeout(this.#frameTimer);
    clearInterval(this.#probing);
    this.#ending = true;
    this.#hasRead();
    for (const controller of this.#open.values()) controller.abort('gone');
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(line: Buffer): string | undefined {
  if (line.includes(13)) return undefined;
  try {
    return utf8.decode(line);
  } catch {
    return undefined;
  }
}

function idOf(value: unknown): string | null {
  const id =
    typeof value === 'object' && value !== null && Object.hasOwn(value, 'id') ? (value as { id: unknown }).id : null;
  return typeof id === 'string' && idPattern.test(id) ? id : null;
}
