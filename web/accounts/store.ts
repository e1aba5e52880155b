// The accounts of the dashboard: who may sign in. The host's users are no accounts.
import type { Knex } from 'knex';

export type Role = 'administrator' | 'reviewer' | 'member';

export interface Account {
  id: string;
  login: string;
  name: string;
  role: Role;
}

interface AccountRow extends Account {
  password_hash: string;
  created_at: number;
}

export async function insertAccount(db: Knex, row: AccountRow): Promise<void> {
  await db<AccountRow>('accounts').insert(row);
}

export async function findAccount(db: Knex, id: string): Promise<Account | undefined> {
  return db<AccountRow>('accounts').first('id', 'login', 'name', 'role').where({ id });
}

export async function findByLogin(
  db: Knex,
  login: string,
): Promise<{ account: Account; passwordHash: string } | undefined> {
  const row = await db<AccountRow>('accounts').first().where({ login });
  if (row === undefined) return undefined;
  const { id, name, role } = row;
  return { account: { id, login: row.login, name, role }, passwordHash: row.password_hash };
}
