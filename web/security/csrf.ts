// A request that changes something must come from our own page: by what the browser says of it, and by a token only our page has.
import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { cookieName, cookieOptions, readCookie } from '../cookies.ts';
import type { Deps } from '../feature.ts';
import { keyFor, sameText, sealed } from '../keys.ts';
import { Problem } from '../problem.ts';
import { refuseStranger } from './gate.ts';

/** Gives the page its token, another each time: bound to the session, or before sign-in to a cookie of the visitor. */
export function carryToken({ secret, settings: { origin } }: Deps): RequestHandler {
  const key = keyFor('forms', secret);
  const name = cookieName('visitor', origin);
  return (req, res, next) => {
    const carry = (who: string) => {
      res.locals.visitor = sealed(who, key);
      res.locals.csrf = tokenFor(res.locals.visitor, randomBytes(9).toString('base64url'));
      next();
    };
    if (req.session.accountId !== undefined) return carry(`session ${req.sessionID}`);
    const known = readCookie(req, name);
    const visitor = known !== undefined && /^[\w-]{43}$/.test(known) ? known : randomBytes(32).toString('base64url');
    if (visitor !== known) res.cookie(name, visitor, cookieOptions(origin));
    carry(`visitor ${visitor}`);
  };
}

/** Pages go out compressed. Were the token the same in each, the length of a page could tell it to who sends guesses along (BREACH). */
function tokenFor(visitor: string, nonce: string): string {
  return `${nonce}.${sealed(nonce, Buffer.from(visitor))}`;
}

export function refuseForgery({ settings: { origin }, log }: Deps): RequestHandler {
  return (req, res, next) => {
    if (req.method === 'GET' || req.method === 'HEAD') return next();
    const fault = faultOf(req, origin, res.locals.visitor);
    if (fault === undefined) return next();
    // Our own page, whose session has ended since: its token ended with it.
    if (fault === 'token' && req.session.accountId === undefined && !isDoor(req.path)) return refuseStranger(req, res);
    log.warn('a request was refused as forged', { fault, address: req.ip, path: req.path });
    throw new Problem(403);
  };
}

/** Where forms are for who is not signed in. */
const isDoor = (path: string) => /^\/(?:setup|enter|sign-in|theme)(?:\/|$)/.test(path);

/** Browsers name the origin of every form; Sec-Fetch-Site only where the address is trustworthy. What names neither is refused. */
function faultOf(req: Request, origin: string, visitor: string): string | undefined {
  const site = req.get('Sec-Fetch-Site');
  const from = req.get('Origin');
  if (site === undefined && from === undefined) return 'neither Sec-Fetch-Site nor Origin';
  if (site !== undefined && site !== 'same-origin') return 'Sec-Fetch-Site';
  if (from !== undefined && from !== origin) return 'Origin';
  const given: unknown = req.body?._csrf ?? req.get('X-CSRF-Token');
  const [nonce = ''] = typeof given === 'string' ? given.split('.', 1) : [];
  return sameText(given, tokenFor(visitor, nonce)) ? undefined : 'token';
}
