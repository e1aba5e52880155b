// Names and attributes of the cookies: under https they carry __Host-, which binds them to this address.
import type { CookieOptions, Request } from 'express';

export function cookieName(name: 'session' | 'visitor' | 'theme' | 'device' | 'half', origin: string): string {
  return origin.startsWith('https:') ? `__Host-gatehouse-${name}` : `gatehouse-${name}`;
}

export function cookieOptions(origin: string): CookieOptions & { path: string } {
  return { httpOnly: true, sameSite: 'lax', secure: origin.startsWith('https:'), path: '/' };
}

export function readCookie(req: Request, name: string): string | undefined {
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
