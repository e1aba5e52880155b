// The one-time token that proves that who opens the setup page is who started the dashboard; and the act that uses it up.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Knex } from 'knex';
import { type Account, insertAccount } from '../accounts/store.ts';
import { isDuplicate } from '../database.ts';
import { Secret } from '../secret.ts';

export const tokenMs = 15 * 60 * 1000;

export interface Setup {
  token: Secret;
  isDone(): Promise<boolean>;
  /** Whether this is the token, and still good. */
  accepts(token: unknown): boolean;
  /** Stores the administrator; undefined where somebody else was first. */
  finish(account: { login: string; name: string; passwordHash: string }): Promise<Account | undefined>;
}

/** `given` is GATEHOUSE_SETUP_TOKEN; without it a token is made. Either is good for 15 minutes. */
export function openSetup(db: Knex, now: () => number, given?: Secret): Setup {
  const token = given ?? new Secret(randomBytes(32).toString('base64url'));
  const wanted = digest(token.reveal());
  const endsAt = now() + tokenMs;
  let done = false;
  return {
    token,
    async isDone() {
      done ||= (await db('setup').first('id')) !== undefined;
      return done;
    },
    accepts: text => typeof text === 'string' && timingSafeEqual(digest(text), wanted) && now() < endsAt,
    async finish({ login, name, passwordHash }) {
      const account: Account = {
        id: randomBytes(12).toString('hex'),
        login,
        name,
        role: 'administrator',
        language: null,
        user: null,
      };
      try {
        await db.transaction(async trx => {
          // The key of this row can be there once; the loser of a race fails on it, and its account is never made.
          await trx('setup').insert({ id: 'done', account_id: account.id, done_at: now() });
          await insertAccount(trx, { ...account, password_hash: passwordHash, created_at: now() });
        });
      } catch (error) {
        if (isDuplicate(error)) return undefined;
        throw error;
      }
      done = true;
      return account;
    },
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
