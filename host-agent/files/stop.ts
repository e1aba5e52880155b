// How a step ends its verb: it throws a Stop, and the verb's own function answers the refusal in it.
import { type Problem, Refused } from '../../allowlist/refused.ts';

class Stop extends Error {
  readonly refused: Refused;

  constructor(refused: Refused) {
    super(refused.message);
    this.refused = refused;
  }
}

export function stop(message: string, problem: Problem = 'not-permitted-now'): never {
  throw new Stop(new Refused(problem, message));
}

/** The refusal for what a step threw; where the system failed, `kept` says what became of things. A fault of ours is thrown on. */
export function refusedFor(error: unknown, kept: string): Refused {
  if (error instanceof Stop) return error.refused;
  const code = codeOf(error);
  if (code === undefined) throw error;
  if (code === 'EBUSY')
    return new Refused('not-permitted-now', `${kept}: something is mounted there; unmount it first.`);
  const { syscall } = error as NodeJS.ErrnoException;
  return new Refused('failed', `${kept}: ${syscall} answered ${code}; look at the host's disks and its journal.`);
}

/** What a system error is called, such as ENOENT; undefined for every other error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error ? (error as NodeJS.ErrnoException).code : undefined;
}
