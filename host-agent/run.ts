// Runs one program to its end: deadline, cancel, and no more output kept than the rule says.
import type { Readable } from 'node:stream';
import { Refused } from '../allowlist/refused.ts';
import { limits } from '../allowlist/wire.ts';
import type { Child, Ended, Host } from './host.ts';

export interface RunOptions {
  stdin?: string | undefined;
  env?: Readonly<Record<string, string>>;
  deadlineMs?: number;
  /** Bytes kept of each stream; the rest is read and dropped. */
  outputBytes?: number;
  fds?: readonly number[];
  cancelled?: AbortSignal;
  /** Takes output as it comes; then none is kept. */
  output?: ((stream: 'stdout' | 'stderr', text: string) => void) | undefined;
}

export interface Ran extends Ended {
  stdout: string;
  stderr: string;
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
  const began = performance.now();
  let child: Child;
  try {
    child = host.start({
      argv,
      stdin: options.stdin ?? '',
      env: { ...environment, ...options.env },
      fds: options.fds ?? [],
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT')
      return new Refused('not-installed', `${argv[0]} is not installed on this host; nothing was run.`);
    return new Refused('failed', `${argv[0]} could not be started (${code ?? 'unknown error'}); nothing was run.`);
  }
  let endedBy: Ran['endedBy'] = null;
  let killTimer: NodeJS.Timeout | undefined;
  const end = (by: 'deadline' | 'cancel') => {
    if (endedBy) return;
    endedBy = by;
    child.kill('SIGTERM');
    killTimer = setTimeout(() => child.kill('SIGKILL'), limits.killAfterMs);
  };
  const deadline = setTimeout(end, options.deadlineMs ?? limits.deadlineMs, 'deadline');
  const onCancel = () => end('cancel');
  if (options.cancelled?.aborted) onCancel();
  options.cancelled?.addEventListener('abort', onCancel);
  const keep = options.output ? 0 : (options.outputBytes ?? limits.outputBytes);
  const [stdout, stderr, ended] = await Promise.all([
    collect(child.stdout, keep, options.output && (text => options.output?.('stdout', text))),
    collect(child.stderr, keep, options.output && (text => options.output?.('stderr', text))),
    child.ended,
  ]);
  clearTimeout(deadline);
  clearTimeout(killTimer);
  options.cancelled?.removeEventListener('abort', onCancel);
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
export async function ask(
  host: Host,
  argv: readonly string[],
  stdin = '',
): Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }> {
  const ran = await run(host, argv, { stdin });
  return ran instanceof Refused ? { code: 127, signal: null, stdout: '', stderr: ran.message } : ran;
}

function collect(
  stream: Readable,
  keep: number,
  output?: (text: string) => void,
): Promise<{ text: string; bytes: number; truncated: boolean }> {
  return new Promise(resolve => {
    const chunks: Buffer[] = [];
    const decoder = new TextDecoder();
    let bytes = 0;
    let kept = 0;
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (output) return output(decoder.decode(chunk, { stream: true }));
      if (kept === keep) return;
      const part = chunk.subarray(0, keep - kept);
      kept += part.length;
      chunks.push(part);
    });
    stream.on('error', () => {});
    stream.on('close', () =>
      resolve({ text: decoder.decode(Buffer.concat(chunks)), bytes, truncated: !output && bytes > kept }),
    );
  });
}
