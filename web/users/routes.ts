// The users of the host: the list, a new one, those that were deleted, and those of other hands; one.ts has what is done with one.
import { type Request, type Response, Router } from 'express';
import type { HostDeps } from '../agent/host-deps.ts';
import { statusSchema } from '../agent/results.ts';
import { offering } from '../changes/routes.ts';
import { type Feature, onlyAdministrators } from '../feature.ts';
import { type Form, formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { pageOf, readList } from '../list.ts';
import { makeForm, passwordFields, typedForm } from './forms.ts';
import { knownTo } from './known.ts';
import { addOneUser } from './one.ts';
import { newPassword } from './password.ts';
import { readPeople } from './reading.ts';
import { choose, lastSignIn, sorts, stateOf, states, toneOf } from './state.ts';
import { emptyTrash, hasShell, makeUser, putBackUser, takeOver } from './user.ts';

export function usersRoutes(deps: HostDeps): Feature {
  const { reader } = deps;
  const router = Router();
  const offer = offering(deps);
  const known = knownTo(reader);
  const people = () => readPeople(reader);
  const about = { stateOf, toneOf, states, hasShell, lastSignIn };

  router.get('/', async (req, res) => {
    const list = readList(req.query, { path: '/users', sorts, filters: ['q', 'state', 'group'], size: 50 });
    const reading = await people();
    const found = choose(reading.value?.users ?? [], list);
    if (req.get('HX-Request')) res.set('HX-Push-Url', list.href({ page: list.page }));
    res.render('users/views/list', { title: t('users.nav'), ...about, list, reading, at: pageOf(found, list) });
  });

  router.get('/new', (req, res) => {
    const form = formWith({ login: req.query.login, fullName: req.query.fullName }, {});
    res.render('users/views/new', { title: t('users.make.heading'), form });
  });

  router.post('/', async (req, res) => {
    const again = (form: Form, status = 422) =>
      void res.status(status).render('users/views/new', { title: t('users.make.heading'), form });
    const read = readForm(makeForm, req.body, passwordFields);
    if (!read.ok) return again(read.form);
    const { login, fullName, password } = read.values;
    const wrong = (text: string) => formWith(req.body, { login: text }, passwordFields);
    reader.forget();
    const [reading, status] = await Promise.all([people(), reader.read({ cmd: '@status', args: [] }, statusSchema)]);
    if (reading.stale || !reading.value || !status.value)
      return again(wrong(t('users.not-now', { why: reading.stale?.why ?? status.stale?.why ?? '' })), 503);
    const { users, accounts, groups, trash } = reading.value;
    const taken = [...users, ...accounts].some(known => known.login === login) || groups.some(g => g.name === login);
    if (taken) return again(wrong(t('users.login.taken', { login })));
    if (trash.some(known => known.login === login)) return again(wrong(t('users.login.in-trash', { login })));
    const uid = status.value.nextUid;
    const given = password === '' ? undefined : await newPassword(password);
    const back = new URLSearchParams({ login, fullName });
    const ways = { again: `/users/new?${back}`, next: `/users/${login}` };
    await offer(req, res, makeUser({ login, fullName, uid, password: given }), ways);
  });

  router.post('/accounts/:login/take-over', async (req, res) => {
    const found = await known(req, res, ({ accounts }) => accounts.filter(({ mayTakeOver }) => mayTakeOver));
    if (found) await offer(req, res, takeOver(found.login), { again: '/users', next: '/users' });
  });

  router.get('/deleted/:login', (req, res) => showDeleted(req, res));

  router.post('/deleted/:login/put-back', async (req, res) => {
    const gone = await known(req, res, ({ trash }) => trash);
    if (gone) await offer(req, res, putBackUser(gone.login), { again: '/users', next: `/users/${gone.login}` });
  });

  router.post('/deleted/:login/empty', async (req, res) => {
    const gone = await known(req, res, ({ trash }) => trash);
    if (!gone) return;
    const read = readForm(typedForm(gone.login), req.body);
    if (!read.ok) return showDeleted(req, res, read.form);
    await offer(req, res, emptyTrash(gone.login), { again: `/users/deleted/${gone.login}`, next: '/users' });
  });

  addOneUser(router, reader, offer);

  async function showDeleted(req: Request, res: Response, form?: Form): Promise<void> {
    const gone = await known(req, res, ({ trash }) => trash);
    if (form) res.status(422);
    if (gone) res.render('users/views/deleted', { title: gone.login, gone, form, reading: await people() });
  }

  const nav = { text: 'users.nav', icon: 'users' } as const;
  return { path: '/users', access: onlyAdministrators, router, nav, search: 'users.find' };
}
