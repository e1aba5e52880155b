// What the host is called: the name it has now, and another one.
import { type Response, Router } from 'express';
import type { HostDeps } from '../agent/host-deps.ts';
import { hostSchema } from '../agent/results.ts';
import { offering } from '../changes/routes.ts';
import { type Feature, onlyAdministrators } from '../feature.ts';
import { type Form, formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { hostNameForm } from './forms.ts';
import { renameHost } from './host-name.ts';

export function hostRoutes(deps: HostDeps): Feature {
  const { reader } = deps;
  const { origin } = deps.settings;
  const router = Router();
  const offer = offering(deps);
  const readHost = () => reader.read({ cmd: '@host', args: [] }, hostSchema);

  router.get('/', (_req, res) => show(res));

  router.post('/', async (req, res) => {
    const read = readForm(hostNameForm, req.body);
    if (!read.ok) return show(res, read.form);
    const wrong = (text: string) => formWith(req.body, { name: text });
    reader.forget();
    const { value, stale } = await readHost();
    if (stale || !value) return show(res, wrong(t('host.not-now', { why: stale?.why ?? '' })), 503);
    const { name } = read.values;
    if (name === value.hostname) return show(res, wrong(t('host.name.same')));
    await offer(req, res, renameHost(value.hostname, name), { again: '/host', next: '/host' });
  });

  async function show(res: Response, form?: Form, status = 422): Promise<void> {
    const reading = await readHost();
    if (form) res.status(status);
    res.render('host/views/host', { title: t('host.nav'), origin, reading, form });
  }

  return {
    path: '/host',
    access: onlyAdministrators,
    router,
    nav: { text: 'host.nav', icon: 'host', group: 'system' },
  };
}
