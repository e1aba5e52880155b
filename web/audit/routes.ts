// The audit log as a page: filtered, newest first, each entry with all that the agent wrote.
import { type RequestHandler, Router } from 'express';
import type { HostDeps } from '../agent/host-deps.ts';
import { statusSchema } from '../agent/results.ts';
import { shownArgv, visible } from '../changes/command.ts';
import { titlesOf } from '../changes/store.ts';
import { time } from '../changes/time.ts';
import type { Feature } from '../feature.ts';
import { sentence, t } from '../i18n/text.ts';
import { leaveNotice } from '../notice.ts';
import { Problem } from '../problem.ts';
import { type AuditRow, type Entry, partsOf, textually } from './entry.ts';
import type { Mirror } from './mirror.ts';
import { countRefused, currentLog, type Filter, findEntries, logs, openEntry, words } from './store.ts';

const outcomes = ['ok', 'failed', 'refused', 'unknown', 'open', 'note'] as const;
const toneOf = { ok: 'ok', failed: 'warn', refused: 'bad', unknown: 'warn', open: 'busy', note: 'off' } as const;
const hourMs = 3_600_000;
const spans = { '1h': hourMs, '24h': 24 * hourMs, '7d': 7 * 24 * hourMs, '30d': 30 * 24 * hourMs } as const;
const catchUpMs = 400;

export function auditRoutes({ db, reader, now }: HostDeps, mirror: Mirror): Feature {
  const router = Router();

  router.get('/', async (req, res) => {
    mirror.use();
    const [{ log, behind }, status] = await Promise.all([
      mirror.catchUp(catchUpMs),
      reader.read({ cmd: '@status', args: [] }, statusSchema),
    ]);
    const asked = askedOf(req.query);
    const known = await logs(db);
    const shown = known.find(row => row.log === Number(asked.log)) ?? log;
    const filter: Filter = {
      log: shown.log,
      text: asked.q,
      rule: asked.rule,
      account: asked.account,
      change: asked.change,
      outcome: outcomes.find(outcome => outcome === asked.outcome) ?? '',
      since: Object.hasOwn(spans, asked.when) ? now() - spans[asked.when as keyof typeof spans] : undefined,
      before: /^[1-9][0-9]{0,14}$/.test(asked.before) ? Number(asked.before) : undefined,
    };
    const found = await findEntries(db, filter, Number(shown.last_n));
    const titles = await titlesOf(
      db,
      found.rows.flatMap(({ change_id }) => change_id ?? []),
    );
    const [rules, accounts] = [await words(db, 'rule'), await words(db, 'account')];
    const href = (changes: Partial<Asked>) => hrefOf({ ...asked, before: '', ...changes });
    if (req.get('HX-Request')) res.set('HX-Push-Url', href({ before: asked.before }));
    const lists = { rules, accounts, outcomes, spans: Object.keys(spans) };
    const full = status.value?.auditAvailable === false;
    const locals = {
      log: shown,
      newest: log,
      earlier: known.filter(row => row.log !== log.log),
      behind,
      found,
      titles,
      full,
    };
    res.render('audit/views/list', {
      title: t('audit.nav'),
      asked,
      href,
      toneOf,
      nameOf,
      wordOf,
      time,
      ...locals,
      ...lists,
    });
  });

  router.get('/:n', async (req, res) => {
    mirror.use();
    const { log } = await mirror.catchUp(catchUpMs);
    const shown = Number(req.query.log ?? log.log);
    const n = /^[1-9][0-9]{0,14}$/.test(String(req.params.n)) ? Number(req.params.n) : 0;
    const opened = Number.isInteger(shown) ? await openEntry(db, shown, n) : undefined;
    if (!opened) throw new Problem(404);
    const { row, entry, ending } = opened;
    const titles = await titlesOf(db, row.change_id ? [row.change_id] : []);
    const raw = [entry, ...(ending ? [ending] : [])].map(one => visible(JSON.stringify(one)));
    const about = { parts: partsOf(entry), end: ending && partsOf(ending), argv: argvOf(entry), raw, visible };
    const suffix = shown === log.log ? '' : `?log=${shown}`;
    res.render('audit/views/entry', {
      title: t('audit.entry', { n: row.n }),
      ...opened,
      ...about,
      ...{ titles, toneOf, nameOf, wordOf, problemOf, shownArgv, time, suffix },
    });
  });

  router.post('/begin-again', async (req, res) => {
    await mirror.beginAgain();
    leaveNotice(req, 'ok', t('audit.begun'));
    res.redirect(303, '/audit');
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

/** What an entry that is no command says, in words where there are some. */
function nameOf({ kind, line }: AuditRow): string | undefined {
  if (line !== kind) return undefined;
  const name = sentence(`audit.kind.${kind}`);
  return name.startsWith('audit.kind.') ? kind : name;
}

/** How it ended, in words. */
function wordOf({ outcome, problem, code, ms }: AuditRow): string {
  if (outcome === 'refused' && problem) return t('audit.word.refused', { problem: problemOf(problem) });
  if (outcome === 'ok') return t('audit.word.ok', { ms: ms ?? 0 });
  if (outcome === 'failed' && code !== null) return t('audit.word.exit', { code, ms: ms ?? 0 });
  return t(`audit.outcome.${outcome}`);
}

/** A problem of the contract in words; another one, of a newer agent, as it is. */
function problemOf(problem: string): string {
  const words = sentence(`audit.problem.${problem}`);
  return words.startsWith('audit.problem.') ? problem : words;
}

/** Whole, argument by argument, from the entry itself. */
function argvOf(entry: Entry): string[] | undefined {
  const { argv, cmd, args } = partsOf(entry);
  const words = argv ?? (cmd === undefined ? undefined : [cmd, ...(args ?? [])]);
  return words && shownArgv(words.map(textually));
}

const names = ['q', 'rule', 'outcome', 'account', 'when', 'change', 'before', 'log'] as const;
type Asked = Record<(typeof names)[number], string>;

function askedOf(query: Record<string, unknown>): Asked {
  const one = (name: string) => (typeof query[name] === 'string' ? query[name].trim().slice(0, 200) : '');
  return Object.fromEntries(names.map(name => [name, one(name)])) as Asked;
}

function hrefOf(asked: Asked): string {
  const said = new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== ''));
  return said.size === 0 ? '/audit' : `/audit?${said}`;
}
