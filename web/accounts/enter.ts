// Where a one-time link leads: whoever holds it sets the account's password and is signed in. Reached by strangers.
import express, { type Router } from 'express';
import { dropFactors } from '../factors/store.ts';
import type { Deps } from '../feature.ts';
import { readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { leaveNotice } from '../notice.ts';
import { knownDevices } from '../security/device.ts';
import { limit } from '../security/limit.ts';
import { prove } from '../security/proof.ts';
import { forgetTries } from '../security/tries.ts';
import { beginSession, endSessionsOf } from '../sessions/session.ts';
import { enterForm, passwordFields } from './forms.ts';
import { enter, invited } from './invitation.ts';
import { hashPassword } from './password.ts';

export function enterRoutes(deps: Deps): Router {
  const { log, now } = deps;
  const devices = knownDevices(deps);
  const router = express.Router();
  const title = () => t('enter.title');

  router.get('/enter', async (req, res) => {
    const found = await invited(deps, req.query.token);
    if (!found) return res.status(404).render('accounts/views/lapsed', { title: title() });
    res.render('accounts/views/enter', { title: title(), ...found, token: req.query.token });
  });

  router.post('/enter', limit({ most: 30, minutes: 15 }), async (req, res) => {
    const found = await invited(deps, req.body?.token);
    if (!found) return res.status(404).render('accounts/views/lapsed', { title: title() });
    const { account, kind } = found;
    const read = readForm(enterForm(account.login), req.body, passwordFields);
    if (!read.ok) {
      const again = { title: title(), ...found, token: req.body.token, form: read.form };
      return res.status(422).render('accounts/views/enter', again);
    }
    const hash = await hashPassword(read.values.password);
    const done = await enter(deps, read.values.token, hash, async trx => {
      await dropFactors(trx, account.id);
      if (kind === 'recovery') await forgetTries(trx);
    });
    if (!done) return res.status(404).render('accounts/views/lapsed', { title: title() });
    const n = await endSessionsOf(req, account.id);
    await beginSession(req, account, hash);
    prove(req, now());
    devices.remember(req, res, account.login);
    log.warn('a password was set by a link', { login: account.login, kind, sessionsEnded: n, address: req.ip });
    leaveNotice(req, 'ok', t(`enter.done.${kind}`, { login: account.login }));
    res.redirect(303, '/');
  });
  return router;
}
