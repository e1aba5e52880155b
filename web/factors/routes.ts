// What an account signs in with beside its password: its owner sets it up, names it and takes it away.
import { type Request, type Response, Router } from 'express';
import { type Account, roles } from '../accounts/store.ts';
import type { Deps, Feature } from '../feature.ts';
import { type Form, formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { leaveNotice } from '../notice.ts';
import { Problem } from '../problem.ts';
import { requireProof } from '../security/proof.ts';
import { browserIn } from '../sessions/browser.ts';
import { beginEnrolment, enrol } from './authenticator.ts';
import { enrolForm, passkeyForm } from './forms.ts';
import { arePasskeysPossible, askToRegister, register } from './passkeys.ts';
import { makeCodes } from './recovery.ts';
import { factorsOf, hasFactor, removeAuthenticator, removePasskey } from './store.ts';

const here = '/me/factors';

export function factorsRoutes(deps: Deps): Feature {
  const { db, log, settings } = deps;
  const router = Router();
  router.use(requireProof);

  router.get('/', (req, res) => show(req, res));

  router.get('/app', (_req, res) => showEnrolment(res));

  router.post('/app', async (req, res) => {
    const read = readForm(enrolForm, req.body, ['code']);
    if (!read.ok) return showEnrolment(res, req.body?.sealed, read.form);
    const { sealed, code } = read.values;
    const form = formWith({}, { code: t('factors.code.wrong') });
    if (!(await enrol(deps, own(res), sealed, code))) return showEnrolment(res, sealed, form);
    await added(req, res, t('factors.app.added'));
  });

  router.post('/app/remove', async (req, res) => {
    if (!(await removeAuthenticator(db, own(res).id))) throw new Problem(404);
    told(req, res, 'warn', 'a second factor was removed');
    back(req, res, t('factors.app.removed'));
  });

  router.post('/passkeys/options', async (req, res) => {
    if (!readForm(passkeyForm, req.body).ok) return res.status(422).end();
    res.json(await askToRegister(deps, own(res), asked(req, res)));
  });

  router.post('/passkeys', async (req, res) => {
    const read = readForm(passkeyForm, req.body, ['passkey']);
    if (!read.ok) return show(req, res, read.form);
    const { name, passkey } = read.values;
    if (await register(deps, own(res), asked(req, res), name, passkey))
      return added(req, res, t('factors.passkey.added', { name }));
    leaveNotice(req, 'bad', t('factors.passkey.refused'));
    res.redirect(303, here);
  });

  router.post('/passkeys/:id/remove', async (req, res) => {
    const name = await removePasskey(db, own(res).id, req.params.id);
    if (name === undefined) throw new Problem(404);
    told(req, res, 'warn', 'a second factor was removed');
    back(req, res, t('factors.passkey.removed', { name }));
  });

  router.post('/codes', async (req, res) => {
    if (!hasFactor(await factorsOf(db, own(res).id))) throw new Problem(404);
    told(req, res, 'info', 'recovery codes were made');
    await showCodes(res, t('factors.codes.made'));
  });

  /** With the first factor come the codes for the day it is lost. */
  async function added(req: Request, res: Response, text: string): Promise<void> {
    told(req, res, 'info', 'a second factor was added');
    if ((await factorsOf(db, own(res).id)).codes === 0) await showCodes(res, text);
    else back(req, res, text);
  }

  /** Said once, in this very answer. */
  async function showCodes(res: Response, text: string): Promise<void> {
    const codes = await makeCodes(deps, own(res).id);
    res.render('factors/views/codes', { title: t('factors.codes'), text, codes });
  }

  function showEnrolment(res: Response, sealed?: string, form?: Form): void {
    const enrolment = beginEnrolment(deps, own(res), sealed);
    if (!enrolment) throw new Problem(400);
    if (form) res.status(422);
    res.render('factors/views/app', { title: t('factors.app'), form, enrolment });
  }

  async function show(req: Request, res: Response, form?: Form): Promise<void> {
    if (form) res.status(422);
    res.render('factors/views/factors', {
      title: t('factors.title'),
      factors: await factorsOf(db, own(res).id),
      possible: arePasskeysPossible(settings.origin),
      origin: settings.origin,
      browser: browserIn(req.get('User-Agent') ?? ''),
      form,
    });
  }

  function told(req: Request, res: Response, level: 'info' | 'warn', what: string): void {
    log[level](what, { login: own(res).login, address: req.ip });
  }

  return { path: here, access: { look: roles, act: roles }, router };
}

function back(req: Request, res: Response, text: string): void {
  leaveNotice(req, 'ok', text);
  res.redirect(303, here);
}

const asked = (req: Request, res: Response) =>
  ({ act: 'register', visitor: res.locals.visitor, address: req.ip }) as const;
/** The gate lets nobody in without one. */
const own = (res: Response): Account => res.locals.account as Account;
