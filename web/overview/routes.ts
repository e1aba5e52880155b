// The first page: how the host is, whether the gate is sound, what was done last. And the top bar's word about the host, on every page.
import { type RequestHandler, Router } from 'express';
import type { HostDeps } from '../agent/host-deps.ts';
import { hostSchema, rulesSchema, statusSchema } from '../agent/results.ts';
import type { Mirror } from '../audit/mirror.ts';
import { countRefused, lastRefusal } from '../audit/store.ts';
import { listChanges, takenBack } from '../changes/store.ts';
import { toneOf } from '../changes/summary.ts';
import { ago, time } from '../changes/time.ts';
import { type Feature, onlyAdministrators } from '../feature.ts';
import { t } from '../i18n/text.ts';
import { percent, size, span } from './figures.ts';
import { type History, lineThrough } from './history.ts';

const hourMs = 3_600_000;
const catchUpMs = 200;
const shownChanges = 5;

export function overviewRoutes({ db, reader, now }: HostDeps, mirror: Mirror, history: History): Feature {
  const router = Router();
  const status = () => reader.read({ cmd: '@status', args: [] }, statusSchema);
  const host = () => reader.read({ cmd: '@host', args: [] }, hostSchema);

  router.get('/', async (_req, res) => {
    mirror.use();
    const [facts, told, rules, { log }] = await Promise.all([
      host(),
      status(),
      reader.read({ cmd: '@rules', args: [] }, rulesSchema),
      mirror.catchUp(catchUpMs),
    ]);
    const refusedCount = await countRefused(db, log.log, now() - hourMs);
    const refusal = await lastRefusal(db, log.log);
    const { rows } = await listChanges(db, 1, shownChanges);
    const gate = { rules: rules.value?.rules.length, log, refusedCount, refusal };
    const undone = await takenBack(
      db,
      rows.map(({ id }) => id),
    );
    const samples = history.samples();
    const charts = {
      load: lineThrough(
        samples.map(({ load }) => load),
        facts.value?.cores ?? 1,
      ),
      memory: lineThrough(
        samples.map(({ memory }) => memory),
        1,
      ),
    };
    const say = { size, percent, span, time, ago: (ms: number) => ago(ms, now()), toneOf };
    res.render('overview/views/overview', {
      title: t('overview.nav'),
      facts,
      told,
      gate,
      charts,
      undone,
      changes: rows,
      ...say,
    });
  });

  const before: RequestHandler = async (_req, res, next) => {
    const [facts, told] = await Promise.all([host(), status()]);
    const name = facts.value?.hostname ?? t('overview.host.unnamed');
    if (told.stale?.away || !told.value) res.locals.host = { name, tone: 'bad', word: t('overview.host.away') };
    else if (!told.value.auditAvailable) res.locals.host = { name, tone: 'bad', word: t('overview.host.full') };
    else res.locals.host = { name, tone: 'ok', word: t('overview.host.healthy') };
    next();
  };

  return { path: '/', access: onlyAdministrators, router, before, nav: { text: 'overview.nav', icon: 'overview' } };
}
