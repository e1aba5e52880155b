// Answers that stay open (live output, the growing audit log) end when the session that asked for them ends, by whatever hand.
import type { Request, Response } from 'express';
import type { SessionStore } from './store.ts';

/** What ends elsewhere (an age that is reached, a recovery from the host's terminal) is seen within this time. */
const lookEveryMs = 10_000;

/** To be called when the headers were sent. The answer is destroyed at its session's end: `close` is told, and what is written later goes nowhere. */
export function keepOpen(req: Request, res: Response): void {
  (req.sessionStore as unknown as SessionStore).streams.add(req.sessionID, res);
}

export class Streams {
  readonly #open = new Map<Response, string>();
  readonly #alive: (ids: string[]) => Promise<string[]>;
  #timer: NodeJS.Timeout | undefined;

  /** `alive` tells which of these sessions are still there. */
  constructor(alive: (ids: string[]) => Promise<string[]>) {
    this.#alive = alive;
  }

  add(id: string, res: Response): void {
    this.#open.set(res, id);
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
    const alive = new Set(await this.#alive([...new Set(asked.values())]).catch(() => []));
    for (const [res, id] of asked) if (!alive.has(id)) res.destroy();
  }
}
