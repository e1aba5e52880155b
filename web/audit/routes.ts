// The audit log as a page: filtered, newest first, live; each entry with all that the agent wrote; as a file; and its chain, checked.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { HostDeps } from '../agent/host-deps.ts';
import { statusSchema } from '../agent/results.ts';
import { shownArgv, visible } from '../changes/command.ts';
import { titlesOf } from '../changes/store.ts';
import type { Feature } from '../feature.ts';
import { t } from '../i18n/text.ts';
import { leaveNotice } from '../notice.ts';
import { Problem } from '../problem.ts';
import { keepOpen } from '../sessions/streams.ts';
import { lineOf, partsOf, textually } from './entry.ts';
import { csv, jsonLines, wholeLog } from './export.ts';
import { type Asked, askedOf, filterOf, hrefOf, isFiltered, outcomes, spans } from './filter.ts';
import { findEntries } from './find.ts';
import { seenOf, tellNews } from './live.ts';
import type { Mirror } from './mirror.ts';
import { countRefused, currentLog, type LogRow, logs, openEntry, words } from './store.ts';
import { isSound, lastChecks, type Verifier } from './verify.ts';
import { argvOf, nameOf, problemOf, toneOf, wordOf } from './words.ts';

const hourMs = 3_600_000;
const catchUpMs = 400;
/** A file should hold what happened up to now. */
const exportCatchUpMs = 5_000;
const shownChecks = 10;
const say = { toneOf, nameOf, wordOf, problemOf, isSound };

