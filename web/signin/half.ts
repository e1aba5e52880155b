// Somebody whose password was right and whose second step is still missing. A cookie says so for five minutes, to this browser only; it opens that step and nothing else.
import type { Request, Response } from 'express';
import { type Account, findByLogin } from '../accounts/store.ts';
import { cookieName, cookieOptions, readCookie } from '../cookies.ts';
import type { Deps } from '../feature.ts';
import { keyFor, sameText, sealed } from '../keys.ts';

const lastsMs = 5 * 60_000;

export interface Half {
  account: Account;
  /** Of the password that was right. */
  passwordHash: string;
}

export interface HalfSignIns {
  begin(res: Response, account: Account, passwordHash: string): void;
  /** Who it is; undefined where it is too late, or the password is another by now. */
  of(req: Request, res: Response): Promise<Half | undefined>;
  end(res: Response): void;
}

export function halfSignIns({ db, now, secret, settings: { origin } }: Deps): HalfSignIns {
  const name = cookieName('half', origin);
  const key = keyFor('half', secret);
  const proofOf = (res: Response, until: string, { id }: Account, passwordHash: string) =>
    sealed(JSON.stringify([until, id, passwordHash, res.locals.visitor]), key);
  return {
    begin(res, account, passwordHash) {
      const until = String(now() + lastsMs);
      const proof = proofOf(res, until, account, passwordHash);
      res.cookie(name, `${until}~${account.login}~${proof}`, { ...cookieOptions(origin), maxAge: lastsMs });
    },
    async of(req, res) {
      const [until = '', login = '', proof = ''] = (readCookie(req, name) ?? '').split('~');
      if (!(Number(until) > now())) return undefined;
      const { account, passwordHash } = (await findByLogin(db, login)) ?? {};
      if (account === undefined || passwordHash === undefined) return undefined;
      return sameText(proof, proofOf(res, until, account, passwordHash)) ? { account, passwordHash } : undefined;
    },
    end(res) {
      res.clearCookie(name, cookieOptions(origin));
    },
  };
}
