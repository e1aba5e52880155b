// Sessions in the database, under the sha256 of their id: who reads the table cannot sign in with it.
import { createHash } from 'node:crypto';
import { type SessionData, Store } from 'express-session';
import type { Knex } from 'knex';

export const idleMs = 12 * 60 * 60 * 1000;
export const longestMs = 7 * 24 * 60 * 60 * 1000;
const touchEveryMs = 60 * 1000;

declare module 'express-session' {
  interface SessionData {
    accountId?: string;
    /** Set while a session is being begun; only then may its row be made. One that was ended never comes back. */
    begins?: { address: string; agent: string };
  }
}

interface SessionRow {
  id_hash: string;
  account_id: string;
  data: string;
  created_at: number;
  seen_at: number;
  address: string;
  agent: string;
}

export class SessionStore extends Store {
  readonly #db: Knex;
  readonly #now: () => number;

  constructor(db: Knex, now: () => number) {
    super();
    this.#db = db;
    this.#now = now;
  }

  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.#read(hashOf(id)).then(session => done(null, session), done);
  }

  override set(id: string, session: SessionData, done?: (error?: unknown) => void): void {
    this.#write(hashOf(id), session).then(() => done?.(), done);
  }

  override destroy(id: string, done?: (error?: unknown) => void): void {
    this.#rows()
      .where({ id_hash: hashOf(id) })
      .delete()
      .then(() => done?.(), done);
  }

  override touch(id: string, _session: SessionData, done?: (error?: unknown) => void): void {
    const now = this.#now();
    this.#rows()
      .where({ id_hash: hashOf(id) })
      .where('seen_at', '<', now - touchEveryMs)
      .update({ seen_at: now })
      .then(() => done?.(), done);
  }

  #rows(): Knex.QueryBuilder<SessionRow> {
    return this.#db<SessionRow>('sessions');
  }

  async #read(idHash: string): Promise<SessionData | null> {
    const row: SessionRow | undefined = await this.#rows().where({ id_hash: idHash }).first();
    if (row === undefined) return null;
    const now = this.#now();
    if (now < row.seen_at + idleMs && now < row.created_at + longestMs) return JSON.parse(row.data);
    await this.#rows().where({ id_hash: idHash }).delete();
    return null;
  }

  async #write(idHash: string, { begins, ...session }: SessionData): Promise<void> {
    const now = this.#now();
    const data = JSON.stringify(session);
    if (begins === undefined) {
      await this.#rows().where({ id_hash: idHash }).update({ data, seen_at: now });
      return;
    }
    const old = this.#rows();
    await old
      .where('seen_at', '<', now - idleMs)
      .orWhere('created_at', '<', now - longestMs)
      .delete();
    const account_id = String(session.accountId);
    await this.#rows().insert({ id_hash: idHash, account_id, data, created_at: now, seen_at: now, ...begins });
  }
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
