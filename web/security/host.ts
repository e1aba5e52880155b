// Only the address of GATEHOUSE_ORIGIN is served: a foreign name that points here (DNS rebinding) gets a page that says so. Capitals, and the port that goes without saying, make no other.
import type { RequestHandler } from 'express';
import { Problem } from '../problem.ts';

export function refuseForeignHost(origin: string): RequestHandler {
  const { host, port, protocol } = new URL(origin);
  const ours = port === '' ? [host, `${host}:${protocol === 'https:' ? 443 : 80}`] : [host];
  return (req, _res, next) => {
    if (ours.includes(req.host?.toLowerCase())) return next();
    throw new Problem(421, { origin });
  };
}
