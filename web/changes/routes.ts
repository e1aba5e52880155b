// The changes: the list, the preview of one, its run as a job, and what came of it.
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { HostDeps } from '../agent/host-deps.ts';
import { statusSchema } from '../agent/results.ts';
import { said } from '../agent/said.ts';
import type { Feature } from '../feature.ts';
import { type Form, formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { readList } from '../list.ts';
import { Problem } from '../problem.ts';
import { isProved, proveAt } from '../security/proof.ts';
import type { Change, Fact, HostCommand } from './change.ts';
import { visible } from './command.ts';
import { asNow, boundToUids } from './drift.ts';
import type { NotRun } from './jobs.ts';
import { openPlans, type Planner, type Ways } from './plan.ts';
import { type Preview, previewChange, waysOf } from './preview.ts';
import { hasUndo, jsonOf, localsOf } from './show.ts';
import { accountsOf, type ChangeRow, changeStates, findChange, listChanges, takenBack, touchesOf } from './store.ts';
import { streamJob } from './stream.ts';
import { toneOf } from './summary.ts';

const codeForm = z.strictObject({
  code: z
    .string()
    .transform(text => text.replaceAll(/\s/g, ''))
    .pipe(z.string().regex(/^[0-9]{6}$/, 'changes.code.shape')),
});
const passwordForm = z.strictObject({ code: z.string().min(1, 'changes.self.missing').max(1024, 'me.password.wrong') });

const spans = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 };
/** The longest that a client may ask to wait for the end of a change (RFC 7240). */
const longestWaitMs = 30_000;

/** How every act goes on: its change is kept, and the browser is sent to its preview. */
export type Offer = (req: Request, res: Response, change: Change, ways: Ways) => Promise<void>;

export function offering({ db, secret, now, reader }: HostDeps): Offer {
  const plans = openPlans(db, secret, now);
  return async (req, res, change, ways) => {
    const id = await plans.keep(await boundToUids(reader, change), plannerOf(req, res), ways);
    res.redirect(303, `/changes/${id}`);
  };
}

