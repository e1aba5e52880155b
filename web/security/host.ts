// Only the address of GATEHOUSE_ORIGIN is served: a foreign name that points here (DNS rebinding) gets a page that says so.
import type { RequestHandler } from 'express';
import { Problem } from '../problem.ts';

export function refuseForeignHost(origin: string): RequestHandler {
  const host = new URL(origin).host;
  return (req, _res, next) => {
    if (req.host === host) return next();
    throw new Problem(421, { origin });
  };
}
