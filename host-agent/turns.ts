// Who may go next: one lock at a time by name, a few children at a time, and among the waiting the client with least running.
import { Refused } from '../allowlist/refused.ts';
import { limits } from '../allowlist/wire.ts';

interface Waiter {
  connection: object;
  start: () => void;
}

export class Turns {
  readonly #places: number;
  readonly #running = new Map<object, number>();
  readonly #locks = new Map<string, (() => void)[]>();
  #busy = 0;
  #waiting: Waiter[] = [];
  #lockWaiters = 0;

  constructor(places: number = limits.children) {
    this.#places = places;
  }

  /** Waits for the lock (if any) and then for a place. Gives the function that ends the turn. */
  async take(connection: object, lock: string | undefined, cancelled: AbortSignal): Promise<(() => void) | Refused> {
    if (this.#waiting.length + this.#lockWaiters >= limits.waiting)
      return new Refused('busy', `${limits.waiting} requests are waiting already; try again in a moment.`);
    const unlock = lock === undefined ? () => {} : await this.#lock(lock, cancelled);
    if (!unlock) return gone();
    if (!(await this.#place(connection, cancelled))) {
      unlock();
      return gone();
    }
    return () => {
      unlock();
      this.#leave(connection);
    };
  }

  async #lock(name: string, cancelled: AbortSignal): Promise<(() => void) | undefined> {
    const queue = this.#locks.get(name);
    const unlock = () => {
      const next = this.#locks.get(name)?.shift();
      if (next) next();
      else this.#locks.delete(name);
    };
    if (!queue) {
      this.#locks.set(name, []);
      return cancelled.aborted ? void unlock() : unlock;
    }
    this.#lockWaiters++;
    const turn = await waitIn(queue, start => start, cancelled);
    this.#lockWaiters--;
    return turn ? unlock : undefined;
  }

  async #place(connection: object, cancelled: AbortSignal): Promise<boolean> {
    if (this.#busy < this.#places) this.#busy++;
    else if (!(await waitIn(this.#waiting, start => ({ connection, start }), cancelled))) return false;
    this.#running.set(connection, (this.#running.get(connection) ?? 0) + 1);
    return true;
  }

  /** Gives the place on to whoever is next, so that nobody can slip in between. */
  #leave(connection: object): void {
    const running = (this.#running.get(connection) ?? 1) - 1;
    if (running > 0) this.#running.set(connection, running);
    else this.#running.delete(connection);
    const load = (waiter: Waiter) => this.#running.get(waiter.connection) ?? 0;
    const next = this.#waiting.reduce<Waiter | undefined>(
      (best, waiter) => (!best || load(waiter) < load(best) ? waiter : best),
      undefined,
    );
    if (!next) return void this.#busy--;
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    next.start();
  }
}

/** Waits in a queue until started; leaves it, with false, when cancelled. */
export function waitIn<T>(queue: T[], entryOf: (start: () => void) => T, cancelled: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    const leave = () => {
      const at = queue.indexOf(entry);
      if (at >= 0) queue.splice(at, 1);
      resolve(false);
    };
    const entry = entryOf(() => {
      cancelled.removeEventListener('abort', leave);
      resolve(true);
    });
    if (cancelled.aborted) return resolve(false);
    cancelled.addEventListener('abort', leave, { once: true });
    queue.push(entry);
  });
}

export function gone(): Refused {
  return new Refused('cancelled', 'The request was cancelled before it began; nothing was done.');
}
