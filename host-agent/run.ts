// Runs one program to its end: deadline, cancel, and no more output kept than the rule says.
import { Refused } from '../allowlist/refused.ts';
import { limits } from '../allowlist/wire.ts';
import type { Child, Ended, Host } from './host.ts';

type Stream = 'stdout' | 'stderr';

export interface RunOptions {
  stdin?: string | undefined;
  env?: Readonly<Record<string, string>>;
  deadlineMs?: number;
  /** Bytes kept of each stream; the rest is read and dropped. */
  outputBytes?: number;
  fds?: readonly number[];
  cancelled?: AbortSignal;
  /** Takes output as it comes; then none is kept. While a promise that it gives is not kept, the program waits. */
  output?: ((stream: Stream, text: string) => Promise<void> | undefined) | undefined;
}

/** What a program said, and how it ended. */
export type Answer = Ended & Record<Stream, string>;

export interface Ran extends Answer {
  stdoutBytes: number;
  stderrBytes: number;
  truncated: boolean;
  /** Why it was ended before its time, if it was. */
  endedBy: 'deadline' | 'cancel' | null;
  ms: number;
}

const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', HOME: '/root' };

/** Starts argv on the host and waits for its end. Refused where the program is not installed or cannot be started. */
export async function run(host: Host, argv: readonly string[], options: RunOptions = {}): Promise<Ran | Refused> {
  const { stdin = '', env, fds = [], deadlineMs = limits.deadlineMs, cancelled } = options;
  const began = performance.now();
  let child: Child;
  try {
    child = host.start({ argv, stdin, env: { ...environment, ...env }, fds });
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    return code === 'ENOENT'
      ? new Refused('not-installed', `${argv[0]} is not installed on this host; nothing was run.`)
      : new Refused('failed', `${argv[0]} could not be started (${code}); nothing was run.`);
  }
  let endedBy: Ran['endedBy'] = null;
  let hasEnded = false;
  void child.ended.then(() => {
    hasEnded = true;
  });
  let killTimer: NodeJS.Timeout | undefined;
  const end = (by: 'deadline' | 'cancel') => {
    // Afterwards its output may still wait for whoever reads it.
    if (endedBy || hasEnded) return;
    endedBy = by;
    child.kill('SIGTERM');
    killTimer = setTimeout(() => child.kill('SIGKILL'), limits.killAfterMs);
  };
  const deadline = setTimeout(end, deadlineMs, 'deadline');
  const onCancel = () => end('cancel');
  if (cancelled?.aborted) onCancel();
  cancelled?.addEventListener('abort', onCancel);
  const [ended, stdout, stderr] = await Promise.all([
    child.ended,
    collect(child, 'stdout', options),
    collect(child, 'stderr', options),
  ]);
  clearTimeout(deadline);
  clearTimeout(killTimer);
  cancelled?.removeEventListener('abort', onCancel);
  return {
    ...ended,
    stdout: stdout.text,
    stderr: stderr.text,
    stdoutBytes: stdout.bytes,
    stderrBytes: stderr.bytes,
    truncated: stdout.truncated || stderr.truncated,
    endedBy,
    ms: Math.round(performance.now() - began),
  };
}

/** Shorthand for the agent's own questions: a program that cannot be started counts as one that failed. */
export async function ask(host: Host, argv: readonly string[], stdin = ''): Promise<Answer> {
  const ran = await run(host, argv, { stdin });
  return ran instanceof Refused ? { code: 127, signal: null, stdout: '', stderr: ran.message } : ran;
}

/** What a program said of its failure, for a message: its first words, or else how it ended. */
export function wordsOf({ stdout, stderr, signal, code }: Answer): string {
  const said = (stderr.trim() || stdout.trim()).slice(0, 1000);
  return said || (signal ? `ended by ${signal}` : `exit status ${code}`);
}

function collect(child: Child, stream: Stream, { output, outputBytes = limits.outputBytes }: RunOptions) {
  const chunks: Buffer[] = [];
  const decoder = new TextDecoder();
  let bytes = 0;
  const tell = (text: string) => (text === '' ? undefined : output?.(stream, text));
  child[stream].on('data', (chunk: Buffer) => {
    if (output) {
      const room = tell(decoder.decode(chunk, { stream: true }));
      if (room) child[stream].pause();
      void room?.then(() => child[stream].resume());
    } else if (bytes < outputBytes) chunks.push(chunk.subarray(0, outputBytes - bytes));
    bytes += chunk.length;
  });
  child[stream].on('error', () => {});
  return new Promise<{ text: string; bytes: number; truncated: boolean }>(resolve => {
    child[stream].on('close', () => {
      // Where it was told as it came, half a character at most.
      const rest = decoder.decode(Buffer.concat(chunks));
      void tell(rest);
      resolve({ text: output ? '' : rest, bytes, truncated: !output && bytes > outputBytes });
    });
  });
}
