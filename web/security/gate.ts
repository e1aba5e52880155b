// Default deny: what stands behind these is for a signed-in administrator of a dashboard that has been set up.
import type { Request, RequestHandler } from 'express';
import { Problem } from '../problem.ts';
import type { Setup } from '../setup/setup.ts';

export function requireSetup(setup: Setup): RequestHandler {
  return async (req, res, next) => {
    if (await setup.isDone()) return next();
    if (looks(req)) return res.redirect(303, '/setup');
    throw new Problem(403);
  };
}

export const requireAdministrator: RequestHandler = (req, res, next) => {
  if (res.locals.account?.role === 'administrator') return next();
  if (res.locals.account) throw new Problem('role');
  const signIn = `/sign-in?next=${encodeURIComponent(req.originalUrl)}`;
  // A part of a page cannot become the sign-in page; a stream has no page at all.
  if (req.get('HX-Request')) return void res.status(401).set('HX-Redirect', '/sign-in').end();
  if (req.accepts('html', 'text/event-stream') === 'text/event-stream') return void res.status(401).end();
  if (looks(req)) return res.redirect(303, signIn);
  throw new Problem(403);
};

const looks = (req: Request) => req.method === 'GET' || req.method === 'HEAD';
