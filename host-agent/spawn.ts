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

/** For each child that runs, what looks whether it has ended. */
const running = new Set<() => void>();
process.on('SIGCHLD', () => {
  for (const look of running) look();
});

const nothing = openSync('/dev/null', 'r');

/**
 * Implements Host.start. `ended` resolves when the program itself has ended. Its output is what had been written by then: a
 * daemon that it left behind, holding its pipes, delays nothing. Of a child that was killed no part of its group is left.
 */
export function startChild(spec: ChildSpec): Child {
  const { pid, stdout, stderr } = start(spec);
  const { promise: ended, resolve } = Promise.withResolvers<Ended>();
  let isKilled = false;
  // Asks for this child alone: node:child_process waits for others.
  const look = () => {
    const end = endOf(pid);
    if (!end) return;
    // Not released yet, so the group's number is still its own.
    if (isKilled) signalGroup(pid, 'SIGKILL');
    release(pid);
    running.delete(look);
    for (const timer of timers) clearTimeout(timer);
    for (const output of [stdout, stderr]) output.finish();
    resolve(end);
  };
  const watch = () => {
    for (const output of [stdout, stderr]) output.watch();
  };
  const timers = [setTimeout(watch, watchAfterMs), setInterval(look, lookAgainMs)];
  running.add(look);
  return {
    pid,
    stdout: stdout.stream,
    stderr: stderr.stream,
    ended,
    kill(signal) {
      // Once released, the pid may be somebody else's.
      if (!running.has(look)) return;
      isKilled = true;
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
    return { pid, stdout: outputOf(ours[0]!), stderr: outputOf(ours[1]!) };
  } catch (error) {
    for (const fd of ours) closeSync(fd);
    throw error;
  } finally {
    for (const fd of theirs) closeSync(fd);
  }
}

/** The read end of a child's pipe, as a stream. Its descriptor is closed when the child is reaped, whether or not anybody reads. */
function outputOf(fd: number) {
  let socket: Socket | undefined;
  let isOpen = true;
  const close = () => {
    if (isOpen && socket) socket.destroy();
    else if (isOpen) closeSync(fd);
    isOpen = false;
  };
  const stream = new Readable({
    read: () => socket?.resume(),
    destroy(error, done) {
      close();
      done(error);
    },
  });
  return { stream, watch, finish };

  function watch(): void {
    if (!isOpen) return;
    const opened = new Socket({ fd, readable: true, writable: false });
    opened.on('data', bytes => stream.push(bytes) || opened.pause());
    opened.on('end', finish);
    opened.on('error', error => stream.destroy(error));
    socket = opened;
  }

  /** Takes what the pipe still holds as the last there is. */
  function finish(): void {
    if (!isOpen) return;
    socket?.pause().read(); // What the socket has already taken comes by its 'data' event.
    for (let left = unreadBytes(fd); left > 0; ) {
      const bytes = Buffer.allocUnsafe(left);
      const count = readSync(fd, bytes);
      stream.push(bytes.subarray(0, count));
      left -= count;
    }
    stream.push(null);
    close();
  }
}
