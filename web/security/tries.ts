// Slows guessing: so many failed tries in so many minutes, then a page that says when to come back. Counted in memory.
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Problem } from '../problem.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Set to false by a route whose try succeeded. */
      tryCounts?: boolean;
    }
  }
}

/** `by` says whose tries are counted together: an address (an IPv6 network of /56 counts as one), a login or a known browser. */
export function tries(limit: { most: number; minutes: number; by(req: Request): string | undefined }): RequestHandler {
  return rateLimit({
    limit: limit.most,
    windowMs: limit.minutes * 60 * 1000,
    keyGenerator: req => ipKeyGenerator(limit.by(req) ?? ''),
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_req, res) => res.locals.tryCounts === false,
    standardHeaders: false,
    legacyHeaders: false,
    validate: { xForwardedForHeader: false, keyGeneratorIpFallback: false },
    handler: req => {
      const { resetTime } = (req as Request & { rateLimit: { resetTime: Date } }).rateLimit;
      const seconds = Math.max(1, Math.ceil((resetTime.getTime() - Date.now()) / 1000));
      throw new Problem(429, { n: Math.ceil(seconds / 60) }, { 'Retry-After': String(seconds) });
    },
  });
}
