// Answers that stay open (live output, the growing audit log) end when the session that asked for them ends, by whatever hand.
import type { Request, Response } from 'express';
import { Problem } from '../problem.ts';
import type { SessionStore } from './store.ts';

/** What ends elsewhere (an age that is reached, a recovery from the host's terminal) is seen within this time. */
const lookEveryMs = 10_000;

/** So many tabs may one account have open; more would only keep others waiting. */
const most = 20;

/** To be called before anything is sent: it may refuse. The answer is destroyed at its session's end: `close` is told, and what is written later goes nowhere. */
export function keepOpen(req: Request, res: Response): void {
  const { streams } = req.sessionStore as unknown as SessionStore;
  streams.add(req.sessionID, String(req.session.accountId), res);
}

export class Streams {
  readonly #open = new Map<Response, { id: string; account: string }>();
  readonly #alive: (ids: string[]) => Promise<string[]>;
  #timer: NodeJS.Timeout | undefined;

  /** `alive` tells which of these sessions are still there. */
  constructor(alive: (ids: string[]) => Promise<string[]>) {
    this.#alive = alive;
  }

  /** Throws Problem 429 where the account has too many open. */
  add(id: string, account: string, res: Response): void {
    if (res.destroyed) return;
    const own = [...this.#open.values()].filter(one => one.account === account);
    if (own.length >= most) throw new Problem(429, { n: 1 }, { 'Retry-After': '60' });
    this.#open.set(res, { id, account });
    this.#timer ??= setInterval(() => void this.look(), lookEveryMs).unref();
    res.once('close', () => {
      this.#open.delete(res);
      if (this.#open.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    });
  }

  /** Ends what belongs to no session any more; everything, where the database does not say. */
  async look(): Promise<void> {
    if (this.#open.size === 0) return;
    const asked = new Map(this.#open);
    const ids = new Set([...asked.values()].map(({ id }) => id));
    const alive = new Set(await this.#alive([...ids]).catch(() => []));
    for (const [res, { id }] of asked) if (!alive.has(id)) res.destroy();
  }
}
