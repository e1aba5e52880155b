// Paces dry runs: so many a second for one peer uid; more wait their turn.
import { limits } from '../allowlist/wire.ts';

export class DryRuns {
  readonly #next = new Map<number, number>();

  /** Resolves when the next dry run of this uid may begin. */
  async turn(uid: number, now = performance.now()): Promise<void> {
    const stepMs = 1000 / limits.dryRunsPerSecond;
    const at = Math.max(this.#next.get(uid) ?? 0, now - 1000 + stepMs);
    this.#next.set(uid, at + stepMs);
    if (at > now) await new Promise(resolve => setTimeout(resolve, at - now));
  }
}
