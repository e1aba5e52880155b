// What everybody may do for themselves: name, language, appearance, password, and where they are signed in.
import { type Request, type Response, Router } from 'express';
import type { Deps, Feature } from '../feature.ts';
import { type Form, formWith, readForm } from '../form.ts';
import { inLanguage, language } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { leaveNotice } from '../notice.ts';
import { prove } from '../security/proof.ts';
import { guardTries } from '../security/tries.ts';
import { beginSession, endSessionsOf, hashOfSession, sessionsOf } from '../sessions/session.ts';
import { endForm, meForm, ownPasswordForm, passwordFields } from './forms.ts';
import { withdrawInvitation } from './invitation.ts';
import { hashPassword, isPassword } from './password.ts';
import { type Account, changeAccount, findByLogin, roles, setPasswordHash } from './store.ts';

type Forms = Partial<Record<'me' | 'password', Form>>;

export function meRoutes(deps: Deps): Feature {
  const { db, log, now } = deps;
  const router = Router();
  const tries = guardTries(deps);

  router.get('/', (req, res) => show(req, res));

  router.post('/', async (req, res) => {
    const read = readForm(meForm, req.body);
    if (!read.ok) return show(req, res, { me: read.form });
    await changeAccount(db, own(res).id, read.values);
    const saved = inLanguage(read.values.language ?? language(), () => t('me.saved'));
    leaveNotice(req, 'ok', saved);
    res.redirect(303, '/me');
  });

  router.post('/password', async (req, res) => {
    const account = own(res);
    const read = readForm(ownPasswordForm(account.login), req.body, passwordFields);
    if (!read.ok) return show(req, res, { password: read.form });
    const { old, password } = read.values;
    const forgive = await tries.begin(req, account.login, 'password');
    const before = (await findByLogin(db, account.login))?.passwordHash;
    const after = (await isPassword(old, before)) && (await hashPassword(password));
    if (!after || !(await setPasswordHash(db, account.id, after, before))) {
      log.warn('a change of password failed', { login: account.login, address: req.ip });
      return show(req, res, { password: formWith({}, { old: t('me.password.wrong') }) });
    }
    await forgive();
    await withdrawInvitation(db, account.id);
    await endSessionsOf(req, account.id);
    await beginSession(req, account, after);
    prove(req, now());
    log.info('a password was changed', { login: account.login, address: req.ip });
    leaveNotice(req, 'ok', t('me.password.changed'));
    res.redirect(303, '/me');
  });

  router.post('/sessions/end', async (req, res) => {
    const read = readForm(endForm, req.body);
    const { id, login } = own(res);
    if (!read.ok) return res.redirect(303, '/me');
    const { session } = read.values;
    const which = { all: {}, others: { except: hashOfSession(req) } }[session] ?? { only: session };
    const n = await endSessionsOf(req, id, which);
    log.info('sessions were ended', { login, n, address: req.ip });
    if (session === 'all' || session === hashOfSession(req)) return res.redirect(303, '/sign-in?ended');
    leaveNotice(req, 'ok', t('me.sessions.ended', { n }));
    res.redirect(303, '/me');
  });

  async function show(req: Request, res: Response, forms: Forms = {}): Promise<void> {
    if (Object.keys(forms).length > 0) res.status(422);
    const sessions = await sessionsOf(req, own(res).id);
    res.render('accounts/views/me', { title: t('me.title'), forms, sessions });
  }

  return { path: '/me', access: { look: roles, act: roles }, router };
}

/** The gate lets nobody in without one. */
const own = (res: Response): Account => res.locals.account as Account;
