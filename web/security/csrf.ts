// A request that changes something must come from our own page: by what the browser says of it, and by a token only our page has.
import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { cookieName, cookieOptions, readCookie } from '../cookies.ts';
import type { Deps } from '../feature.ts';
import { keyFor, sameText, sealed } from '../keys.ts';
import { Problem } from '../problem.ts';

/** Gives the page its token: bound to the session, or before sign-in to a cookie of the visitor. */
export function carryToken({ secret, settings: { origin } }: Deps): RequestHandler {
  const key = keyFor('forms', secret);
  const name = cookieName('visitor', origin);
  return (req, res, next) => {
    if (req.session.accountId !== undefined) {
      res.locals.csrf = sealed(`session ${req.sessionID}`, key);
      return next();
    }
    const known = readCookie(req, name);
    const visitor = known !== undefined && /^[\w-]{43}$/.test(known) ? known : randomBytes(32).toString('base64url');
    if (visitor !== known) res.cookie(name, visitor, cookieOptions(origin));
    res.locals.csrf = sealed(`visitor ${visitor}`, key);
    next();
  };
}

export function refuseForgery({ settings: { origin }, log }: Deps): RequestHandler {
  return (req, res, next) => {
    if (req.method === 'GET' || req.method === 'HEAD') return next();
    const fault = faultOf(req, origin, res.locals.csrf);
    if (fault === undefined) return next();
    log.warn('a request was refused as forged', { fault, address: req.ip, path: req.path });
    throw new Problem(403);
  };
}

/** Browsers name the origin of every form; Sec-Fetch-Site only where the address is trustworthy. What names neither is refused. */
function faultOf(req: Request, origin: string, token: string): string | undefined {
  const site = req.get('Sec-Fetch-Site');
  const from = req.get('Origin');
  if (site === undefined && from === undefined) return 'neither Sec-Fetch-Site nor Origin';
  if (site !== undefined && site !== 'same-origin') return 'Sec-Fetch-Site';
  if (from !== undefined && from !== origin) return 'Origin';
  return sameText(req.body?._csrf ?? req.get('X-CSRF-Token'), token) ? undefined : 'token';
}
