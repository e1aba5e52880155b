// In and out. A wrong login and a wrong password look and last the same.
import express, { type Request, type Router } from 'express';
import { isPassword } from '../accounts/password.ts';
import { findByLogin } from '../accounts/store.ts';
import type { Deps } from '../feature.ts';
import { formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { knownDevices } from '../security/device.ts';
import { localPath } from '../security/local-path.ts';
import { knowProof, prove } from '../security/proof.ts';
import { tries } from '../security/tries.ts';
import { beginSession, endSession } from '../sessions/session.ts';
import { signInForm } from './forms.ts';

const view = 'signin/views/sign-in';

export function signInRoutes(deps: Deps): Router {
  const { db, log, now } = deps;
  const router = express.Router();
  const devices = knownDevices(deps);
  const device = (req: Request) => devices.of(req, loginOf(req));
  const byAddress = tries({ most: 10, minutes: 15, by: req => device(req) ?? req.ip });
  // Larger, so that a new browser of the owner is not locked out by a single neighbour's guessing.
  const byLogin = tries({ most: 50, minutes: 60, by: req => device(req) ?? loginOf(req) });

  router.use(knowProof(now));
  router.get('/sign-in', (req, res) => {
    if (res.locals.account) return res.redirect(303, '/');
    const ended = req.query.ended !== undefined;
    res.render(view, { title: t('signin.title'), next: localPath(req.query.next), ended });
  });
  router.post('/sign-in', byAddress, byLogin, async (req, res) => {
    const next = localPath(req.body?.next);
    const read = readForm(signInForm, req.body, ['password']);
    if (!read.ok) return res.status(422).render(view, { title: t('signin.title'), next, form: read.form });
    const { login, password } = read.values;
    const found = await findByLogin(db, login);
    if (!(await isPassword(password, found?.passwordHash)) || found === undefined) {
      // What was typed as a login may be a password: only a login that exists is written down.
      log.warn('a sign-in failed', { login: found ? login : 'unknown', address: req.ip });
      const form = formWith({ login: req.body?.login }, { password: t('signin.wrong') });
      return res.status(422).render(view, { title: t('signin.title'), next, form });
    }
    await beginSession(req, found.account);
    prove(req, now());
    devices.remember(req, res, login);
    log.info('an account signed in', { login, address: req.ip });
    res.locals.tryCounts = false;
    res.redirect(303, next);
  });
  router.post('/sign-out', async (req, res) => {
    await endSession(req);
    res.redirect(303, '/sign-in?ended');
  });
  return router;
}

const loginOf = (req: Request) => String(req.body?.login).trim().toLowerCase().slice(0, 64);
