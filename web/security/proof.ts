// Whether who sits at this session proved lately who they are. Asked before what should not be done by whoever finds a browser open.
import type { Request, RequestHandler } from 'express';
import { localPath, sentFrom } from './local-path.ts';

const lastsMs = 10 * 60_000;

declare module 'express-session' {
  interface SessionData {
    provedAt?: number;
  }
}

declare global {
  namespace Express {
    interface Locals {
      proved?: boolean;
    }
  }
}

/** Goes before all that asks. */
export function knowProof(now: () => number): RequestHandler {
  return (req, res, next) => {
    res.locals.proved = now() - (req.session.provedAt ?? Number.NEGATIVE_INFINITY) < lastsMs;
    next();
  };
}

/** To be called when somebody gave a password, a code or a passkey: right after beginSession too. */
export function prove(req: Request, now: number): void {
  req.session.provedAt = now;
}

export function isProved(req: Request): boolean {
  return req.res?.locals.proved === true;
}

/** The page that asks for a proof and goes on to this path. */
export function proveAt(path: string): string {
  return `/prove?next=${encodeURIComponent(localPath(path))}`;
}

/** Asks first, and goes on to the page that was wanted. A form that was sent does nothing, and goes on to the page it stood on. */
export const requireProof: RequestHandler = (req, res, next) => {
  if (isProved(req)) return next();
  const part = req.get('HX-Request') !== undefined;
  const page = req.method === 'GET' && !part ? req.originalUrl : sentFrom(req);
  if (part) return void res.status(401).set('HX-Redirect', proveAt(page)).end();
  res.redirect(303, proveAt(page));
};
