// Paces dry runs: so many a second for one peer uid; more wait their turn, and leave when they are cancelled.
import { Refused } from '../allowlist/refused.ts';
import { limits } from '../allowlist/wire.ts';
import { gone, waitIn } from './turns.ts';

interface Pace {
  nextMs: number;
  waiting: (() => void)[];
  timer?: NodeJS.Timeout | undefined;
}

const stepMs = 1000 / limits.dryRunsPerSecond;

export class DryRuns {
  readonly #paces = new Map<number, Pace>();

  /** Resolves when the next dry run of this uid may begin, or with why it never will. */
  async turn(uid: number, cancelled: AbortSignal): Promise<Refused | undefined> {
    const pace = this.#paces.get(uid) ?? { nextMs: 0, waiting: [] };
    this.#paces.set(uid, pace);
    if (pace.waiting.length >= limits.waiting)
      return new Refused('busy', `${limits.waiting} dry runs are waiting already; try again in a moment.`);
    const begun = waitIn(pace.waiting, start => start, cancelled);
    start(pace);
    return (await begun) ? undefined : gone();
  }
}

/** Starts as many as are due, and looks again when the next one is. */
function start(pace: Pace): void {
  const now = performance.now();
  while (!pace.timer && pace.waiting.length > 0) {
    pace.nextMs = Math.max(pace.nextMs, now - 1000 + stepMs);
    if (pace.nextMs > now) {
      const again = () => {
        pace.timer = undefined;
        start(pace);
      };
      pace.timer = setTimeout(again, pace.nextMs - now);
    } else {
      pace.nextMs += stepMs;
      pace.waiting.shift()?.();
    }
  }
}
