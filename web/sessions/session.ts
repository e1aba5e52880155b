// Who asks: the session's cookie, its account, and how a session begins and ends.
import { randomBytes } from 'node:crypto';
import express, { type Request, type RequestHandler, type Router } from 'express';
import session from 'express-session';
import { type Account, findAccount } from '../accounts/store.ts';
import { cookieName, cookieOptions } from '../cookies.ts';
import type { Deps } from '../feature.ts';
import { keyFor } from '../keys.ts';
import { browserIn } from './browser.ts';
import { hashOf, longestMs, PasswordChanged, SessionStore } from './store.ts';

export function sessions({ db, now, secret, settings: { origin } }: Deps): Router {
  const router = express.Router();
  if (origin.startsWith('https:')) router.use(cameByTls);
  router.use(
    session({
      store: new SessionStore(db, now),
      name: cookieName('session', origin),
      secret: keyFor('sessions', secret),
      genid: () => randomBytes(32).toString('base64url'),
      cookie: { ...cookieOptions(origin), sameSite: 'lax', maxAge: longestMs },
      resave: false,
      saveUninitialized: false,
      proxy: true,
    }),
  );
  router.use(async (req, res, next) => {
    const account = req.session.accountId && (await findAccount(db, req.session.accountId));
    if (account) res.locals.account = account;
    else delete req.session.accountId;
    // What a page asks by itself while nobody does anything is no use of the session.
    if (req.get('X-Background')) Object.defineProperty(req.session, 'unused', { value: true });
    next();
  });
  return router;
}

/** express-session asks the request whether a Secure cookie may be set; that people come by https is what the origin says. */
const cameByTls: RequestHandler = (req, _res, next) => {
  req.headers['x-forwarded-proto'] = 'https';
  next();
};

/** Under a new id, whatever the browser brought. False, and nothing begun, where the password is not any more the one that was compared. */
export async function beginSession(req: Request, account: Account, passwordHash?: string): Promise<boolean> {
  await promised(done => req.session.regenerate(done));
  req.session.accountId = account.id;
  const [address, agent] = [(req.ip ?? '').slice(0, 64), (req.get('User-Agent') ?? '').slice(0, 255)];
  req.session.begins = { address, agent, passwordHash };
  const begun = await promised(done => req.session.save(done)).then(() => true, refusal);
  delete req.session.begins;
  if (!begun) delete req.session.accountId;
  return begun;
}

function refusal(error: unknown): false {
  if (error instanceof PasswordChanged) return false;
  throw error;
}

export async function endSession(req: Request): Promise<void> {
  await promised(done => req.session.destroy(done));
}

/** Ends the sessions of an account, all or those named by their hash, and what they keep open. How many there were. */
export async function endSessionsOf(
  req: Request,
  accountId: string,
  which: { only?: string; except?: string } = {},
): Promise<number> {
  return storeOf(req).endOf(accountId, which);
}

export interface OpenSession {
  /** Names it in forms; it opens nothing. */
  hash: string;
  current: boolean;
  address: string;
  browser: string;
  beganAt: number;
  seenAt: number;
}

/** The sessions of an account, the one used last first. */
export async function sessionsOf(req: Request, accountId: string): Promise<OpenSession[]> {
  const own = hashOfSession(req);
  return (await storeOf(req).of(accountId)).map(row => ({
    hash: row.id_hash,
    current: row.id_hash === own,
    address: row.address,
    browser: browserIn(row.agent),
    beganAt: Number(row.created_at),
    seenAt: Number(row.seen_at),
  }));
}

export const hashOfSession = (req: Request) => hashOf(req.sessionID);

const storeOf = (req: Request) => req.sessionStore as unknown as SessionStore;

function promised(start: (done: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start(error => (error ? reject(error) : resolve())));
}
