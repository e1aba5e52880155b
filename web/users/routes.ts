// The users of the host: the list, one user, and every act on them, each shown first as its change.
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { HostDeps } from '../agent/host-deps.ts';
import { type HostUsers, statusSchema, type User } from '../agent/results.ts';
import type { Change } from '../changes/change.ts';
import { offering } from '../changes/routes.ts';
import { time } from '../changes/time.ts';
import { type Feature, onlyAdministrators } from '../feature.ts';
import { type Form, type FormRead, formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { pageOf, readList } from '../list.ts';
import { leaveNotice } from '../notice.ts';
import { setPassword } from './credentials.ts';
import {
  fingerprintForm,
  groupForm,
  keyForm,
  makeForm,
  passwordFields,
  passwordForm,
  renameForm,
  shellForm,
  typedForm,
} from './forms.ts';
import { putInGroup, takeOutOfGroup } from './group.ts';
import { keyActs } from './key-acts.ts';
import type { Faults } from './keys.ts';
import { newPassword } from './password.ts';
import { readKeysOf, readPeople } from './reading.ts';
import { choose, lastSignIn, sorts, stateOf, states, toneOf } from './state.ts';
import {
  deleteUser,
  emptyTrash,
  hasShell,
  lockUser,
  makeAdministrator,
  makeUser,
  putBackUser,
  renameUser,
  setShell,
  takeOver,
  unlockUser,
} from './user.ts';

/** Which form of the page of one user is shown again, with its errors. */
type Forms = Partial<
  Record<'name' | 'password' | 'key' | 'shell' | 'group' | 'lock' | 'administrator' | 'delete', Form>
>;

export function usersRoutes(deps: HostDeps): Feature {
  const { reader } = deps;
  const router = Router();
  const offer = offering(deps);
  const keys = keyActs(reader, 'owner');
  const people = () => readPeople(reader);
  const about = { stateOf, toneOf, states, hasShell, lastSignIn, time };

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

  router.get('/:login', (req, res) => showUser(req, res));

  router.post(
    '/:login/name',
    act('name', renameForm, (user, { fullName }) => renameUser(user, fullName)),
  );

  router.post(
    '/:login/password',
    act('password', passwordForm, async (user, { password }) => setPassword(user, await newPassword(password))),
  );

  router.post(
    '/:login/keys',
    act('key', keyForm, ({ login }, typed) => keys.add(login, typed)),
  );

  router.post(
    '/:login/keys/remove',
    act('key', fingerprintForm, ({ login }, typed) => keys.remove(login, typed)),
  );

  router.post(
    '/:login/shell',
    act('shell', shellForm, (user, { shell }) => setShell(user, shell)),
  );

  router.post(
    '/:login/groups',
    act('group', groupForm, async (user, { group }) => {
      const { value } = await people();
      const known = value?.groups.some(({ name }) => name === group) && !user.groups.includes(group);
      return known ? putInGroup(user, group) : { faults: { group: t('groups.none-chosen') } };
    }),
  );

  router.post(
    '/:login/groups/leave',
    act('group', groupForm, (user, { group }) =>
      user.groups.includes(group) ? takeOutOfGroup(user, group) : { faults: { group: t('groups.none-chosen') } },
    ),
  );

  router.post('/:login/lock', act('lock', nothing, lockUser, { others: true }));

  router.post('/:login/let-in', act('lock', nothing, unlockUser));

  router.post(
    '/:login/administrator',
    act('administrator', nothing, ({ login }) => makeAdministrator(login), { next: '/users' }),
  );

  router.post(
    '/:login/delete',
    act('delete', ({ login }) => typedForm(login), deleteUser, { others: true, next: '/users' }),
  );

  /** A form on the page of one user: read, made into a change or into errors beside its fields. `others`: not what one does to oneself. */
  function act<T>(
    name: keyof Forms,
    schema: Schema<T> | ((user: User) => Schema<T>),
    make: (user: User, values: T) => Change | Faults | Promise<Change | Faults>,
    { others = false, next }: { others?: boolean; next?: string } = {},
  ) {
    return async (req: Request, res: Response) => {
      const user = await userOf(req, res);
      if (!user) return;
      if (others && isOwn(res, user)) return showUser(req, res, { [name]: formWith({}, {}) });
      const read: FormRead<T> = readForm(
        typeof schema === 'function' ? schema(user) : schema,
        req.body,
        passwordFields,
      );
      if (!read.ok) return showUser(req, res, { [name]: read.form });
      const made = await make(user, read.values);
      if ('faults' in made) return showUser(req, res, { [name]: formWith(req.body, made.faults, passwordFields) });
      const again = `/users/${encodeURIComponent(user.login)}`;
      await offer(req, res, made, { again, next: next ?? again });
    };
  }

  async function showUser(req: Request, res: Response, forms: Forms = {}): Promise<void> {
    const user = await userOf(req, res);
    if (!user) return;
    const [reading, kept, ownKept] = await Promise.all([
      people(),
      readKeysOf(reader, user.login, 'owner'),
      readKeysOf(reader, user.login, 'self'),
    ]);
    if (Object.keys(forms).length > 0) res.status(422);
    const groups = reading.value?.groups.map(({ name }) => name) ?? [];
    const locals = { ...about, user, kept, ownKept, groups, reading, forms, isOwn: isOwn(res, user) };
    res.render('users/views/user', { title: user.login, ...locals });
  }

  async function userOf(req: Request, res: Response): Promise<User | undefined> {
    return known(req, res, ({ users }) => users);
  }

  async function showDeleted(req: Request, res: Response, form?: Form): Promise<void> {
    const gone = await known(req, res, ({ trash }) => trash);
    if (form) res.status(422);
    if (gone) res.render('users/views/deleted', { title: gone.login, ...about, gone, form });
  }

  /** The one of this login among those of `which`; where there is none, the browser was answered. */
  async function known<T extends { login: string }>(
    req: Request,
    res: Response,
    which: (people: HostUsers) => readonly T[],
  ): Promise<T | undefined> {
    const login = String(req.params.login);
    const { value, stale } = await people();
    const found = value && which(value).find(each => each.login === login);
    if (found) return found;
    if (!value) res.status(503).render('users/views/away', { title: login, why: stale?.why ?? '' });
    else {
      leaveNotice(req, 'warn', t('users.gone', { login }));
      res.redirect(303, '/users');
    }
    return undefined;
  }

  const nav = { text: 'users.nav', icon: 'users' } as const;
  return { path: '/users', access: onlyAdministrators, router, nav, search: 'users.find' };
}

type Schema<T> = Parameters<typeof readForm<T>>[0];
const nothing = z.strictObject({});

/** Whether this user is the one whom the account that asks stands for. */
const isOwn = (res: Response, { login }: User): boolean => res.locals.account?.user === login;
