// Keeps a change as it was shown, and hands it back to who planned it: what runs is what was previewed, to the byte.
import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { Account } from '../accounts/store.ts';
import type { Change } from './change.ts';
import { seal, sealingKey, unseal } from './seal.ts';
import { type ChangeRow, insertPlan } from './store.ts';

export interface Planner {
  account: Pick<Account, 'id' | 'login'>;
  /** The id of the browser's session. */
  session: string;
}
export interface Ways {
  again: string;
  next: string;
  /** The change that this one takes back. */
  takesBack?: string;
}

export const planMs = 15 * 60_000;

export interface Plans {
  keep(change: Change, planner: Planner, ways: Ways): Promise<string>;
  /** undefined where it has ended, or is another account's or session's. */
  open(row: ChangeRow, planner: Planner): Change | undefined;
}

export function openPlans(db: Knex, secret: Buffer, now: () => number): Plans {
  const key = sealingKey(secret);
  return {
    async keep(change, planner, { again, next, takesBack }) {
      const id = `c_${randomBytes(15).toString('base64url')}`;
      await insertPlan(db, {
        id,
        account_id: planner.account.id,
        account: planner.account.login,
        title: change.title,
        state: 'planned',
        touches: JSON.stringify(change.touches),
        again,
        next,
        sealed: seal(change, key, bound(id, planner)),
        inverse: change.inverse ? JSON.stringify(change.inverse) : null,
        takes_back: takesBack ?? null,
        planned_at: now(),
        expires_at: now() + planMs,
        leaves: change.leaves ? JSON.stringify(change.leaves) : null,
      });
      return id;
    },
    open(row, planner) {
      if (row.state !== 'planned' || row.sealed === null || Number(row.expires_at) <= now()) return undefined;
      return unseal<Change>(row.sealed, key, bound(row.id, planner));
    },
  };
}

const bound = (id: string, { account, session }: Planner) =>
  [id, account.id, createHash('sha256').update(session).digest('base64url')].join(' ');
