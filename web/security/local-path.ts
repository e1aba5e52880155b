// Where a form may send the browser afterwards: a path of this dashboard, and nothing else.
import type { Request } from 'express';

export function localPath(given: unknown): string {
  if (typeof given !== 'string' || !given.startsWith('/') || given.length > 2000) return '/';
  const here = 'http://gatehouse.invalid';
  const url = URL.parse(given, here);
  // A path that begins with two slashes would be another host; `/..//elsewhere` becomes one.
  return url?.origin === here && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}` : '/';
}

/** The address of a page that goes on to `next`: what leads back to it, the choice of a theme for one, must not forget that. */
export const goingOn = (page: string, next: string): string =>
  next === '/' ? page : `${page}?next=${encodeURIComponent(next)}`;

/** The page that a form or a part of it was asked for from. Our pages say where they are (referrerPolicy in headers.ts); of other pages nothing gets here. */
export function sentFrom(req: Request): string {
  const page = URL.parse(req.get('Referer') ?? '');
  return page ? page.pathname + page.search : req.baseUrl;
}
