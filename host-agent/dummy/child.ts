// A child that is no process: it prints, ends and takes a signal like one, and has its effect at one instant or not at all.
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child, Ended } from '../host.ts';
import type { Fault } from './behaviour.ts';
import type { Output } from './program.ts';

/** Above every pid that Linux gives out, so that a pid that gets astray means nobody. */
let lastPid = 1 << 22;
const chunk = 'x'.repeat(1 << 16);

export function simulate(run: () => Output, fault: Fault): Child {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const { promise: ended, resolve } = Promise.withResolvers<Ended>();
  const killed = new AbortController();
  const end = (outcome: Ended) => {
    stdout.end();
    stderr.end();
    resolve(outcome);
  };

  async function live(): Promise<Ended> {
    await sleepUnlessKilled(fault, killed.signal);
    killed.signal.throwIfAborted();
    const does = fault.exit === undefined && fault.output === undefined;
    const output = does ? run() : { code: fault.exit ?? 0, stdout: '', stderr: fault.stderr ?? '' };
    stderr.write(output.stderr);
    stdout.write(output.stdout);
    for (let left = fault.output ?? 0; left > 0; left -= chunk.length)
      if (!stdout.write(chunk.slice(0, left))) await once(stdout, 'drain', { signal: killed.signal });
    return { code: output.code, signal: null };
  }

  live().then(end, (error: Error) => {
    if (killed.signal.aborted) return end({ code: null, signal: killed.signal.reason });
    // What would be a crash of the real tool.
    stderr.write(`simulated program: ${error.message}\n`);
    end({ code: null, signal: 'SIGABRT' });
  });
  return { pid: ++lastPid, stdout, stderr, ended, kill: signal => killed.abort(signal) };
}

async function sleepUnlessKilled(fault: Fault, signal: AbortSignal): Promise<void> {
  if (fault.delayMs) await sleep(fault.delayMs, undefined, { signal });
  else await null;
  if (fault.hang && !signal.aborted) await once(signal, 'abort');
}
