// Finds whom a request names among what the host tells; where there is nobody, or the host tells nothing, the browser is answered.
import type { Request, Response } from 'express';
import type { Reader } from '../agent/reader.ts';
import type { HostUsers } from '../agent/results.ts';
import { t } from '../i18n/text.ts';
import { leaveNotice } from '../notice.ts';
import { readPeople } from './reading.ts';

export function knownTo(reader: Reader) {
  return async <T extends { login: string }>(
    req: Request,
    res: Response,
    which: (people: HostUsers) => readonly T[],
  ): Promise<T | undefined> => {
    const login = String(req.params.login);
    const { value, stale } = await readPeople(reader);
    const found = value && which(value).find(each => each.login === login);
    if (found) return found;
    if (!value) res.status(503).render('users/views/away', { title: login, why: stale?.why ?? '' });
    else {
      leaveNotice(req, 'warn', t('users.gone', { login }));
      res.redirect(303, '/users');
    }
    return undefined;
  };
}
