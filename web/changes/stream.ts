// A change that runs, live: server-sent events whose ids say how much output was sent, so that a lost connection goes on where it was.
import type { Request, Response } from 'express';
import type { HostDeps } from '../agent/host-deps.ts';
import { keepOpen } from '../sessions/streams.ts';
import { visible } from './command.ts';
import { cursorOf, isLive, localsOf, shownStep } from './show.ts';
import { findChange, type StepRow, stepsOf } from './store.ts';

const beatMs = 5_000;
/** However much is printed, the page is told a few times a second. */
const restMs = 150;
/** Whoever reads no more is let go; the page comes back for what it missed. */
const unreadBytes = 1 << 20;

export async function streamJob(
  req: Request,
  res: Response,
  { db, jobs }: Pick<HostDeps, 'db' | 'jobs'>,
  id: string,
  mayAct: boolean,
): Promise<void> {
  if (res.destroyed) return;
  keepOpen(req, res);
  res.set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'private, no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  if (req.method === 'HEAD') return void res.end();
  res.flushHeaders();
  let [position, sent] = cursorFrom(req.get('Last-Event-ID') ?? req.query.from);
  const told = new Map<string, string>();
  let beatAt = -Infinity;
  while (!res.closed && !res.destroyed) {
    // Listened for before the rows are read: what comes in between is heard.
    const news = jobs.news(id, beatMs);
    if (performance.now() - beatAt >= beatMs) {
      // The comment is for what stands between; the event tells the page that it is heard.
      res.write(': beat\n\nevent: beat\ndata:\n\n');
      beatAt = performance.now();
    }
    const row = await findChange(db, id);
    if (!row || !isLive(row)) {
      if (row) res.write(message(await rendered(res, 'job-part', await localsOf(db, row, mayAct)), 'end'));
      return void res.end();
    }
    const rows = await stepsOf(db, id);
    const parts = [
      ...(await changed('#job-now', [row.state, row.cancel_asked], () => ofJob())),
      ...(await ofSteps(rows)),
    ];
    [position, sent] = cursorFrom(cursorOf(rows));
    if (parts.length > 0) res.write(message(parts.join(''), `${position}.${sent}`));
    if (res.writableLength > unreadBytes) return void res.destroy();
    await news;
    await new Promise(resolve => setTimeout(resolve, restMs));

    async function ofJob() {
      return rendered(res, 'job-now', await localsOf(db, row as NonNullable<typeof row>, mayAct));
    }
  }

  async function ofSteps(rows: readonly StepRow[]): Promise<string[]> {
    const parts: string[] = [];
    for (const step of rows) {
      const { output, printed, ...state } = step;
      parts.push(
        ...(await changed(`#step-${step.position}`, state, () =>
          rendered(res, 'step-part', { step: shownStep(step) }),
        )),
      );
      const fresh = freshOf(step);
      if (fresh !== '') parts.push(partial(`#out-${step.position}`, 'beforeend', escaped(fresh)));
    }
    return parts;
  }

  /** What this step printed that was not sent yet, as far as it is kept. */
  function freshOf({ position: at, output, printed }: StepRow): string {
    if (at < position || printed === 0) return '';
    const from = at === position ? sent : 0;
    const kept = output ?? '';
    return kept.slice(Math.max(0, kept.length - (printed - from)));
  }

  async function changed(target: string, state: unknown, render: () => Promise<string>): Promise<string[]> {
    const now = JSON.stringify(state);
    if (told.get(target) === now) return [];
    told.set(target, now);
    return [partial(target, 'outerHTML', await render())];
  }
}

const partial = (target: string, swap: string, html: string) =>
  `<hx-partial hx-target="${target}" hx-swap="${swap}">${html}</hx-partial>`;

/** A bare CR ends a line of a stream as well. */
const message = (html: string, id: string) =>
  `id: ${id}\n${html
    .split(/\r\n|\r|\n/)
    .map(line => `data: ${line}\n`)
    .join('')}\n`;

function cursorFrom(text: unknown): [position: number, sent: number] {
  const [, position, sent] = /^(\d{1,9})\.(\d{1,15})$/.exec(String(text)) ?? [];
  return [Number(position ?? 0), Number(sent ?? 0)];
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) =>
  text
    .split('\n')
    .map(visible)
    .join('\n')
    .replace(/[&<>"]/g, sign => entities[sign] ?? sign);

function rendered(res: Response, view: string, locals: object): Promise<string> {
  return new Promise((resolve, reject) =>
    res.render(`changes/views/${view}`, locals, (error, html) => (error ? reject(error) : resolve(html))),
  );
}
