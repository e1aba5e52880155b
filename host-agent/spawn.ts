// Starts processes; nothing else in the agent does.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { Child, ChildSpec, Ended } from './host.ts';
import { duplicate, endOf, openMemory, openPipe, release, signalGroup, spawn, unreadBytes } from './native.ts';

// Watching two pipes from the event loop costs a short program a tenth of its time, so it begins when a child turns out to
// live longer. Until then what it writes waits in the pipes.
const watchAfterMs = 5;
// SIGCHLD tells at once that a child ended. Looking now and then as well keeps Node from exiting under a silent child.
const lookAgainMs = 1000;

interface Running {
  pid: number;
  outputs: readonly Output[];
  killed: boolean;
  watching: NodeJS.Timeout;
  resolve(ended: Ended): void;
}

const running = new Set<Running>();
let lookingAgain: NodeJS.Timeout | undefined;
process.on('SIGCHLD', reap);

const nothing = openSync('/dev/null', 'r');

/**
 * Implements Host.start. `ended` resolves when the program itself has ended. Its output is what had been written by then: a
 * daemon that it left behind, holding its pipes, delays nothing. Of a child that was killed no part of its group is left.
 */
export function startChild(spec: ChildSpec): Child {
  const { pid, stdout, stderr } = start(spec);
  const { promise: ended, resolve } = Promise.withResolvers<Ended>();
  const outputs = [stdout, stderr];
  const watching = setTimeout(() => {
    for (const output of outputs) output.watch();
  }, watchAfterMs);
  const child: Running = { pid, outputs, killed: false, watching, resolve };
  running.add(child);
  lookingAgain ??= setInterval(reap, lookAgainMs);
  return {
    pid,
    stdout,
    stderr,
    ended,
    kill(signal) {
      // Once released, the pid may be somebody else's.
      if (!running.has(child)) return;
      child.killed = true;
      signalGroup(pid, signal);
    },
  };
}

function start({ argv, stdin, env, fds = [] }: ChildSpec) {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  // C ends a string at NUL: the program would get another argument than was checked and recorded.
  if ([...argv, ...variables].some(text => text.includes('\0'))) throw new Error('An argument holds a NUL character');

  const theirs: number[] = [];
  const ours: number[] = [];
  try {
    // A file in memory and not a pipe: it takes any size at once, and nothing waits for a child that never reads.
    const input = Buffer.from(stdin);
    if (input.length > 0) theirs.push(openMemory());
    for (let at = 0; at < input.length; ) at += writeSync(theirs[0]!, input, at, input.length - at, at);
    for (let output = 0; output < 2; output++) {
      const [read, write] = openPipe();
      ours.push(read);
      theirs.push(write);
    }
    // Raised above their targets, so that none is overwritten before its turn.
    for (const fd of fds) theirs.push(duplicate(fd, 3 + fds.length));
    const pid = spawn(argv, variables, input.length > 0 ? theirs : [nothing, ...theirs]);
    return { pid, stdout: new Output(ours[0]!), stderr: new Output(ours[1]!) };
  } catch (error) {
    for (const fd of ours) closeSync(fd);
    throw error;
  } finally {
    for (const fd of theirs) closeSync(fd);
  }
}

/** Looks only at children of its own: node:child_process waits for others. */
function reap(): void {
  for (const child of running) {
    const ended = endOf(child.pid);
    if (!ended) continue;
    // Not released yet, so the group's number is still its own.
    if (child.killed) signalGroup(child.pid, 'SIGKILL');
    release(child.pid);
    running.delete(child);
    clearTimeout(child.watching);
    for (const output of child.outputs) output.finish();
    child.resolve(ended);
  }
  if (running.size > 0) return;
  clearInterval(lookingAgain);
  lookingAgain = undefined;
}

/** The read end of a child's pipe. Its descriptor is closed when the child is reaped, whether or not anybody reads. */
class Output extends Readable {
  readonly #fd: number;
  #socket: Socket | undefined;
  #closed = false;

  constructor(fd: number) {
    super();
    this.#fd = fd;
  }

  watch(): void {
    if (this.#closed) return;
    const socket = new Socket({ fd: this.#fd, readable: true, writable: false });
    socket.on('data', bytes => this.push(bytes) || socket.pause());
    socket.on('end', () => this.finish());
    socket.on('error', error => this.destroy(error));
    this.#socket = socket;
  }

  /** Takes what the pipe still holds as the last there is. */
  finish(): void {
    if (this.#closed) return;
    this.#socket?.pause().read(); // What the socket has already taken comes by its 'data' event.
    for (let left = unreadBytes(this.#fd); left > 0; ) {
      const bytes = Buffer.allocUnsafe(left);
      const count = readSync(this.#fd, bytes);
      this.push(bytes.subarray(0, count));
      left -= count;
    }
    this.push(null);
    this.#close();
  }

  override _read(): void {
    this.#socket?.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#close();
    done(error);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#socket) this.#socket.destroy();
    else closeSync(this.#fd);
  }
}
