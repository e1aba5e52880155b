// One's own user of the host, for an account that stands for one: password and keys. Which user that is comes from the account alone.
import { type Request, type Response, Router } from 'express';
import { boundUid, isAnother } from '../accounts/store.ts';
import type { HostDeps } from '../agent/host-deps.ts';
import type { Change } from '../changes/change.ts';
import { offering } from '../changes/routes.ts';
import type { Feature } from '../feature.ts';
import { type Form, formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { Problem } from '../problem.ts';
import { setPassword } from '../users/credentials.ts';
import { fingerprintForm, keyForm, passwordFields, passwordForm } from '../users/forms.ts';
import { keyActs } from '../users/key-acts.ts';
import type { Faults } from '../users/keys.ts';
import { newPassword } from '../users/password.ts';
import { readKeysOf, readPeople } from '../users/reading.ts';
import { lastSignIn, stateOf, toneOf } from '../users/state.ts';
import { hasShell } from '../users/user.ts';

type Forms = Partial<Record<'password' | 'key', Form>>;

export function ownRoutes(deps: HostDeps): Feature {
  const { db, reader } = deps;
  const router = Router();
  const offer = offering(deps);
  const keys = keyActs(reader, 'self');

  router.use(async (_req, res, next) => {
    const login = ownLogin(res);
    const { value } = await readPeople(reader);
    const bound = await boundUid(db, res.locals.account?.id ?? '');
    const now = value?.users.find(known => known.login === login);
    if (isAnother(bound, now)) throw new Problem('another', { login });
    next();
  });

  router.get('/', (req, res) => show(req, res));

  router.post(
    '/password',
    act('password', passwordForm, async (login, { password }) => {
      const { value } = await readPeople(reader);
      const samba = value?.users.find(known => known.login === login)?.samba ?? null;
      return setPassword({ login, expired: null, samba }, await newPassword(password), 'self');
    }),
  );

  router.post('/keys', act('key', keyForm, keys.add));

  router.post('/keys/remove', act('key', fingerprintForm, keys.remove));

  function act<T>(
    name: keyof Forms,
    schema: Parameters<typeof readForm<T>>[0],
    make: (login: string, values: T) => Promise<Change | Faults>,
  ) {
    return async (req: Request, res: Response) => {
      const read = readForm(schema, req.body, passwordFields);
      if (!read.ok) return show(req, res, { [name]: read.form });
      const made = await make(ownLogin(res), read.values);
      if ('faults' in made) return show(req, res, { [name]: formWith(req.body, made.faults, passwordFields) });
      await offer(req, res, made, { again: '/my-user', next: '/my-user' });
    };
  }

  async function show(_req: Request, res: Response, forms: Forms = {}): Promise<void> {
    const login = ownLogin(res);
    const [reading, kept, ownKept] = await Promise.all([
      readPeople(reader),
      readKeysOf(reader, login, 'owner'),
      readKeysOf(reader, login, 'self'),
    ]);
    const user = reading.value?.users.find(known => known.login === login);
    if (Object.keys(forms).length > 0) res.status(422);
    const about = { stateOf, toneOf, hasShell, lastSignIn };
    res.render('own/views/own', { title: t('own.nav'), ...about, login, user, kept, ownKept, reading, forms });
  }

  // Reviewers change nothing, whomever they stand for.
  const people = ['administrator', 'member'] as const;
  return {
    path: '/my-user',
    access: { look: people, act: people },
    only: ({ user }) => user !== null,
    router,
    nav: { text: 'own.nav', icon: 'account' },
  };
}

function ownLogin(res: Response): string {
  const login = res.locals.account?.user;
  if (!login) throw new Problem(404);
  return login;
}
