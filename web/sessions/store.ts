// Sessions in the database, under the sha256 of their id: who reads the table cannot sign in with it.
import { createHash } from 'node:crypto';
import { type SessionData, Store } from 'express-session';
import type { Knex } from 'knex';
import { Streams } from './streams.ts';

export const idleMs = 12 * 60 * 60 * 1000;
export const longestMs = 7 * 24 * 60 * 60 * 1000;
const touchEveryMs = 60 * 1000;

declare module 'express-session' {
  interface SessionData {
    accountId?: string;
    /** Set while a session is being begun; only then may its row be made. One that was ended never comes back. */
    begins?: { address: string; agent: string; passwordHash?: string | undefined };
    /** Set, and never stored, where this request does not keep the session alive. */
    unused?: true;
  }
}

export interface SessionRow {
  id_hash: string;
  account_id: string;
  data: string;
  created_at: number;
  seen_at: number;
  address: string;
  agent: string;
}

export class PasswordChanged extends Error {}

export class SessionStore extends Store {
  readonly #db: Knex;
  readonly #now: () => number;
  readonly streams = new Streams(ids => this.#alive(ids));

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
    this.#end(this.#rows().where({ id_hash: hashOf(id) })).then(() => done?.(), done);
  }

  override touch(id: string, session: SessionData, done?: (error?: unknown) => void): void {
    if (session.unused) return done?.();
    const now = this.#now();
    this.#rows()
      .where({ id_hash: hashOf(id) })
      .where('seen_at', '<', now - touchEveryMs)
      .update({ seen_at: now })
      .then(() => done?.(), done);
  }

  /** The sessions of an account, the one used last first. */
  async of(accountId: string): Promise<SessionRow[]> {
    return this.#living().where({ account_id: accountId }).orderBy('seen_at', 'desc').orderBy('id_hash');
  }

  /** Ends the sessions of an account, all or those named, and what they keep open. How many there were. */
  async endOf(accountId: string, which: { only?: string; except?: string } = {}): Promise<number> {
    const rows = this.#rows().where({ account_id: accountId });
    if (which.only !== undefined) rows.where({ id_hash: which.only });
    if (which.except !== undefined) rows.whereNot({ id_hash: which.except });
    return this.#end(rows);
  }

  async #end(rows: Knex.QueryBuilder<SessionRow>): Promise<number> {
    const ended = await rows.delete();
    await this.streams.look();
    return ended;
  }

  async #alive(ids: string[]): Promise<string[]> {
    const alive = new Set<string>(await this.#living().whereIn('id_hash', ids.map(hashOf)).pluck('id_hash'));
    return ids.filter(id => alive.has(hashOf(id)));
  }

  #living(): Knex.QueryBuilder<SessionRow> {
    const now = this.#now();
    return this.#rows()
      .where('seen_at', '>', now - idleMs)
      .where('created_at', '>', now - longestMs);
  }

  #rows(): Knex.QueryBuilder<SessionRow> {
    return this.#db<SessionRow>('sessions');
  }

  async #read(idHash: string): Promise<SessionData | null> {
    const row: SessionRow | undefined = await this.#living().where({ id_hash: idHash }).first();
    if (row !== undefined) return JSON.parse(row.data);
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
    const { passwordHash, ...from } = begins;
    const id = String(session.accountId);
    await this.#db.transaction(async trx => {
      // In one go with the row: a password that changes meanwhile waits for it, and ends it with the others.
      const same = trx('accounts').where(passwordHash === undefined ? { id } : { id, password_hash: passwordHash });
      if ((await same.update({ signed_in_at: now })) === 0) throw new PasswordChanged();
      const row = { id_hash: idHash, account_id: id, data, created_at: now, seen_at: now, ...from };
      await trx<SessionRow>('sessions').insert(row);
    });
  }
}

/** What a session is called where its id must not be. */
export function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
