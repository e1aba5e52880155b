// One user of the host: the page, and every act on that user, each shown first as its change.
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import type { Reader } from '../agent/reader.ts';
import type { User } from '../agent/results.ts';
import type { Change } from '../changes/change.ts';
import type { Offer } from '../changes/routes.ts';
import { type Form, type FormRead, formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { setPassword } from './credentials.ts';
import {
  fingerprintForm,
  groupForm,
  keyForm,
  passwordFields,
  passwordForm,
  renameForm,
  shellForm,
  typedForm,
} from './forms.ts';
import { putInGroup, takeOutOfGroup } from './group.ts';
import { keyActs } from './key-acts.ts';
import type { Faults } from './keys.ts';
import { knownTo } from './known.ts';
import { newPassword } from './password.ts';
import { readKeysOf, readPeople } from './reading.ts';
import { lastSignIn, stateOf, toneOf } from './state.ts';
import {
  deleteUser,
  hasShell,
  lockUser,
  makeAdministrator,
  renameUser,
  revokeKeys,
  setShell,
  unlockUser,
} from './user.ts';

/** Which form of the page of one user is shown again, with its errors. */
type Forms = Partial<
  Record<'name' | 'password' | 'key' | 'shell' | 'group' | 'lock' | 'administrator' | 'delete', Form>
>;

export function addOneUser(router: Router, reader: Reader, offer: Offer): void {
  const known = knownTo(reader);
  const keys = keyActs(reader, 'owner');
  const about = { stateOf, toneOf, hasShell, lastSignIn };

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

  router.post('/:login/own-keys/revoke', act('key', nothing, revokeKeys));

  router.post(
    '/:login/shell',
    act('shell', shellForm, (user, { shell }) => setShell(user, shell)),
  );

  router.post(
    '/:login/groups',
    act('group', groupForm, async (user, { group }) => {
      const { value } = await readPeople(reader);
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
      readPeople(reader),
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
}

type Schema<T> = Parameters<typeof readForm<T>>[0];
const nothing = z.strictObject({});

/** Whether this user is the one whom the account that asks stands for. */
const isOwn = (res: Response, { login }: User): boolean => res.locals.account?.user === login;
