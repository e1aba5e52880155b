// Passkeys (WebAuthn): made and answered by the browser, for this origin only, with the person verified; each challenge is good once, for five minutes.
import { createHash } from 'node:crypto';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Account } from '../accounts/store.ts';
import type { Deps } from '../feature.ts';
import type { PasskeyRow } from './store.ts';

/** Loaded when the first passkey is asked for: it is as large as the rest of signing in together. */
const webauthn = () => import('@simplewebauthn/server');

const challengeMs = 5 * 60_000;
/** EdDSA, ES256 and RS256; what else there is, Node calls experimental. */
const supportedAlgorithmIDs = [-8, -7, -257];

/** What a challenge is bound to: an act, and who asks (locals.ts). */
export interface Asked {
  act: 'register' | 'sign in' | 'prove';
  visitor: string;
  address: string | undefined;
}

/** Browsers have passkeys for names, not for addresses, and only where nobody can listen. */
export function arePasskeysPossible(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  const isAddress = /^(\[.*|[\d.]+)$/.test(hostname);
  if (isAddress) return false;
  return protocol === 'https:' || hostname === 'localhost' || hostname.endsWith('.localhost');
}

export async function askToRegister(deps: Deps, account: Account, asked: Asked) {
  const options = await (await webauthn()).generateRegistrationOptions({
    rpName: 'Gatehouse',
    rpID: new URL(deps.settings.origin).hostname,
    userName: account.login,
    userDisplayName: account.name,
    userID: Buffer.from(account.id),
    excludeCredentials: await credentialsOf(deps, account.id),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    timeout: challengeMs,
    supportedAlgorithmIDs,
  });
  await keepChallenge(deps, options.challenge, asked);
  return options;
}

/** `accountId` narrows it to that account's; without it the person chooses among all they have here. */
export async function askForPasskey(deps: Deps, asked: Asked, accountId?: string) {
  const options = await (await webauthn()).generateAuthenticationOptions({
    rpID: new URL(deps.settings.origin).hostname,
    userVerification: 'required',
    timeout: challengeMs,
    ...(accountId !== undefined && { allowCredentials: await credentialsOf(deps, accountId) }),
  });
  await keepChallenge(deps, options.challenge, asked);
  return options;
}

/** Keeps the passkey that answers; false where it does not, or is kept already. */
export async function register(
  deps: Deps,
  account: Account,
  asked: Asked,
  name: string,
  answer: string,
): Promise<boolean> {
  const kept = await checked(deps, asked, async () => {
    const response: RegistrationResponseJSON = JSON.parse(answer);
    const { registrationInfo } = await (await webauthn()).verifyRegistrationResponse({
      response,
      supportedAlgorithmIDs,
      ...expected(deps, asked),
    });
    if (!registrationInfo) throw new Error('Its attestation is wrong');
    const { id, publicKey, counter } = registrationInfo.credential;
    const row: PasskeyRow = {
      id: digest(id),
      account_id: account.id,
      credential: id,
      public_key: Buffer.from(publicKey).toString('base64url'),
      counter,
      transports: (registrationInfo.credential.transports ?? []).join(' ').slice(0, 255),
      name,
      made_at: deps.now(),
      used_at: null,
    };
    await deps.db<PasskeyRow>('passkeys').insert(row);
    return true;
  });
  return kept === true;
}

/** Whose passkey answers; undefined where none of ours does. */
export async function accountOfPasskey(deps: Deps, asked: Asked, answer: string): Promise<string | undefined> {
  return checked(deps, asked, async () => {
    const response: AuthenticationResponseJSON = JSON.parse(answer);
    const kept = deps.db<PasskeyRow>('passkeys').where({ id: digest(String(response.id)) });
    const row = await kept.clone().first();
    if (!row) throw new Error('It is not kept here');
    const counter = Number(row.counter);
    const { verified, authenticationInfo } = await (await webauthn()).verifyAuthenticationResponse({
      response,
      ...expected(deps, asked),
      credential: { id: row.credential, publicKey: Buffer.from(row.public_key, 'base64url'), counter },
    });
    if (!verified) throw new Error('Its signature is wrong');
    // A copy that answers at the same time finds the counter moved.
    const moved = await kept.where({ counter }).update({ counter: authenticationInfo.newCounter, used_at: deps.now() });
    if (moved !== 1) throw new Error('Its counter moved meanwhile');
    return row.account_id;
  });
}

/** What is wrong with an answer is for the log; people hear only that it does not count. */
async function checked<T>({ log }: Deps, { act, address }: Asked, verify: () => Promise<T>): Promise<T | undefined> {
  try {
    return await verify();
  } catch (error) {
    log.warn('a passkey was refused', { act, why: (error as Error).message, address });
    return undefined;
  }
}

function expected(deps: Deps, asked: Asked) {
  const { origin } = deps.settings;
  return {
    expectedOrigin: origin,
    expectedRPID: new URL(origin).hostname,
    expectedChallenge: (challenge: string) => takeChallenge(deps, challenge, asked),
    requireUserVerification: true,
  };
}

async function credentialsOf({ db }: Deps, accountId: string) {
  const rows: PasskeyRow[] = await db<PasskeyRow>('passkeys').where({ account_id: accountId });
  return rows.map(row => ({ id: row.credential, transports: row.transports.split(' ').filter(Boolean) }));
}

async function keepChallenge({ db, now }: Deps, challenge: string, asked: Asked): Promise<void> {
  await db('challenges').where('expires_at', '<=', now()).delete();
  await db('challenges').insert({ id: challengeId(challenge, asked), expires_at: now() + challengeMs });
}

async function takeChallenge({ db, now }: Deps, challenge: string, asked: Asked): Promise<boolean> {
  const kept = db('challenges').where({ id: challengeId(challenge, asked) });
  return (await kept.where('expires_at', '>', now()).delete()) === 1;
}

const challengeId = (challenge: string, { act, visitor }: Asked) => digest(JSON.stringify([act, visitor, challenge]));
const digest = (text: string) => createHash('sha256').update(text).digest('hex');
