// The six digits of an authenticator app (TOTP): its secret is sealed in the database, and no code is taken twice.
import { generateSecret, generateURI, verify } from 'otplib';
import { encode } from 'uqr';
import type { Account } from '../accounts/store.ts';
import { seal, unseal } from '../changes/seal.ts';
import type { Deps } from '../feature.ts';
import { keyFor } from '../keys.ts';
import type { AuthenticatorRow } from './store.ts';

const stepS = 30;

export interface Enrolment {
  /** Comes back with the first code; nothing is kept before that. */
  sealed: string;
  /** In groups of four, to be typed. */
  secret: string;
  uri: string;
  /** The path of an SVG, a unit a square, `size` units wide. */
  qr: { size: number; path: string };
}

/** A new secret, or the one that is being set up. undefined where `sealed` is none of ours. */
export function beginEnrolment(deps: Deps, account: Account, sealed?: string): Enrolment | undefined {
  const [key, bound] = enrolling(deps, account);
  const secret = sealed === undefined ? generateSecret() : unseal<string>(sealed, key, bound);
  if (secret === undefined) return undefined;
  const issuer = `Gatehouse ${new URL(deps.settings.origin).host}`;
  const uri = generateURI({ issuer, label: account.login, secret });
  return { sealed: sealed ?? seal(secret, key, bound), secret: secret.match(/.{1,4}/g)!.join(' '), uri, qr: qrOf(uri) };
}

/** Keeps the app whose secret was sealed here, in place of another, when `code` is of it. */
export async function enrol(deps: Deps, account: Account, sealed: string, code: string): Promise<boolean> {
  const secret = unseal<string>(sealed, ...enrolling(deps, account));
  const step = secret && (await stepOf(secret, code, deps.now()));
  if (!step) return false;
  const row: AuthenticatorRow = {
    account_id: account.id,
    sealed: seal(secret, keyFor('factors', deps.secret), account.id),
    last_step: step,
    made_at: deps.now(),
  };
  await deps.db<AuthenticatorRow>('authenticators').insert(row).onConflict('account_id').merge();
  return true;
}

/** Takes the code: a second time it is wrong, also of two that come at once. */
export async function takeCode({ db, secret, now }: Deps, accountId: string, code: string): Promise<boolean> {
  const mine = db<AuthenticatorRow>('authenticators').where({ account_id: accountId });
  const row = await mine.clone().first();
  const opened = row && unseal<string>(row.sealed, keyFor('factors', secret), accountId);
  const step = opened && (await stepOf(opened, code, now()));
  if (!step) return false;
  return (await mine.where('last_step', '<', step).update({ last_step: step })) === 1;
}

/** Which 30 seconds since 1970 this is the code of; one before and one after pass, for clocks that differ. */
async function stepOf(secret: string, code: string, now: number): Promise<number | undefined> {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const epoch = Math.floor(now / 1000);
  const found = await verify({ secret, token, epoch, epochTolerance: stepS });
  return found.valid ? Math.floor(epoch / stepS) + found.delta : undefined;
}

const enrolling = (deps: Deps, { id }: Account) => [keyFor('factors', deps.secret), `enrol ${id}`] as const;

function qrOf(text: string): { size: number; path: string } {
  const { size, data } = encode(text, { border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : []))).join('');
  return { size, path };
}
