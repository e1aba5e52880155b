// The first page: how the host is and was, whether the gate is sound, what was done last. And the top bar's word about the host, on every page.
import { type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { HostDeps } from '../agent/host-deps.ts';
import { hostSchema, rulesSchema, statusSchema } from '../agent/results.ts';
import type { Mirror } from '../audit/mirror.ts';
import { countRefused, lastRefusal } from '../audit/store.ts';
import { visible } from '../changes/command.ts';
import { listChanges, takenBack } from '../changes/store.ts';
import { toneOf } from '../changes/summary.ts';
import { type Feature, onlyAdministrators } from '../feature.ts';
import { shapes } from '../i18n/figures.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { chartsOf, diskName, fromFirst, tableOf } from './charts.ts';
import { type Range, ranges, readHistory } from './history.ts';

const dayMs = 86_400_000;
const catchUpMs = 200;
const shownChanges = 5;

const range = z.enum(Object.keys(ranges) as [Range, ...Range[]]).catch('day');
/** A part of a range that somebody drew on a chart, in ms since 1970. */
const moment = z.coerce.number().int().nonnegative();
const part = z
  .object({ from: moment, to: moment })
  .refine(({ from, to }) => from < to && to - from <= ranges.year)
  .optional()
  .catch(undefined);

export function overviewRoutes({ db, reader, now }: HostDeps, mirror: Mirror): Feature {
  const router = Router();
  const status = () => reader.read({ cmd: '@status', args: [] }, statusSchema);
  const host = () => reader.read({ cmd: '@host', args: [] }, hostSchema);

  async function present(): Promise<object> {
    mirror.use();
    const [facts, told, rules, { log }] = await Promise.all([
      host(),
      status(),
      reader.read({ cmd: '@rules', args: [] }, rulesSchema),
      mirror.catchUp(catchUpMs),
    ]);
    const [refusedCount, refusal, { rows }] = await Promise.all([
      countRefused(db, log.log, now() - dayMs),
      lastRefusal(db, log.log),
      listChanges(db, 1, shownChanges),
    ]);
    const ids = rows.map(({ id }) => id);
    const gate = { rules: rules.value?.rules.length, log, refusedCount, refusal };
    const undone = await takenBack(db, ids);
    return { facts, told, gate, undone, changes: rows, diskName, toneOf };
  }

  const lately = async (range: Range, to: number) => fromFirst(await readHistory(db, to - ranges[range], to, to));

  router.get('/', async (req, res) => {
    const chosen = range.parse(req.query.range);
    const to = now();
    const [is, history] = await Promise.all([present(), lately(chosen, to)]);
    const charts = chartsOf(history);
    const was = {
      chosen,
      ranges: Object.keys(ranges),
      charts,
      table: tableOf(history, charts),
      locale: locale(),
      shapes,
    };
    res.render('overview/views/overview', { title: t('overview.nav'), ...is, ...was });
  });

  // The same figures again, for a page that stays open.
  router.get('/overview/now', async (_req, res) => res.render('overview/views/now', await present()));

  router.get('/overview/history', async (req, res: Response) => {
    const to = now();
    const asked = part.parse(req.query);
    res.json(await (asked ? readHistory(db, asked.from, asked.to, to) : lately(range.parse(req.query.range), to)));
  });

  const before: RequestHandler = async (req, res, next) => {
    const [facts, told] = await Promise.all([host(), status()]);
    const name = facts.value ? visible(facts.value.hostname) : t('overview.host.unnamed');
    if (told.stale?.away || !told.value)
      res.locals.host = { name, tone: 'bad', word: t('overview.host.away'), renews: req.method === 'GET' };
    else if (!told.value.auditAvailable) res.locals.host = { name, tone: 'bad', word: t('overview.host.full') };
    else res.locals.host = { name, tone: 'ok', word: t('overview.host.healthy') };
    next();
  };

  return { path: '/', access: onlyAdministrators, router, before, nav: { text: 'overview.nav', icon: 'overview' } };
}
