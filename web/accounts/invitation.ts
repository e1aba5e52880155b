// A link that lets one person set the password of one account, once: made for a new account, after a reset, or at the host's terminal.
import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { Deps } from '../feature.ts';
import { keyFor, sealed } from '../keys.ts';
import { Secret } from '../secret.ts';
import { type Account, findAccount, setPasswordHash } from './store.ts';

export const invitationMs = { invitation: 24 * 60 * 60_000, recovery: 15 * 60_000 } as const;
export type Kind = keyof typeof invitationMs;

interface Invitation {
  account_id: string;
  /** Under a key of the secret file: who can only write to the database can make no link. */
  token_hash: string;
  kind: Kind;
  expires_at: number;
}

type Needs = Pick<Deps, 'db' | 'now' | 'secret' | 'settings'>;

/** The link, 256 bits, which is kept nowhere. The account's link of before is worth nothing from now on. */
export async function invite({ db, now, secret, settings }: Needs, accountId: string, kind: Kind): Promise<Secret> {
  const token = randomBytes(32).toString('base64url');
  await db<Invitation>('invitations')
    .insert({
      account_id: accountId,
      token_hash: hashOf(token, secret),
      kind,
      expires_at: now() + invitationMs[kind],
    })
    .onConflict('account_id')
    .merge();
  return new Secret(`${settings.origin}/enter?token=${token}`);
}

export async function invited(
  { db, now, secret }: Needs,
  token: unknown,
): Promise<{ account: Account; kind: Kind } | undefined> {
  if (typeof token !== 'string') return undefined;
  const found = await open(db, token, secret, now()).first();
  const account = found && (await findAccount(db, found.account_id));
  return account && { account, kind: found.kind };
}

/** Uses the link up and sets the password; false where it was used or lapsed meanwhile. `alsoDrop` runs with it or not at all. */
export async function enter(
  { db, now, secret }: Needs,
  token: string,
  passwordHash: string,
  alsoDrop: (trx: Knex, accountId: string, kind: Kind) => Promise<void>,
): Promise<boolean> {
  return db.transaction(async trx => {
    const found = await open(trx, token, secret, now()).first().forUpdate();
    if (found === undefined) return false;
    await trx<Invitation>('invitations').where({ account_id: found.account_id }).delete();
    await setPasswordHash(trx, found.account_id, passwordHash);
    await alsoDrop(trx, found.account_id, found.kind);
    return true;
  });
}

export async function withdrawInvitation(db: Knex, accountId: string): Promise<void> {
  await db<Invitation>('invitations').where({ account_id: accountId }).delete();
}

function open(db: Knex, token: string, secret: Buffer, now: number) {
  return db<Invitation>('invitations')
    .where({ token_hash: hashOf(token, secret) })
    .where('expires_at', '>', now);
}

const hashOf = (token: string, secret: Buffer) => sealed(token, keyFor('invitations', secret));
