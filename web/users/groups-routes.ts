// The groups that Gatehouse made: who is in them, a new one, and the end of an empty one. Who is in which is changed on a user's page.
import { type Request, type Response, Router } from 'express';
import type { HostDeps } from '../agent/host-deps.ts';
import { statusSchema } from '../agent/results.ts';
import { offering } from '../changes/routes.ts';
import { type Feature, onlyAdministrators } from '../feature.ts';
import { type Form, formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { leaveNotice } from '../notice.ts';
import { newGroupForm } from './forms.ts';
import { makeGroup, removeGroup } from './group.ts';
import { readPeople } from './reading.ts';

export function groupsRoutes(deps: HostDeps): Feature {
  const { reader } = deps;
  const router = Router();
  const offer = offering(deps);
  const ways = { again: '/groups', next: '/groups' };

  router.get('/', (req, res) => show(req, res));

  router.post('/', async (req, res) => {
    const read = readForm(newGroupForm, req.body);
    if (!read.ok) return show(req, res, read.form);
    const { name } = read.values;
    const wrong = (text: string) => formWith(req.body, { name: text });
    reader.forget();
    const [{ value, stale }, status] = await Promise.all([
      readPeople(reader),
      reader.read({ cmd: '@status', args: [] }, statusSchema),
    ]);
    if (stale || !value || !status.value)
      return show(req, res, wrong(t('users.not-now', { why: stale?.why ?? status.stale?.why ?? '' })), 503);
    const logins = [...value.users, ...value.accounts, ...value.trash].map(({ login }) => login);
    if ([...logins, ...value.groups.map(group => group.name)].includes(name))
      return show(req, res, wrong(t('groups.name.taken', { name })));
    await offer(req, res, makeGroup(name, status.value.nextUid), ways);
  });

  router.post('/:name/remove', async (req, res) => {
    const name = String(req.params.name);
    const { value } = await readPeople(reader);
    const group = value?.groups.find(known => known.name === name);
    if (group && group.members.length === 0) return offer(req, res, removeGroup(name), ways);
    leaveNotice(req, 'warn', group ? t('groups.not-empty', { name }) : t('groups.gone', { name }));
    res.redirect(303, '/groups');
  });

  async function show(_req: Request, res: Response, form?: Form, status = 422): Promise<void> {
    const reading = await readPeople(reader);
    if (form) res.status(status);
    res.render('users/views/groups', { title: t('groups.heading'), reading, form });
  }

  return { path: '/groups', access: onlyAdministrators, router };
}
