// What accounts prove themselves with beside their password.
import type { Knex } from 'knex';

export interface Passkey {
  id: string;
  name: string;
  madeAt: number;
  usedAt: number | null;
}

export interface Factors {
  /** When the authenticator app was set up; undefined where there is none. */
  authenticator: number | undefined;
  passkeys: Passkey[];
  /** How many recovery codes are left. */
  codes: number;
}

export interface PasskeyRow {
  id: string;
  account_id: string;
  credential: string;
  public_key: string;
  counter: number;
  transports: string;
  name: string;
  made_at: number;
  used_at: number | null;
}

export interface AuthenticatorRow {
  account_id: string;
  sealed: string;
  last_step: number;
  made_at: number;
}

export async function factorsOf(db: Knex, accountId: string): Promise<Factors> {
  const account = { account_id: accountId };
  const [authenticator, passkeys, codes] = await Promise.all([
    db<AuthenticatorRow>('authenticators').where(account).first('made_at'),
    db<PasskeyRow>('passkeys').where(account).orderBy('made_at').orderBy('id'),
    db('recovery_codes').where(account).pluck('code_hash'),
  ]);
  return {
    authenticator: authenticator && Number(authenticator.made_at),
    passkeys: passkeys.map(row => ({
      id: row.id,
      name: row.name,
      madeAt: Number(row.made_at),
      usedAt: row.used_at === null ? null : Number(row.used_at),
    })),
    codes: codes.length,
  };
}

/** Whether a password alone does not sign in. Recovery codes are for a factor that was lost, and no factor themselves. */
export function hasFactor({ authenticator, passkeys }: Factors): boolean {
  return authenticator !== undefined || passkeys.length > 0;
}

/** The ids of the accounts that have one. */
export async function withFactor(db: Knex): Promise<Set<string>> {
  const ids = await db('authenticators').select('account_id').union(db('passkeys').select('account_id'));
  return new Set(ids.map(row => row.account_id));
}

/** False where there was none. */
export async function removeAuthenticator(db: Knex, accountId: string): Promise<boolean> {
  const removed = await db('authenticators').where({ account_id: accountId }).delete();
  await dropIdleCodes(db, accountId);
  return removed === 1;
}

/** What it was called; undefined where the account has no such passkey. */
export async function removePasskey(db: Knex, accountId: string, id: string): Promise<string | undefined> {
  const mine = db<PasskeyRow>('passkeys').where({ id, account_id: accountId });
  const row = await mine.clone().first('name');
  await mine.delete();
  await dropIdleCodes(db, accountId);
  return row?.name;
}

/** Without any factor, codes that stand in for one are worth nothing. */
async function dropIdleCodes(db: Knex, accountId: string): Promise<void> {
  if (!hasFactor(await factorsOf(db, accountId))) await db('recovery_codes').where({ account_id: accountId }).delete();
}

/** Leaves the password alone: for an account whose owner lost everything else. */
export async function dropFactors(db: Knex, accountId: string): Promise<void> {
  for (const table of ['authenticators', 'passkeys', 'recovery_codes'])
    await db(table).where({ account_id: accountId }).delete();
}
