// What the agent needs of a machine. The real one is native.ts + spawn.ts; dummy/ simulates one. Nothing else differs between the modes.
import type { Readable } from 'node:stream';

export interface ChildSpec {
  /** The whole argv; argv[0] is the absolute path of a program from the table. */
  argv: readonly string[];
  stdin: string;
  env: Readonly<Record<string, string>>;
  /** Descriptors the child inherits as 3, 4, …; named in argv as /proc/self/fd/3 … */
  fds?: readonly number[];
}

export interface Ended {
  code: number | null;
  signal: string | null;
}

export interface Child {
  pid: number;
  stdout: Readable;
  stderr: Readable;
  ended: Promise<Ended>;
  /** Signals the child's whole process group. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

export interface Host {
  mode: 'real' | 'dummy';
  /** Prefix of every absolute path of the host that the agent itself opens: '' on the real machine, a folder of the simulated one. */
  root: string;
  /** Starts a program without a shell, cwd /, own process group. Throws an Error with `code: 'ENOENT'` where the program is not installed. */
  start(child: ChildSpec): Child;
}
