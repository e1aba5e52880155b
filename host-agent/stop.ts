// How a step ends its verb: it throws a Stop, and the verb's own function answers the refusal in it.
import { basename } from 'node:path';
import { type Problem, Refused } from '../allowlist/refused.ts';

class Stop extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, message: string) {
    super(message);
    this.problem = problem;
  }
}

export function stop(message: string, problem: Problem = 'not-permitted-now'): never {
  throw new Stop(problem, message);
}

/** What stands in the way on the host, by the system's word for it. */
const inTheWay: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist; make it first',
  ELOOP: 'is a link',
  ENOTDIR: 'is a link or not a folder',
  ENOTEMPTY: 'is still written to; end that first',
  EBUSY: 'is mounted, or something is mounted there; unmount it first',
};

/** The refusal for what a step threw; where the system failed, `kept` says what became of things. A fault of ours is thrown on. */
export function refusedFor(error: unknown, kept: string): Refused {
  if (error instanceof Stop) return new Refused(error.problem, error.message);
  const code = codeOf(error);
  if (code === undefined) throw error;
  const { syscall, path = '' } = error as NodeJS.ErrnoException;
  const why = inTheWay[code];
  if (why) return new Refused('not-permitted-now', `${kept}: ${JSON.stringify(basename(path))} ${why}.`);
  return new Refused('failed', `${kept}: ${syscall} answered ${code}; look at the host's disks and its journal.`);
}

/** What a system error is called, such as ENOENT; undefined for every other error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error ? (error as NodeJS.ErrnoException).code : undefined;
}
