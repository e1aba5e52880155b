// Slows guessing at passwords and codes: after ten failures each further one doubles the wait. Counted by account and by address in the database.
import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import type { Knex } from 'knex';
import type { Deps } from '../feature.ts';
import { Problem } from '../problem.ts';
import { knownDevices } from './device.ts';

const freeTries = 10;
const firstWaitMs = 30_000;
/** However often others guess, an owner without a known browser waits no longer than this for a try. */
const longestWaitMs = 15 * 60_000;
const forgottenAfterMs = 24 * 60 * 60_000;

export interface Tries {
  /** Counts a try before it is made, so that many at once gain nothing; throws Problem 429 where it is too early. Call what it returns when the try was right. */
  begin(req: Request, login: string, what: 'password' | 'code'): Promise<() => Promise<void>>;
}

interface Counted {
  id: string;
  failures: number;
  last_at: number;
  free_at: number;
}

/** A browser that signed in before has tries of its own; any other shares those of its address (an IPv6 network of /56 counts as one) and of the login. */
export function guardTries(deps: Deps): Tries {
  const { db, now } = deps;
  const devices = knownDevices(deps);
  return {
    async begin(req, login, what) {
      const device = devices.of(req, login);
      const address = idOf(what, 'address', ipKeyGenerator(req.ip ?? ''));
      const own = device ? idOf(what, 'device', device) : idOf(what, 'login', login);
      const waitMs = await count(db, device ? [own] : [address, own], now());
      if (waitMs > 0) {
        const seconds = Math.ceil(waitMs / 1000);
        throw new Problem(429, { n: Math.ceil(seconds / 60) }, { 'Retry-After': String(seconds) });
      }
      return async () => {
        await db<Counted>('tries').where({ id: own }).delete();
        // Whoever knows one password of the house takes back this try alone, not the guesses at others.
        const shared = db<Counted>('tries').where({ id: address }).where('failures', '>', 0);
        if (!device) await shared.update({ failures: db.raw('failures - 1'), free_at: 0 });
      };
    },
  };
}

/** For who proved at the host's terminal that the house is theirs. */
export async function forgetTries(db: Knex): Promise<void> {
  await db('tries').delete();
}

/** How long to wait, in ms; 0 where the try is taken and counted under all of the ids. */
async function count(db: Knex, ids: string[], now: number): Promise<number> {
  const sorted = ids.toSorted();
  const blank = sorted.map(id => ({ id, failures: 0, last_at: now, free_at: 0 }));
  await db<Counted>('tries')
    .where('last_at', '<', now - forgottenAfterMs)
    .delete();
  return db.transaction(async trx => {
    // `merge` and not `ignore`: it locks the rows for writing in one go, so that two tries at once never wait for each other.
    await trx<Counted>('tries').insert(blank).onConflict('id').merge(['id']);
    const rows: Counted[] = await trx<Counted>('tries').whereIn('id', sorted);
    const waitMs = Math.max(...rows.map(row => Number(row.free_at) - now));
    if (waitMs > 0) return waitMs;
    for (const { id, failures } of rows) {
      const next = { failures: failures + 1, last_at: now, free_at: now + waitAfter(failures + 1) };
      await trx<Counted>('tries').where({ id }).update(next);
    }
    return 0;
  });
}

function waitAfter(failures: number): number {
  return failures < freeTries ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (failures - freeTries));
}

const idOf = (...parts: string[]) => createHash('sha256').update(JSON.stringify(parts)).digest('hex');
