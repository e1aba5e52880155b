// In and out. A wrong login and a wrong password look and last the same; an account with a second factor needs it too.
import express, { type Request, type Response, type Router } from 'express';
import { isPassword } from '../accounts/password.ts';
import { type Account, findAccount, findByLogin } from '../accounts/store.ts';
import { takeCode } from '../factors/authenticator.ts';
import { accountOfPasskey, arePasskeysPossible, askForPasskey } from '../factors/passkeys.ts';
import { takeRecoveryCode } from '../factors/recovery.ts';
import { factorsOf, hasFactor } from '../factors/store.ts';
import type { Deps } from '../feature.ts';
import { type Form, formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { leaveNotice } from '../notice.ts';
import { knownDevices } from '../security/device.ts';
import { goingOn, localPath } from '../security/local-path.ts';
import { knowProof, prove } from '../security/proof.ts';
import { guardTries } from '../security/tries.ts';
import { beginSession, endSession } from '../sessions/session.ts';
import { codeForm, signInForm } from './forms.ts';
import { halfSignIns } from './half.ts';

/** What the page says first, by the part of its address: ?late. */
const notes = {
  ended: ['ok', 'signin.ended'],
  late: ['warn', 'signin.late'],
  passkey: ['bad', 'passkey.wrong'],
} as const;

export function signInRoutes(deps: Deps): Router {
  const { db, log, now } = deps;
  const router = express.Router();
  const devices = knownDevices(deps);
  const tries = guardTries(deps);
  const half = halfSignIns(deps);
  const passkeys = arePasskeysPossible(deps.settings.origin);

  router.use(knowProof(now));

  router.get('/sign-in', (req, res) => {
    if (res.locals.account) return res.redirect(303, '/');
    show(req, res, localPath(req.query.next));
  });

  router.post('/sign-in', async (req, res) => {
    const next = localPath(req.body?.next);
    const read = readForm(signInForm, req.body, ['password']);
    if (!read.ok) return show(req, res, next, read.form);
    const { login, password } = read.values;
    const forgive = await tries.begin(req, login, 'password');
    const { account, passwordHash } = (await findByLogin(db, login)) ?? {};
    if (!(await isPassword(password, passwordHash)) || account === undefined || passwordHash === undefined) {
      // What was typed as a login may be a password: only a login that exists is written down.
      log.warn('a sign-in failed', { login: account ? login : 'unknown', address: req.ip });
      return show(req, res, next, formWith({ login: req.body?.login }, { password: t('signin.wrong') }));
    }
    await forgive();
    if (!hasFactor(await factorsOf(db, account.id))) return signIn(req, res, account, 'password', passwordHash);
    half.begin(res, account, passwordHash);
    res.redirect(303, `/sign-in/second?next=${encodeURIComponent(next)}`);
  });

  router.get('/sign-in/second', async (req, res) => {
    const known = await half.of(req, res);
    if (known) await showSecond(req, res, known.account, localPath(req.query.next));
    else startOver(req, res);
  });

  router.post('/sign-in/second', async (req, res) => {
    const known = await half.of(req, res);
    if (!known) return startOver(req, res);
    const { account, passwordHash } = known;
    const { id, login } = account;
    const next = localPath(req.body?.next);
    const read = readForm(codeForm, req.body, ['code']);
    if (!read.ok) return showSecond(req, res, account, next, read.form);
    const { code } = read.values;
    const forgive = await tries.begin(req, login, 'code');
    const fromApp = await takeCode(deps, id, code);
    if (!fromApp && !(await takeRecoveryCode(deps, id, code))) {
      log.warn('a second step failed', { login, address: req.ip });
      return showSecond(req, res, account, next, formWith({}, { code: t('signin.code.wrong') }));
    }
    await forgive();
    await signIn(req, res, account, fromApp ? 'code' : 'recovery code', passwordHash);
  });

  router.post('/sign-in/passkey/options', async (req, res) => {
    res.json(await askForPasskey(deps, asked(req, res)));
  });

  router.post('/sign-in/passkey', async (req, res) => {
    const id = await accountOfPasskey(deps, asked(req, res), req.body?.passkey);
    const account = id === undefined ? undefined : await findAccount(db, id);
    if (account) return signIn(req, res, account, 'passkey');
    const back = (await half.of(req, res)) ? '/sign-in/second' : '/sign-in';
    res.redirect(303, `${back}?passkey&next=${encodeURIComponent(localPath(req.body?.next))}`);
  });

  router.post('/sign-out', async (req, res) => {
    await endSession(req);
    res.redirect(303, '/sign-in?ended');
  });

  /** Only here a session begins; `by` is what was needed last, `passwordHash` of the password that was compared, which must still be the one. */
  async function signIn(
    req: Request,
    res: Response,
    account: Account,
    by: LastStep,
    passwordHash?: string,
  ): Promise<void> {
    if (!(await beginSession(req, account, passwordHash))) return startOver(req, res);
    prove(req, now());
    devices.remember(req, res, account.login);
    half.end(res);
    log.info('an account signed in', { login: account.login, by, address: req.ip });
    if (by === 'recovery code') {
      const { codes } = await factorsOf(db, account.id);
      leaveNotice(req, 'warn', t('signin.recovered', { n: codes }));
    }
    res.redirect(303, localPath(req.body?.next));
  }

  function show(req: Request, res: Response, next: string, form?: Form): void {
    if (form) res.status(422);
    res.locals.path = goingOn('/sign-in', next);
    res.render('signin/views/sign-in', { title: t('signin.title'), next, form, note: noteOf(req), passkeys });
  }

  async function showSecond(req: Request, res: Response, account: Account, next: string, form?: Form): Promise<void> {
    if (form) res.status(422);
    res.locals.path = goingOn('/sign-in/second', next);
    const factors = await factorsOf(db, account.id);
    const shown = { next, form, note: noteOf(req), app: factors.authenticator !== undefined };
    res.render('signin/views/second', {
      title: t('signin.second.title'),
      ...shown,
      passkeys: passkeys && factors.passkeys.length > 0,
    });
  }

  function startOver(req: Request, res: Response): void {
    res.redirect(303, `/sign-in?late&next=${encodeURIComponent(localPath(req.body?.next ?? req.query.next))}`);
  }

  return router;
}

type LastStep = 'password' | 'code' | 'recovery code' | 'passkey';

const asked = (req: Request, res: Response) =>
  ({ act: 'sign in', visitor: res.locals.visitor, address: req.ip }) as const;

function noteOf(req: Request): { tone: string; text: string } | undefined {
  const [, found] = Object.entries(notes).find(([name]) => req.query[name] !== undefined) ?? [];
  return found && { tone: found[0], text: t(found[1]) };
}
