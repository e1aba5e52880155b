// Who may sign in to the dashboard: the list, one account, and every act on them. Nobody takes away their own rights, so an administrator always remains.
import { randomBytes } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import type { Knex } from 'knex';
import type { HostDeps } from '../agent/host-deps.ts';
import { usersSchema } from '../agent/results.ts';
import { isDuplicate } from '../database.ts';
import { dropFactors, factorsOf, hasFactor } from '../factors/store.ts';
import { type Feature, onlyAdministrators } from '../feature.ts';
import { type Form, formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { pageOf, readList } from '../list.ts';
import { leaveNotice } from '../notice.ts';
import { Problem } from '../problem.ts';
import { requireProof } from '../security/proof.ts';
import { endSessionsOf, sessionsOf } from '../sessions/session.ts';
import { changeForm, deleteForm, makeForm } from './forms.ts';
import { invite } from './invitation.ts';
import { choose, sorts, stateOf, toneOf } from './state.ts';
import {
  type Account,
  bindUid,
  boundUid,
  changeAccount,
  deleteAccount,
  insertAccount,
  isAnother,
  type ListedAccount,
  listAccounts,
  roles,
  setPasswordHash,
} from './store.ts';

/** Which form of the page of one account is shown again, with its errors. */
type Forms = Partial<Record<'change' | 'delete', Form>>;

export function accountsRoutes(deps: HostDeps): Feature {
  const { db, log, now, reader } = deps;
  const router = Router();
  const about = { roles, toneOf };
  const stateNow = (account: ListedAccount) => stateOf(account, now());

  router.get('/', async (req, res) => {
    const list = readList(req.query, { path: '/accounts', sorts, filters: ['q', 'role'], size: 50 });
    const all = await listAccounts(db);
    const at = pageOf(choose(all, list), list);
    if (req.get('HX-Request')) res.set('HX-Push-Url', list.href({ page: list.page }));
    res.render('accounts/views/list', { title: t('accounts.nav'), ...about, stateNow, list, at, all: all.length });
  });

  router.use(requireProof);
  router.get('/new', (_req, res) => showNew(res));

  router.post('/', async (req, res) => {
    const read = readForm(makeForm, req.body);
    if (!read.ok) return showNew(res, read.form);
    const { login, name, role, user } = read.values;
    const taken = (await listAccounts(db)).some(other => other.login === login);
    const errors = { ...(taken && { login: t('accounts.login.taken', { login }) }), ...(await faultOf(user)) };
    if (Object.keys(errors).length > 0) return showNew(res, formWith(req.body, errors));
    const account: Account = { id: randomBytes(12).toString('hex'), login, name, role, language: null, user };
    const link = await asAdministrator(res, async trx => {
      await insertAccount(trx, { ...account, password_hash: '', created_at: now() });
      await bindUid(trx, account.id, await uidOf(user));
      return invite({ ...deps, db: trx }, account.id, 'invitation');
    });
    if (!link) return showNew(res, formWith(req.body, { login: t('accounts.meanwhile') }));
    told(req, res, 'an account was made', account, { role, user });
    showLink(res.status(201), account, link.reveal());
  });

  router.get('/:id', async (req, res) => showAccount(req, res, await accountOf(req)));

  router.post('/:id', async (req, res) => {
    const account = await accountOf(req);
    const read = readForm(changeForm, req.body);
    if (!read.ok) return showAccount(req, res, account, { change: read.form });
    const { name, role, user } = read.values;
    const own = account.id === res.locals.account?.id;
    const errors = {
      ...(own && role !== account.role && { role: t('accounts.role.own') }),
      ...(user !== account.user && (await faultOf(user))),
    };
    // Chosen anew is also who has the login now and had it not when the account was bound.
    const isNew = user !== account.user || (await isStale(account));
    if (Object.keys(errors).length > 0) return showAccount(req, res, account, { change: formWith(req.body, errors) });
    const changed = await asAdministrator(res, async trx => {
      await changeAccount(trx, account.id, { name, role, user });
      if (isNew) await bindUid(trx, account.id, await uidOf(user));
      return true;
    });
    if (!changed)
      return showAccount(req, res, account, { change: formWith(req.body, { user: t('accounts.meanwhile') }) });
    const ends = !own && (role !== account.role || isNew);
    if (ends) await endSessionsOf(req, account.id);
    told(req, res, 'an account was changed', account, { role, user });
    const text = ends ? 'accounts.changed.ended' : 'accounts.changed';
    back(req, res, t(text, { login: account.login }), pageOfAccount(account));
  });

  router.post('/:id/sessions/end', async (req, res) => {
    const account = await otherAccount(req, res);
    if (!account) return;
    const n = await endSessionsOf(req, account.id);
    told(req, res, 'the sessions of an account were ended', account);
    back(req, res, t('accounts.sessions.ended', { n, login: account.login }), pageOfAccount(account));
  });

  router.post('/:id/invite', async (req, res) => {
    const account = await otherAccount(req, res);
    if (!account) return;
    const link = await asAdministrator(res, async trx => {
      await setPasswordHash(trx, account.id, '');
      await dropFactors(trx, account.id);
      return invite({ ...deps, db: trx }, account.id, 'invitation');
    });
    if (!link) throw new Problem(404);
    await endSessionsOf(req, account.id);
    told(req, res, 'an account was invited anew', account);
    showLink(res, account, link.reveal());
  });

  router.post('/:id/delete', async (req, res) => {
    const account = await otherAccount(req, res);
    if (!account) return;
    const read = readForm(deleteForm(account.login), req.body);
    if (!read.ok) return showAccount(req, res, account, { delete: read.form });
    await asAdministrator(res, trx => deleteAccount(trx, account.id));
    await endSessionsOf(req, account.id);
    told(req, res, 'an account was deleted', account);
    back(req, res, t('accounts.deleted', { login: account.login }), '/accounts');
  });

  async function showNew(res: Response, form?: Form): Promise<void> {
    const title = t('accounts.make');
    if (form) res.status(422);
    res.render('accounts/views/new', { title, ...about, users: await freeUsers(), ...(form && { form }) });
  }

  async function showAccount(req: Request, res: Response, account: ListedAccount, forms: Forms = {}): Promise<void> {
    const [users, stale, sessions, factors] = await Promise.all([
      freeUsers(account.user),
      isStale(account),
      sessionsOf(req, account.id),
      factorsOf(db, account.id),
    ]);
    const own = account.id === res.locals.account?.id;
    if (Object.keys(forms).length > 0) res.status(422);
    const shown = {
      // Of another person's login nobody is to say yes by leaving it as it is.
      shown: stale ? { ...account, user: null } : account,
      formerUser: stale ? account.user : undefined,
      state: stateNow(account),
      own,
      users,
      sessions,
      secured: hasFactor(factors),
      forms,
    };
    res.render('accounts/views/account', { title: account.login, ...about, ...shown });
  }

  /** Said once, in this very answer: nothing of the link is kept. */
  function showLink(res: Response, { login, name, id }: Account, link: string): void {
    res.render('accounts/views/link', { title: t('accounts.link'), login, name, id, link });
  }

  async function accountOf(req: Request): Promise<ListedAccount> {
    const found = (await listAccounts(db)).find(({ id }) => id === req.params.id);
    if (!found) throw new Problem(404);
    return found;
  }

  /** Undefined, and answered, where it is one's own: nobody locks themselves out. */
  async function otherAccount(req: Request, res: Response): Promise<ListedAccount | undefined> {
    const account = await accountOf(req);
    if (account.id !== res.locals.account?.id) return account;
    leaveNotice(req, 'warn', t('accounts.own'));
    res.redirect(303, pageOfAccount(account));
    return undefined;
  }

  /** The users of the host that no account is bound to, with `own` among them; undefined where the host does not say. */
  async function freeUsers(own: string | null = null): Promise<{ login: string; fullName: string }[] | undefined> {
    const { value } = await reader.read({ cmd: '@users', args: [] }, usersSchema);
    const bound = (await listAccounts(db)).map(({ user }) => user);
    const free = value?.users.filter(({ login }) => login === own || !bound.includes(login));
    if (own === null || free?.some(({ login }) => login === own)) return free;
    return [{ login: own, fullName: '' }, ...(free ?? [])];
  }

  async function uidOf(user: string | null): Promise<number | null> {
    const { value } = await reader.read({ cmd: '@users', args: [] }, usersSchema);
    return value?.users.find(({ login }) => login === user)?.uid ?? null;
  }

  async function isStale({ id, user }: Account): Promise<boolean> {
    const [bound, uid] = await Promise.all([boundUid(db, id), uidOf(user)]);
    return isAnother(bound, uid === null ? undefined : { uid });
  }

  async function faultOf(user: string | null): Promise<{ user: string } | undefined> {
    if (user === null) return undefined;
    const free = await freeUsers();
    if (!free) return { user: t('accounts.user.away') };
    return free.some(({ login }) => login === user) ? undefined : { user: t('accounts.user.taken', { user }) };
  }

  /** Runs an act if who asks still is an administrator at that moment: of two who demote each other, one wins. Undefined where a login or user was taken meanwhile. */
  async function asAdministrator<T>(res: Response, act: (trx: Knex) => Promise<T>): Promise<T | undefined> {
    try {
      return await db.transaction(async trx => {
        const here = await trx('accounts').where({ role: 'administrator' }).forUpdate().pluck('id');
        if (!here.includes(res.locals.account?.id)) throw new Problem('role');
        return act(trx);
      });
    } catch (error) {
      if (isDuplicate(error)) return undefined;
      throw error;
    }
  }

  function told(req: Request, res: Response, what: string, { login }: Account, facts: object = {}): void {
    log.info(what, { login, ...facts, by: res.locals.account?.login, address: req.ip });
  }

  const nav = { text: 'accounts.nav', icon: 'lock', group: 'trust' } as const;
  return { path: '/accounts', access: onlyAdministrators, router, nav };
}

const pageOfAccount = ({ id }: Account) => `/accounts/${id}`;

function back(req: Request, res: Response, text: string, path: string): void {
  leaveNotice(req, 'ok', text);
  res.redirect(303, path);
}
