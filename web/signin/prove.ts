// Asks somebody who is signed in to prove again who they are, and goes on to where they wanted to go.
import { type Response, Router } from 'express';
import { isPassword } from '../accounts/password.ts';
import { findByLogin, roles } from '../accounts/store.ts';
import type { Deps, Feature } from '../feature.ts';
import { type Form, formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { localPath } from '../security/local-path.ts';
import { isProved, prove } from '../security/proof.ts';
import { guardTries } from '../security/tries.ts';
import { proveForm } from './forms.ts';

export function proveRoutes(deps: Deps): Feature {
  const { db, log, now } = deps;
  const router = Router();
  const tries = guardTries(deps);

  router.get('/', (req, res) => {
    const next = localPath(req.query.next);
    if (isProved(req)) return res.redirect(303, next);
    show(res, next);
  });

  router.post('/', async (req, res) => {
    const next = localPath(req.body?.next);
    const { login } = res.locals.account!;
    const read = readForm(proveForm, req.body, ['password']);
    if (!read.ok) return show(res, next, read.form);
    const forgive = await tries.begin(req, login, 'password');
    const found = await findByLogin(db, login);
    if (!(await isPassword(read.values.password, found?.passwordHash))) {
      log.warn('a proof failed', { login, address: req.ip });
      return show(res, next, formWith({}, { password: t('prove.password.wrong') }));
    }
    await forgive();
    prove(req, now());
    res.redirect(303, next);
  });

  return { path: '/prove', access: { look: roles, act: roles }, router };
}

function show(res: Response, next: string, form?: Form): void {
  if (form) res.status(422);
  res.render('signin/views/prove', { title: t('prove.title'), next, form });
}
