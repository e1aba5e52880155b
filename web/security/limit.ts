// So many requests of one address in so many minutes, then a page that says when to come back. Counted in memory: it keeps floods off, tries.ts guessing.
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Problem } from '../problem.ts';

/** An IPv6 network of /56 counts as one address. Who is signed in is not counted. */
export function limit({ most, minutes }: { most: number; minutes: number }): RequestHandler {
  return rateLimit({
    limit: most,
    windowMs: minutes * 60 * 1000,
    keyGenerator: req => ipKeyGenerator(req.ip ?? ''),
    skip: (_req, res) => res.locals.account !== undefined,
    standardHeaders: false,
    legacyHeaders: false,
    validate: { xForwardedForHeader: false },
    handler: req => {
      const { resetTime } = (req as Request & { rateLimit: { resetTime: Date } }).rateLimit;
      const seconds = Math.max(1, Math.ceil((resetTime.getTime() - Date.now()) / 1000));
      throw new Problem(429, { n: Math.ceil(seconds / 60) }, { 'Retry-After': String(seconds) });
    },
  });
}
