// A browser that has signed in keeps tries of its own, so that whoever guesses elsewhere cannot lock its owner out.
import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { cookieName, cookieOptions, readCookie } from '../cookies.ts';
import type { Deps } from '../feature.ts';
import { keyFor, sameText, sealed } from '../keys.ts';

const yearMs = 365 * 24 * 60 * 60 * 1000;

export interface Devices {
  /** The number of a browser that signed in with this login before; undefined for any other. It opens nothing. */
  of(req: Request, login: string): string | undefined;
  remember(req: Request, res: Response, login: string): void;
}

export function knownDevices({ secret, settings: { origin } }: Deps): Devices {
  const key = keyFor('devices', secret);
  const name = cookieName('device', origin);
  const of = (req: Request, login: string) => {
    const [id = '', proof = ''] = (readCookie(req, name) ?? '').split('.');
    return sameText(proof, sealed(`${id} ${login}`, key)) ? id : undefined;
  };
  return {
    of,
    remember(req, res, login) {
      const id = of(req, login) ?? randomBytes(16).toString('base64url');
      const cookie = `${id}.${sealed(`${id} ${login}`, key)}`;
      res.cookie(name, cookie, { ...cookieOptions(origin), maxAge: yearMs });
    },
  };
}
