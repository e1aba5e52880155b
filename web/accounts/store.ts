// The accounts of the dashboard: who may sign in. The host's users are no accounts.
import type { Knex } from 'knex';
import type { Language } from '../i18n/language.ts';

export type Role = 'administrator' | 'reviewer' | 'member';

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

interface AccountRow extends Account {
  password_hash: string;
  created_at: number;
}

export async function insertAccount(db: Knex, row: AccountRow): Promise<void> {
  await db<AccountRow>('accounts').insert(row);
}

export async function findAccount(db: Knex, id: string): Promise<Account | undefined> {
  return db<AccountRow>('accounts').first('id', 'login', 'name', 'role', 'language', 'user').where({ id });
}

export async function findByLogin(
  db: Knex,
  login: string,
): Promise<{ account: Account; passwordHash: string } | undefined> {
  const row = await db<AccountRow>('accounts').first().where({ login });
  if (row === undefined) return undefined;
  const { password_hash: passwordHash, created_at: _, ...account } = row;
  return { account, passwordHash };
}
