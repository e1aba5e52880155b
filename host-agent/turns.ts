// Who may go next: one at a time under each lock, a few children at a time, and of those who wait the client with least running.
import { Refused } from '../allowlist/refused.ts';
import { limits } from '../allowlist/wire.ts';

export class Turns {
  readonly #children: Places;
  /** Each a single place. The rules name a few, so none is taken away again. */
  readonly #locks = new Map<string, Places>();

  constructor(children: number = limits.children) {
    this.#children = new Places(children);
  }

  /** Waits for the lock (if any) and then for a place. Gives the function that ends the turn. */
  async take(connection: object, lock: string | undefined, cancelled: AbortSignal): Promise<(() => void) | Refused> {
    const waiting = [this.#children, ...this.#locks.values()].reduce((sum, places) => sum + places.waiting, 0);
    if (waiting >= limits.waiting)
      return new Refused('busy', `${limits.waiting} requests are waiting already; try again in a moment.`);
    const unlock = lock === undefined ? () => {} : await this.#lock(lock).take(connection, cancelled);
    const leave = unlock && (await this.#children.take(connection, cancelled));
    if (!leave) {
      unlock?.();
      return gone();
    }
    return () => {
      unlock();
      leave();
    };
  }

  #lock(name: string): Places {
    const lock = this.#locks.get(name) ?? new Places(1);
    this.#locks.set(name, lock);
    return lock;
  }
}

/** So many at once have a place; the others wait until they get one or are cancelled. */
export class Places {
  readonly #most: number;
  readonly #holders: object[] = [];
  readonly #waiting = new Set<{ who: object; begin: (begun: boolean) => void }>();

  constructor(most: number) {
    this.#most = most;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Gives the function that gives the place back; undefined where it was cancelled first. */
  async take(who: object, cancelled: AbortSignal): Promise<(() => void) | undefined> {
    if (cancelled.aborted) return undefined;
    if (this.#holders.length < this.#most) this.#holders.push(who);
    else if (!(await this.#wait(who, cancelled))) return undefined;
    return () => this.#leave(who);
  }

  #wait(who: object, cancelled: AbortSignal): Promise<boolean> {
    const { promise, resolve: begin } = Promise.withResolvers<boolean>();
    const waiter = { who, begin };
    const giveUp = () => {
      this.#waiting.delete(waiter);
      begin(false);
    };
    this.#waiting.add(waiter);
    cancelled.addEventListener('abort', giveUp);
    return promise.finally(() => cancelled.removeEventListener('abort', giveUp));
  }

  /** The place passes straight to the next, so that nobody can slip in between. */
  #leave(who: object): void {
    this.#holders.splice(this.#holders.indexOf(who), 1);
    const heldBy = (one: object) => this.#holders.filter(holder => holder === one).length;
    const [first, ...others] = this.#waiting;
    if (!first) return;
    const next = others.reduce((best, waiter) => (heldBy(waiter.who) < heldBy(best.who) ? waiter : best), first);
    this.#waiting.delete(next);
    this.#holders.push(next.who);
    next.begin(true);
  }
}

export function gone(): Refused {
  return new Refused('cancelled', 'The request was cancelled before it began; nothing was done.');
}
