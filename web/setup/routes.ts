// First run: the token, then one form. Afterwards there is no such page.
import express, { type RequestHandler, type Router } from 'express';
import { passwordFields } from '../accounts/forms.ts';
import { hashPassword } from '../accounts/password.ts';
import type { Deps } from '../feature.ts';
import { formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { leaveNotice } from '../notice.ts';
import { Problem } from '../problem.ts';
import { limit } from '../security/limit.ts';
import { prove } from '../security/proof.ts';
import { beginSession } from '../sessions/session.ts';
import { setupForm } from './forms.ts';
import type { Setup } from './setup.ts';

/** Stands before everything that reads a request to /setup. */
export function hideSetupOnceDone(setup: Setup): RequestHandler {
  return async (_req, _res, next) => {
    if (await setup.isDone()) throw new Problem(404);
    next();
  };
}

export function setupRoutes({ log, now }: Deps, setup: Setup): Router {
  const router = express.Router();
  // A token that somebody chose may be a short one.
  router.get('/setup', limit({ most: 100, minutes: 15 }), (req, res) => {
    const { token } = req.query;
    if (setup.accepts(token)) return res.render('setup/views/setup', { title: t('setup.title'), token });
    const form = token === undefined ? undefined : formWith({}, { token: t('setup.token.wrong') });
    res.status(form ? 403 : 200).render('setup/views/token', { title: t('setup.title'), form });
  });
  router.post('/setup', limit({ most: 30, minutes: 15 }), async (req, res) => {
    const token: unknown = req.body?.token;
    if (!setup.accepts(token)) {
      const form = formWith({}, { token: t('setup.token.wrong') });
      return res.status(403).render('setup/views/token', { title: t('setup.title'), form });
    }
    const read = readForm(setupForm, req.body, passwordFields);
    if (!read.ok) {
      return res.status(422).render('setup/views/setup', { title: t('setup.title'), token, form: read.form });
    }
    const { login, name, password } = read.values;
    const account = await setup.finish({ login, name, passwordHash: await hashPassword(password) });
    if (account === undefined) throw new Problem(404);
    log.info('the dashboard was set up', { login, address: req.ip });
    await beginSession(req, account);
    prove(req, now());
    leaveNotice(req, 'ok', t('setup.done', { login }));
    res.redirect(303, '/');
  });
  return router;
}
