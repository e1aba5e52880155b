// Default deny: what stands behind these is for an account whose role the feature names, of a dashboard that has been set up.
import type { Request, RequestHandler, Response } from 'express';
import type { Account } from '../accounts/store.ts';
import type { Feature } from '../feature.ts';
import { Problem } from '../problem.ts';
import type { Setup } from '../setup/setup.ts';
import { sentFrom } from './local-path.ts';

export function requireSetup(setup: Setup): RequestHandler {
  return async (req, res, next) => {
    if (await setup.isDone()) return next();
    if (looks(req)) return res.redirect(303, '/setup');
    throw new Problem(403);
  };
}

/** Each feature says who may look and who may act; what no feature answers for is an administrator's to find missing. */
export function requireAccess(features: readonly Feature[]): RequestHandler {
  return (req, res, next) => {
    const { account } = res.locals;
    if (account === undefined) return refuseStranger(req, res);
    const feature = featureAt(features, req.path);
    const may = looks(req) ? mayLook : mayAct;
    if (feature ? may(feature, account) : account.role === 'administrator') return next();
    const home = features.find(one => one.nav && mayLook(one, account));
    if (req.path === '/' && looks(req) && home) return res.redirect(303, home.path);
    throw new Problem('role');
  };
}

export function mayLook({ access, only }: Feature, account: Account): boolean {
  return access.look.includes(account.role) && (only?.(account) ?? true);
}

function mayAct({ access, only }: Feature, account: Account): boolean {
  return access.act.includes(account.role) && (only?.(account) ?? true);
}

export function featureAt(features: readonly Feature[], path: string): Feature | undefined {
  const below = features.filter(feature => path === feature.path || path.startsWith(`${feature.path}/`));
  return below.toSorted((a, b) => b.path.length - a.path.length)[0];
}

/** Who is not signed in, or not any more: a session may end while somebody fills a form. Nothing is done; signing in leads back to the page. */
export function refuseStranger(req: Request, res: Response): void {
  const signIn = (next: string) => `/sign-in?next=${encodeURIComponent(next)}`;
  // A part of a page cannot become the sign-in page; a stream has no page at all: app.js sees to it.
  if (req.get('HX-Request'))
    return void res
      .status(401)
      .set('HX-Redirect', signIn(sentFrom(req)))
      .end();
  if (req.accepts('html', 'text/event-stream') === 'text/event-stream') return void res.status(401).end();
  if (looks(req)) return res.redirect(303, signIn(req.originalUrl));
  throw new Problem('session', { signIn: signIn(sentFrom(req)) });
}

const looks = (req: Request) => req.method === 'GET' || req.method === 'HEAD';
