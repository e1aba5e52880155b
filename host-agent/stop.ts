// How a step ends its verb: it throws a Stop, and the verb's own function answers the refusal in it.
import { basename } from 'node:path';
import { type Problem, Refused } from '../allowlist/refused.ts';

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
  if (error instanceof Stop) return error.refused;
  const { syscall, code, path = '' } = error as NodeJS.ErrnoException;
  if (syscall === undefined || code === undefined) throw error;
  const why = inTheWay[code];
  if (why) return new Refused('not-permitted-now', `${kept}: ${JSON.stringify(basename(path))} ${why}.`);
  return new Refused('failed', `${kept}: ${syscall} answered ${code}; look at the host's disks and its journal.`);
}
