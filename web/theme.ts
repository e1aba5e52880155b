// Light, dark or as the system: a cookie, so that the first byte of a page is already right.
import express, { type Request, type Router } from 'express';
import { z } from 'zod';
import { cookieName, cookieOptions, readCookie } from './cookies.ts';
import { localPath } from './security/local-path.ts';

const theme = z.enum(['light', 'dark', 'system']);
const yearMs = 365 * 24 * 60 * 60 * 1000;

export function themeOf(req: Request, origin: string): z.infer<typeof theme> {
  return theme.catch('system').parse(readCookie(req, cookieName('theme', origin)));
}

export function themeRoutes(origin: string): Router {
  const router = express.Router();
  router.post('/theme', (req, res) => {
    const chosen = theme.catch('system').parse(req.body?.theme);
    res.cookie(cookieName('theme', origin), chosen, { ...cookieOptions(origin), maxAge: yearMs });
    res.redirect(303, localPath(req.body?.back));
  });
  return router;
}
