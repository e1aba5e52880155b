// Paces dry runs: so many a second for one peer uid; more wait their turn, and leave when they are cancelled.
import { Refused } from '../allowlist/refused.ts';
import { limits } from '../allowlist/wire.ts';
import { gone, Places } from './turns.ts';

const stepMs = 1000 / limits.dryRunsPerSecond;

export class DryRuns {
  readonly #paces = new Map<number, { places: Places; backMs: number }>();

  /** Resolves when the next dry run of this uid may begin, or with why it never will. */
  async turn(uid: number, cancelled: AbortSignal): Promise<Refused | undefined> {
    const pace = this.#paces.get(uid) ?? { places: new Places(limits.dryRunsPerSecond), backMs: 0 };
    this.#paces.set(uid, pace);
    if (pace.places.waiting >= limits.waiting)
      return new Refused('busy', `${limits.waiting} dry runs are waiting already; try again in a moment.`);
    const giveBack = await pace.places.take(pace, cancelled);
    if (!giveBack) return gone();
    // However long it runs: a second's worth of places, and one comes back at each step.
    const now = performance.now();
    pace.backMs = Math.max(pace.backMs, now) + stepMs;
    setTimeout(giveBack, pace.backMs - now);
    return undefined;
  }
}
