// The preview of a change, its run, and what came of it.
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { HostDeps } from '../agent/host-deps.ts';
import { statusSchema } from '../agent/results.ts';
import type { Feature } from '../feature.ts';
import { type Form, formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { readList } from '../list.ts';
import { Problem } from '../problem.ts';
import type { Change, HostCommand } from './change.ts';
import { shownArgv, visible } from './command.ts';
import { openPlans, type Planner, type Ways } from './plan.ts';
import { type Preview, previewChange } from './preview.ts';
import { type Ran, runChange } from './run.ts';
import { type ChangeRow, findChange, listChanges, markInterrupted, stepsOf, takenBack, touchesOf } from './store.ts';
import { stepToneOf, summarise, toneOf } from './summary.ts';
import { time } from './time.ts';

const codeForm = z.strictObject({
  code: z
    .string()
    .transform(text => text.replaceAll(/\s/g, ''))
    .pipe(z.string().regex(/^[0-9]{6}$/, 'changes.code.shape')),
});

/** How every act goes on: its change is kept, and the browser is sent to its preview. */
export type Offer = (req: Request, res: Response, change: Change, ways: Ways) => Promise<void>;

export function offering({ db, secret, now }: HostDeps): Offer {
  const plans = openPlans(db, secret, now);
  return async (req, res, change, ways) => {
    const id = await plans.keep(change, plannerOf(req, res), ways);
    res.redirect(303, `/changes/${id}`);
  };
}

export function changesRoutes(deps: HostDeps): Feature {
  const { agent, reader, db, now, secret, acted, runs } = deps;
  const router = Router();
  const plans = openPlans(db, secret, now);
  const offer = offering(deps);
  const recovered = markInterrupted(db, now());
  recovered.catch(() => {});
  router.use(async (_req, _res, next) => {
    await recovered;
    next();
  });

  router.get('/', async (req, res) => {
    const list = readList(req.query, { path: '/changes', sorts: ['started'], direction: 'desc', size: 50 });
    const { rows, total } = await listChanges(db, list.page, list.size);
    const at = { page: list.page, pages: Math.max(1, Math.ceil(total / list.size)) };
    res.render('changes/views/list', { title: t('changes.nav'), rows, total, at, list, toneOf, time });
  });

  router.get('/:id', async (req, res) => {
    const row = await changeOf(req);
    if (row.state !== 'planned') return showResult(res, row);
    const change = plans.open(row, plannerOf(req, res));
    if (!change) return void res.status(410).render('changes/views/ended', { title: row.title, row });
    await showPreview(res, row, change);
  });

  // The address bar after a wrong code: looking there again shows the change.
  router.get('/:id/run', (req, res) => res.redirect(303, `/changes/${req.params.id}`));

  router.post('/:id/run', async (req, res) => {
    const row = await changeOf(req);
    const change = plans.open(row, plannerOf(req, res));
    if (!change) return void res.redirect(303, `/changes/${row.id}`);
    const { code, seen, _csrf } = req.body ?? {};
    const preview = await previewChange(agent, change);
    if (!preview.possible || seen !== preview.digest) return showPreview(res, row, change, { preview, differs: true });
    const read = preview.needsCode ? readForm(codeForm, { code: code ?? '', _csrf }, ['code']) : undefined;
    if (read && !read.ok) return showPreview(res, row, change, { preview, form: read.form });
    const actor = { account: row.account, ip: req.ip ?? '', change: row.id };
    const running = runChange({ db, agent, now }, row.id, change, actor, read?.values.code);
    runs.add(running);
    const ran = await running.finally(() => runs.delete(running));
    await acted();
    if (typeof ran === 'object') return showPreview(res, row, change, { preview, ran });
    res.redirect(303, `/changes/${row.id}`);
  });

  router.post('/:id/undo', async (req, res) => {
    const row = await changeOf(req);
    if (row.state !== 'done' || !row.inverse) throw new Problem(404);
    if ((await takenBack(db, [row.id])).size > 0) return void res.redirect(303, `/changes/${row.id}`);
    const steps = JSON.parse(row.inverse) as HostCommand[];
    const title = t('changes.undo.title', { title: row.title });
    const change = { title, steps, undo: [], touches: touchesOf(row) };
    await offer(req, res, change, { again: `/changes/${row.id}`, next: row.next, takesBack: row.id });
  });

  async function changeOf(req: Request): Promise<ChangeRow> {
    const row = await findChange(db, String(req.params.id));
    if (!row) throw new Problem(404);
    return row;
  }

  async function showPreview(
    res: Response,
    row: ChangeRow,
    change: Change,
    after: { preview?: Preview; form?: Form; ran?: Exclude<Ran, string>; differs?: boolean } = {},
  ): Promise<void> {
    const { form, ran, differs } = after;
    const [preview, status] = await Promise.all([
      after.preview ?? previewChange(agent, change),
      reader.read({ cmd: '@status', args: [] }, statusSchema),
    ]);
    const wrongCode = ran?.problem === 'needs-confirmation' && preview.needsCode;
    const shown = wrongCode ? formWith({}, { code: visible(ran.message) }) : form;
    if (form || ran || differs) res.status(preview.away || ran?.problem === 'away' ? 503 : 422);
    const locals = { title: row.title, row, change, preview, ran: wrongCode ? undefined : ran, form: shown, differs };
    res.render('changes/views/preview', { ...locals, time, dummy: status.value?.mode === 'dummy' });
  }

  async function showResult(res: Response, row: ChangeRow): Promise<void> {
    const steps = (await stepsOf(db, row.id)).map(step => ({
      ...step,
      shown: shownArgv(JSON.parse(step.argv)),
      message: step.message?.split('\n').map(visible).join('\n') ?? null,
    }));
    const locals = {
      title: row.title,
      row,
      steps,
      summary: summarise(steps),
      tone: toneOf[row.state],
      next: nextOf(row),
      takenBackBy: (await takenBack(db, [row.id])).get(row.id),
      stepToneOf,
      time,
    };
    res.render('changes/views/result', locals);
  }

  const access = { look: ['administrator', 'reviewer'], act: ['administrator'] } as const;
  return { path: '/changes', access, router, nav: { text: 'changes.nav', icon: 'changes', group: 'trust' } };
}

/** Where `next` leads, in words. */
function nextOf({ next }: ChangeRow): string {
  const login = /^\/users\/([^/?]+)$/.exec(next)?.[1];
  return login ? t('changes.result.next.user', { login }) : t('changes.result.next.users');
}

function plannerOf(req: Request, res: Response): Planner {
  const account = res.locals.account;
  if (!account) throw new Problem(403);
  return { account, session: req.sessionID };
}
