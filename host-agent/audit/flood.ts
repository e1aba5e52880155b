// More refusals than are worth an entry each: of one peer uid the first ten in a second stand alone, the rest are counted.
import type { Problem } from '../../allowlist/refused.ts';

const alonePerSecond = 10;
const windowMs = 1000;
const windowsAtMost = 64;

/** What one uid was refused beyond its ten, in one second. `uid` is null for peers that are not known, or too many to tell apart. */
export interface Burst {
  uid: number | null;
  count: number;
  problems: Partial<Record<Problem, number>>;
}

export class Flood {
  readonly #windows = new Map<number | null, { startMs: number; seen: number; burst: Burst }>();

  /** Whether this refusal gets an entry of its own. One that does not must be counted. */
  standsAlone(uid: number | null, nowMs: number): boolean {
    return ++this.#window(uid, nowMs).seen <= alonePerSecond;
  }

  count(uid: number | null, problem: Problem, nowMs: number): void {
    const { burst } = this.#window(uid, nowMs);
    burst.count += 1;
    burst.problems[problem] = (burst.problems[problem] ?? 0) + 1;
  }

  /** Hands each burst whose second is over to `write`, and forgets it where that gives true. */
  end(nowMs: number, write: (burst: Burst) => boolean): void {
    for (const [key, { startMs, burst }] of this.#windows) {
      const isOpen = nowMs >= startMs && nowMs - startMs < windowMs;
      if (!isOpen && (burst.count === 0 || write(burst))) this.#windows.delete(key);
    }
  }

  /** Until the next second is over; Infinity where none runs. */
  endsInMs(nowMs: number): number {
    const leftMs = Array.from(this.#windows.values(), ({ startMs }) => startMs + windowMs - nowMs);
    return Math.min(...leftMs.filter(ms => ms > 0));
  }

  get isQuiet(): boolean {
    return this.#windows.size === 0;
  }

  #window(uid: number | null, nowMs: number) {
    const key = this.#windows.has(uid) || this.#windows.size < windowsAtMost ? uid : null;
    const window = this.#windows.get(key) ?? { startMs: nowMs, seen: 0, burst: { uid: key, count: 0, problems: {} } };
    this.#windows.set(key, window);
    return window;
  }
}
