// The users of the host: the list, one user, and every act on them, each shown first as its change.
import { type Request, type Response, Router } from 'express';
import type { HostDeps } from '../agent/host-deps.ts';
import { generationsSchema, statusSchema, type User, usersSchema } from '../agent/results.ts';
import type { Change } from '../changes/change.ts';
import { offering } from '../changes/routes.ts';
import { time } from '../changes/time.ts';
import { type Feature, onlyAdministrators } from '../feature.ts';
import { type Form, type FormRead, formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { pageOf, readList } from '../list.ts';
import { leaveNotice } from '../notice.ts';
import { deleteForm, fingerprintForm, keyForm, makeForm, passwordFields, passwordForm, renameForm } from './forms.ts';
import { type Key, readKey, readKeys } from './keys.ts';
import { newPassword } from './password.ts';
import { choose, sorts, stateOf, states, toneOf } from './state.ts';
import {
  addKey,
  deleteUser,
  keysPath,
  letIn,
  makeUser,
  putBackUser,
  removeKey,
  renameUser,
  setPassword,
} from './user.ts';

/** Which form of the page of one user is shown again, with its errors. */
type Forms = Partial<Record<'name' | 'password' | 'key' | 'delete', Form>>;

export function usersRoutes(deps: HostDeps): Feature {
  const { reader } = deps;
  const router = Router();
  const offer = offering(deps);
  const people = () => reader.read({ cmd: '@users', args: [] }, usersSchema);
  const about = { stateOf, toneOf, states, time };

  router.get('/', async (req, res) => {
    const list = readList(req.query, { path: '/users', sorts, filters: ['q', 'state'], size: 50 });
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
    const { users, accounts, trash } = reading.value;
    if ([...users, ...accounts].some(known => known.login === login))
      return again(wrong(t('users.login.taken', { login })));
    if (trash.some(known => known.login === login)) return again(wrong(t('users.login.in-trash', { login })));
    const uid = status.value.nextUid;
    const change = makeUser({
      login,
      fullName,
      uid,
      password: password === '' ? undefined : await newPassword(password),
    });
    const back = new URLSearchParams({ login, fullName });
    await offer(req, res, change, { again: `/users/new?${back}`, next: `/users/${login}` });
  });

  router.post('/deleted/:login/put-back', async (req, res) => {
    const login = String(req.params.login);
    const { value } = await people();
    if (!value?.trash.some(known => known.login === login)) return goneTo(req, res, login);
    await offer(req, res, putBackUser(login), { again: '/users', next: `/users/${login}` });
  });

  router.get('/:login', (req, res) => showUser(req, res));

  router.post(
    '/:login/name',
    act('name', renameForm, (user, { fullName }) => renameUser(user, fullName)),
  );

  router.post(
    '/:login/password',
    act('password', passwordForm, async (user, { password }) => setPassword(user.login, await newPassword(password))),
  );

  router.post('/:login/let-in', async (req, res) => {
    const user = await userOf(req, res);
    if (user) await offer(req, res, letIn(user.login), here(user));
  });

  router.post(
    '/:login/keys',
    act('key', keyForm, async ({ login }, { key, keyName }) => {
      const keys = await keysOf(login);
      if (typeof keys === 'string') return { key: t('users.keys.away', { why: keys }) };
      if (key.includes('PRIVATE KEY')) return { key: t('users.key.private') };
      if (key.includes('\n')) return { key: t('users.key.several') };
      if (keyName !== '' && !/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,100}$/u.test(keyName))
        return { keyName: t('users.key.name-fault') };
      const read = readKey(key, keyName);
      if (!read.ok) return { key: t('users.key.fault', { fault: read.fault }) };
      const known = keys.find(({ fingerprint }) => fingerprint === read.key.fingerprint);
      return known ? { key: t('users.key.known', { name: known.name }) } : addKey(login, keys, read.key);
    }),
  );

  router.post(
    '/:login/keys/remove',
    act('key', fingerprintForm, async ({ login }, { fingerprint }) => {
      const keys = await keysOf(login);
      if (typeof keys === 'string') return { key: t('users.keys.away', { why: keys }) };
      const key = keys.find(known => known.fingerprint === fingerprint);
      return key ? removeKey(login, keys, key) : { key: t('users.keys.none') };
    }),
  );

  router.post('/:login/delete', async (req, res) => {
    const user = await userOf(req, res);
    if (!user) return;
    const read = readForm(deleteForm(user.login), req.body);
    if (!read.ok) return showUser(req, res, { delete: read.form });
    await offer(req, res, deleteUser(user), { ...here(user), next: '/users' });
  });

  /** A form on the page of one user: read, made into a change or into errors beside its fields. */
  function act<T>(
    name: keyof Forms,
    schema: Parameters<typeof readForm<T>>[0],
    make: (user: User, values: T) => Change | Record<string, string> | Promise<Change | Record<string, string>>,
  ) {
    return async (req: Request, res: Response) => {
      const user = await userOf(req, res);
      if (!user) return;
      const read: FormRead<T> = readForm(schema, req.body, passwordFields);
      if (!read.ok) return showUser(req, res, { [name]: read.form });
      const made = await make(user, read.values);
      if ('steps' in made) return offer(req, res, made as Change, here(user));
      await showUser(req, res, { [name]: formWith(req.body, made, passwordFields) });
    };
  }

  async function showUser(req: Request, res: Response, forms: Forms = {}): Promise<void> {
    const user = await userOf(req, res);
    if (!user) return;
    const [reading, keys] = await Promise.all([people(), keysOf(user.login)]);
    if (Object.keys(forms).length > 0) res.status(422);
    res.render('users/views/user', { title: user.login, ...about, user, keys, reading, forms });
  }

  async function userOf(req: Request, res: Response): Promise<User | undefined> {
    const login = String(req.params.login);
    const { value, stale } = await people();
    const user = value?.users.find(known => known.login === login);
    if (user) return user;
    if (!value) res.status(503).render('users/views/away', { title: login, why: stale?.why ?? '' });
    else goneTo(req, res, login);
    return undefined;
  }

  /** The keys as the host has them now, or why they are not known. */
  async function keysOf(login: string): Promise<Key[] | string> {
    const file = { cmd: '@generations', args: [keysPath(login)] };
    const { value, stale } = await reader.read(file, generationsSchema);
    return stale || !value ? (stale?.why ?? '') : readKeys(value.content ?? '');
  }

  const nav = { text: 'users.nav', icon: 'users' } as const;
  return { path: '/users', access: onlyAdministrators, router, nav, search: 'users.find' };
}

function goneTo(req: Request, res: Response, login: string): void {
  leaveNotice(req, 'warn', t('users.gone', { login }));
  res.redirect(303, '/users');
}

function here({ login }: User): { again: string; next: string } {
  const path = `/users/${encodeURIComponent(login)}`;
  return { again: path, next: path };
}