export function auditRoutes(
  { db, reader, now }: Pick<HostDeps, 'db' | 'reader' | 'now'>,
  mirror: Mirror,
  verifier: Verifier,
): Feature {
  const router = Router();

  /** The log that is asked for, the one of now, and what else there is. */
  async function logsFor(asked: Pick<Asked, 'log'>, withinMs = catchUpMs) {
    mirror.use();
    const { log: newest, behind } = await mirror.catchUp(withinMs);
    const known = await logs(db);
    const log: LogRow = known.find(row => row.log === Number(asked.log)) ?? newest;
    return {
      log,
      newest,
      behind,
      isCurrent: log.log === newest.log,
      earlier: known.filter(row => row.log !== newest.log),
    };
  }

  router.get('/', async (req, res) => {
    const asked = askedOf(req.query);
    const [known, status] = await Promise.all([
      logsFor(asked),
      reader.read({ cmd: '@status', args: [] }, statusSchema),
    ]);
    const found = await findEntries(db, filterOf(asked, known.log.log, now()), Number(known.log.last_n));
    const titles = await titlesOf(
      db,
      found.rows.flatMap(({ change_id }) => change_id ?? []),
    );
    const href = (changes: Partial<Asked>) => hrefOf({ ...asked, before: '', ...changes });
    // The page that asks for itself again leaves the address as it is.
    if (req.get('HX-Source')?.startsWith('form')) res.set('HX-Push-Url', href({ before: asked.before }));
    res.render('audit/views/list', {
      title: t('audit.nav'),
      ...{ ...known, asked, found, titles, href },
      again: href({ before: asked.before }),
      exported: (name: string) => hrefOf({ ...asked, before: '', live: '' }, `/audit/${name}`),
      seen: seenOf(known.log),
      isFiltered: isFiltered(asked),
      isLive: known.isCurrent && asked.before === '',
      full: status.value?.auditAvailable === false,
      lists: { rules: await words(db, 'rule'), accounts: await words(db, 'account'), users: await words(db, 'user') },
      ...{ outcomes, spans: Object.keys(spans), checked: (await lastChecks(db, 1))[0], ...say },
    });
  });

  router.get('/live', async (req, res) => {
    const { newest } = await logsFor({ log: '' });
    tellNews(req, res, mirror, newest);
  });

  router.get('/audit.csv', async (req, res) => {
    const { filter, last } = await exportOf(req);
    await send(req, res, 'csv', 'text/csv; charset=utf-8; header=present', csv(db, filter, last));
  });

  router.get('/audit.jsonl', async (req, res) => {
    const { filter, last, whole } = await exportOf(req);
    const lines = whole ? wholeLog(db, filter.log) : jsonLines(db, filter, last);
    await send(req, res, 'jsonl', 'application/jsonl; charset=utf-8', lines);
  });

  async function exportOf(req: Request) {
    const asked = askedOf(req.query);
    const { log } = await logsFor(asked, exportCatchUpMs);
    return { filter: filterOf(asked, log.log, now()), last: Number(log.last_n), whole: !isFiltered(asked) };
  }

  async function send(req: Request, res: Response, ending: string, type: string, parts: AsyncIterable<string>) {
    keepOpen(req, res);
    const name = `gatehouse-audit-${new Date(now()).toISOString().slice(0, 10)}.${ending}`;
    res.set({ 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}"` });
    if (req.method === 'HEAD') return void res.end();
    // Whoever goes away in the middle ends it, and that is all.
    await pipeline(Readable.from(parts), res).catch(error => {
      if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    });
  }

  router.get('/verify', async (req, res) => {
    const { log, isCurrent } = await logsFor(askedOf(req.query));
    const checks = await lastChecks(db, shownChecks);
    const locals = { log, isCurrent, checks, progress: verifier.progress(), ...say };
    res.render('audit/views/verify', { title: t('audit.verify'), ...locals });
  });

  router.post('/verify', async (req, res) => {
    const { log, isCurrent } = await logsFor(askedOf(req.body ?? {}));
    const begun = verifier.begin(log, isCurrent, res.locals.account?.login ?? '');
    if (!begun) leaveNotice(req, 'warn', t('audit.verify.busy'));
    res.redirect(303, isCurrent ? '/audit/verify' : `/audit/verify?log=${log.log}`);
  });

  router.post('/begin-again', onlyAdministrator, async (req, res) => {
    await mirror.beginAgain();
    leaveNotice(req, 'ok', t('audit.begun'));
    res.redirect(303, '/audit');
  });

  router.get('/:n', async (req, res) => {
    const { newest } = await logsFor({ log: '' });
    const shown = Number(req.query.log ?? newest.log);
    const n = /^[1-9][0-9]{0,14}$/.test(String(req.params.n)) ? Number(req.params.n) : 0;
    const opened = Number.isInteger(shown) ? await openEntry(db, shown, n) : undefined;
    if (!opened) throw new Problem(404);
    const { row, entry, ending } = opened;
    res.render('audit/views/entry', {
      title: t('audit.entry', { n: row.n }),
      ...opened,
      titles: await titlesOf(db, row.change_id ? [row.change_id] : []),
      ...{ parts: partsOf(entry), end: ending && partsOf(ending), argv: argvOf(entry), shownArgv, textually, ...say },
      raw: [entry, ...(ending ? [ending] : [])].map(one => visible(lineOf(one))),
      suffix: shown === newest.log ? '' : `?log=${shown}`,
      find: (asked: Partial<Asked>) =>
        hrefOf({ ...askedOf({}), ...asked, log: shown === newest.log ? '' : `${shown}` }),
    });
  });

  const before: RequestHandler = async (_req, res, next) => {
    const { log } = await currentLog(db, now());
    const n = await countRefused(db, log, now() - hourMs);
    if (n > 0) res.locals.badges = { ...res.locals.badges, '/audit': t('audit.nav.refused', { n }) };
    next();
  };

  const access = { look: ['administrator', 'reviewer'], act: ['administrator', 'reviewer'] } as const;
  return { path: '/audit', access, router, before, nav: { text: 'audit.nav', icon: 'audit', group: 'trust' } };
}

/** A new copy puts the sign away that the log was changed. */
const onlyAdministrator: RequestHandler = (_req, res, next) => {
  if (res.locals.account?.role !== 'administrator') throw new Problem('role');
  next();
};
