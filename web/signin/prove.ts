// Asks somebody who is signed in to prove again who they are, by what their account has, and goes on to where they wanted to go.
import { type Request, type Response, Router } from 'express';
import { isPassword } from '../accounts/password.ts';
import { type Account, findByLogin, roles } from '../accounts/store.ts';
import { takeCode } from '../factors/authenticator.ts';
import { accountOfPasskey, arePasskeysPossible, askForPasskey } from '../factors/passkeys.ts';
import { factorsOf } from '../factors/store.ts';
import type { Deps, Feature } from '../feature.ts';
import { type Form, formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { goingOn, localPath } from '../security/local-path.ts';
import { isProved, prove, proveAt } from '../security/proof.ts';
import { guardTries } from '../security/tries.ts';
import { codeForm, passwordForm } from './forms.ts';

export function proveRoutes(deps: Deps): Feature {
  const { db, log, now } = deps;
  const router = Router();
  const tries = guardTries(deps);

  router.get('/', async (req, res) => {
    const next = localPath(req.query.next);
    if (isProved(req)) return res.redirect(303, next);
    await show(req, res, next);
  });

  router.post('/', async (req, res) => {
    const next = localPath(req.body?.next);
    const { id, login } = own(res);
    const what = req.body?.code === undefined ? 'password' : 'code';
    const read = readForm<{ password?: string; code?: string }>(what === 'code' ? codeForm : passwordForm, req.body, [
      'password',
      'code',
    ]);
    if (!read.ok) return show(req, res, next, read.form);
    const { password, code } = read.values;
    const forgive = await tries.begin(req, login, what);
    const right =
      password === undefined
        ? await takeCode(deps, id, String(code))
        : await isPassword(password, (await findByLogin(db, login))?.passwordHash);
    if (!right) {
      log.warn('a proof failed', { login, address: req.ip });
      return show(req, res, next, formWith({}, { [what]: t(`prove.${what}.wrong`) }));
    }
    await forgive();
    done(req, res);
  });

  router.post('/passkey/options', async (req, res) => {
    res.json(await askForPasskey(deps, asked(req, res), own(res).id));
  });

  router.post('/passkey', async (req, res) => {
    const id = await accountOfPasskey(deps, asked(req, res), req.body?.passkey);
    if (id === own(res).id) done(req, res);
    else res.redirect(303, `${proveAt(req.body?.next)}&passkey`);
  });

  function done(req: Request, res: Response): void {
    prove(req, now());
    res.redirect(303, localPath(req.body?.next));
  }

  async function show(req: Request, res: Response, next: string, form?: Form): Promise<void> {
    if (form) res.status(422);
    res.locals.path = goingOn('/prove', next);
    const factors = await factorsOf(db, own(res).id);
    res.render('signin/views/prove', {
      title: t('prove.title'),
      next,
      form,
      wrong: req.query.passkey !== undefined,
      app: factors.authenticator !== undefined,
      passkeys: factors.passkeys.length > 0 && arePasskeysPossible(deps.settings.origin),
    });
  }

  return { path: '/prove', access: { look: roles, act: roles }, router };
}

const asked = (req: Request, res: Response) =>
  ({ act: 'prove', visitor: res.locals.visitor, address: req.ip }) as const;
/** The gate lets nobody in without one. */
const own = (res: Response): Account => res.locals.account as Account;
