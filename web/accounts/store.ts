// The accounts of the dashboard: who may sign in. The host's users are no accounts.
import type { Knex } from 'knex';
import type { Language } from '../i18n/language.ts';

export const roles = ['administrator', 'reviewer', 'member'] as const;
export type Role = (typeof roles)[number];

export interface Account {
  id: string;
  login: string;
  name: string;
  role: Role;
  /** What it chose; null: as the browser asks. */
  language: Language | null;
  /** The user of the host that it stands for; members have one. */
  user: string | null;
}

/** An account as the list of accounts shows it. */
export interface ListedAccount extends Account {
  hasPassword: boolean;
  signedInAt: number | null;
  /** Until when its invitation is good, where one is open. */
  invitedUntil: number | null;
}

interface AccountRow extends Account {
  /** '' where none was set yet: no password is right. */
  password_hash: string;
  created_at: number;
}

const columns = ['id', 'login', 'name', 'role', 'language', 'user'] as const;

export async function insertAccount(db: Knex, row: AccountRow): Promise<void> {
  await db<AccountRow>('accounts').insert(row);
}

export async function findAccount(db: Knex, id: string): Promise<Account | undefined> {
  return db<AccountRow>('accounts')
    .first(...columns)
    .where({ id });
}

/** `passwordHash` is undefined for an account that was invited and has not set a password yet. */
export async function findByLogin(
  db: Knex,
  login: string,
): Promise<{ account: Account; passwordHash: string | undefined } | undefined> {
  const row = await db<AccountRow>('accounts')
    .first(...columns, 'password_hash')
    .where({ login });
  if (row === undefined) return undefined;
  const { password_hash: passwordHash, ...account } = row;
  return { account, passwordHash: passwordHash || undefined };
}

export async function listAccounts(db: Knex): Promise<ListedAccount[]> {
  const rows = await db('accounts')
    .leftJoin('invitations', 'invitations.account_id', 'accounts.id')
    .select(
      ...columns.map(name => `accounts.${name}`),
      'accounts.password_hash',
      'accounts.signed_in_at',
      'invitations.expires_at',
    );
  return rows.map(({ password_hash, signed_in_at, expires_at, ...account }) => ({
    ...account,
    hasPassword: password_hash !== '',
    signedInAt: signed_in_at === null ? null : Number(signed_in_at),
    invitedUntil: expires_at === null ? null : Number(expires_at),
  }));
}

export async function changeAccount(db: Knex, id: string, changes: Partial<Omit<Account, 'id'>>): Promise<void> {
  await db<AccountRow>('accounts').where({ id }).update(changes);
}

/** The number that its user had when they were bound; null: it stands for nobody, or they were bound before numbers were kept. */
export async function boundUid(db: Knex, id: string): Promise<number | null> {
  return (await db('accounts').where({ id }).first('user_uid'))?.user_uid ?? null;
}

export async function bindUid(db: Knex, id: string, uid: number | null): Promise<void> {
  await db('accounts').where({ id }).update({ user_uid: uid });
}

/** Whether the login that an account stands for is another person's by now. A user whom the host does not know now is not taken for another. */
export function isAnother(bound: number | null, user: { uid: number } | undefined): boolean {
  return bound !== null && user !== undefined && user.uid !== bound;
}

/** An empty hash takes the password away. False where `before` is not any more the one that is kept. */
export async function setPasswordHash(db: Knex, id: string, hash: string, before?: string): Promise<boolean> {
  const kept = before === undefined ? { id } : { id, password_hash: before };
  return (await db<AccountRow>('accounts').where(kept).update({ password_hash: hash })) > 0;
}

export async function deleteAccount(db: Knex, id: string): Promise<void> {
  await db<AccountRow>('accounts').where({ id }).delete();
}