export function changesRoutes(deps: HostDeps): Feature {
  const { agent, reader, db, now, secret, jobs } = deps;
  const router = Router();
  const plans = openPlans(db, secret, now);
  const offer = offering(deps);

  router.get('/', async (req, res) => {
    const filters = ['account', 'subject', 'state', 'when'];
    const list = readList(req.query, { path: '/changes', sorts: ['started'], direction: 'desc', filters, size: 50 });
    const { account = '', subject = '', state = '', when = '' } = list.filters;
    const since = Object.hasOwn(spans, when) ? { since: now() - spans[when as keyof typeof spans] } : {};
    const own = ownOnly(res);
    const found = await listChanges(db, list.page, list.size, { account, subject, state, ...since, ...own });
    const undone = await takenBack(db, ids(found.rows));
    const at = { page: list.page, pages: Math.max(1, Math.ceil(found.total / list.size)) };
    const choices = { states: changeStates, spans: Object.keys(spans), accounts: own ? [] : await accountsOf(db) };
    const mayUndo = (row: ChangeRow) => mayAct(res, row) && hasUndo(row) && !undone.has(row.id);
    const filtered = Object.values(list.filters).some(value => value !== '');
    const locals = { title: t('changes.nav'), ...found, at, list, ...choices, filtered, undone, mayUndo };
    res.render('changes/views/list', { ...locals, toneOf });
  });

  router.get('/:id', async (req, res) => {
    const id = (await changeOf(req, res)).id;
    await finished(id, req);
    const row = await changeOf(req, res);
    if (req.accepts(['html', 'json']) === 'json') return void res.json(await jsonOf(db, row));
    if (row.state !== 'planned') return showJob(res, row);
    const change = plans.open(row, plannerOf(req, res));
    if (!change) return void res.status(410).render('changes/views/ended', { title: row.title, row });
    await showPreview(res, row, change);
  });

  router.get('/:id/events', async (req, res) => {
    const row = await changeOf(req, res);
    await streamJob(req, res, deps, row.id, mayAct(res, row));
  });

  router.post('/:id/run', async (req, res) => {
    const row = await changeOf(req, res);
    const change = plans.open(row, plannerOf(req, res));
    if (!change) return void res.redirect(303, `/changes/${row.id}`);
    const undone = row.takes_back !== null && (await takenBack(db, [row.takes_back])).has(row.takes_back);
    if (undone) return void res.redirect(303, `/changes/${row.takes_back}`);
    const { code, seen, _csrf } = req.body ?? {};
    const preview = await previewChange(agent, reader, change);
    if (preview.needsProof && !isProved(req)) return void res.redirect(303, proveAt(`/changes/${row.id}`));
    if (!preview.possible || seen !== preview.digest) return showPreview(res, row, change, { preview, differs: true });
    const schema = { nothing: undefined, code: codeForm, self: passwordForm }[preview.asks];
    const read = schema && readForm(schema, { code: code ?? '', _csrf }, ['code']);
    if (read && !read.ok) return showPreview(res, row, change, { preview, form: read.form });
    const actor = { account: row.account, ip: req.ip ?? '', change: row.id };
    const ways = await waysOf(agent, preview);
    const started = await jobs.start(row.id, change, ways, actor, read?.values.code);
    if (typeof started === 'string') {
      await finished(row.id, req);
      return void res.redirect(303, `/changes/${row.id}`);
    }
    if ('busy' in started) return showBusy(res, row, started.busy);
    await showPreview(res, row, change, { preview, notRun: started });
  });

  router.post('/:id/cancel', async (req, res) => {
    const row = await changeOf(req, res);
    await jobs.cancel(row.id);
    res.redirect(303, `/changes/${row.id}`);
  });

  router.post('/:id/undo', async (req, res) => {
    const row = await changeOf(req, res);
    if (!hasUndo(row)) throw new Problem(404);
    if ((await takenBack(db, [row.id])).size > 0) return void res.redirect(303, `/changes/${row.id}`);
    const wayBack = JSON.parse(row.inverse ?? '[]') as HostCommand[];
    const change = {
      title: t('changes.undo.title', { title: row.title }),
      steps: await Promise.all(wayBack.map(step => asNow(reader, step))),
      undo: [],
      touches: touchesOf(row),
      expects: JSON.parse(row.leaves ?? '[]') as Fact[],
    };
    await offer(req, res, change, { again: `/changes/${row.id}`, next: row.next, takesBack: row.id });
  });

  /** What is another's is not there for a member. */
  async function changeOf(req: Request, res: Response): Promise<ChangeRow> {
    const row = await findChange(db, String(req.params.id));
    if (!row || (ownOnly(res) && row.account_id !== res.locals.account?.id)) throw new Problem(404);
    return row;
  }

  /** Waits for what runs, or is parked, as long as the request asks for: `Prefer: wait=10` (RFC 7240). */
  async function finished(id: string, req: Request): Promise<void> {
    const seconds = /^wait=(\d{1,3})$/.exec(req.get('Prefer') ?? '')?.[1];
    const until = performance.now() + Math.min(Number(seconds ?? 0) * 1_000, longestWaitMs);
    while (performance.now() < until && !req.socket.destroyed) {
      const news = jobs.news(id, 250);
      if ((await findChange(db, id))?.state !== 'running') return;
      await news;
    }
  }

  async function showPreview(
    res: Response,
    row: ChangeRow,
    change: Change,
    after: { preview?: Preview; form?: Form; notRun?: NotRun; differs?: boolean } = {},
  ): Promise<void> {
    const { form, notRun, differs } = after;
    const [preview, status] = await Promise.all([
      after.preview ?? previewChange(agent, reader, change),
      reader.read({ cmd: '@status', args: [] }, statusSchema),
    ]);
    const wrongCode = notRun?.problem === 'needs-confirmation' && preview.asks !== 'nothing';
    const reason = notRun && visible(said(notRun.message));
    const shown = wrongCode ? formWith({}, { code: reason ?? '' }) : form;
    if (form || notRun || differs) res.status(preview.away || notRun?.problem === 'away' ? 503 : 422);
    const why = wrongCode ? undefined : notRun && { ...notRun, message: reason };
    const locals = { title: row.title, row, change, preview, notRun: why, form: shown, differs };
    res.render('changes/views/preview', { ...locals, dummy: status.value?.mode === 'dummy' });
  }

  async function showJob(res: Response, row: ChangeRow): Promise<void> {
    res.render('changes/views/job', await localsOf(db, row, mayAct(res, row)));
  }

  function showBusy(res: Response, row: ChangeRow, other: ChangeRow): void {
    const mayLook = !ownOnly(res) || other.account_id === row.account_id;
    const names = touchesOf(row).map(({ name }) => name);
    res.status(409).render('changes/views/busy', { title: row.title, row, other, mayLook, names });
  }

  const access = {
    look: ['administrator', 'reviewer', 'member'],
    act: ['administrator', 'member'],
  } as const;
  return { path: '/changes', access, router, nav: { text: 'changes.nav', icon: 'changes', group: 'trust' } };
}

const ids = (rows: readonly ChangeRow[]) => rows.map(({ id }) => id);

/** Members have their own changes and no others. */
function ownOnly(res: Response): { accountId: string } | undefined {
  const account = res.locals.account;
  return account && account.role !== 'member' ? undefined : { accountId: account?.id ?? '' };
}

const mayAct = ({ locals: { account } }: Response, row: ChangeRow): boolean =>
  account?.role === 'administrator' || (account?.role === 'member' && account.id === row.account_id);

function plannerOf(req: Request, res: Response): Planner {
  const account = res.locals.account;
  if (!account) throw new Problem(403);
  return { account, session: req.sessionID };
}
