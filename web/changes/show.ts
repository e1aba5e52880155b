// A change that was run, or is running, as its page, its stream and its JSON show it.
import type { Knex } from 'knex';
import { said } from '../agent/said.ts';
import { took } from '../i18n/figures.ts';
import { t } from '../i18n/text.ts';
import { shownArgv, visible } from './command.ts';
import { type ChangeRow, type StepRow, stepsOf, takenBack, touchesOf } from './store.ts';
import { stepToneOf, summarise, toneOf } from './summary.ts';

/** Not ended: there is something to wait for. */
export const isLive = ({ state }: ChangeRow): boolean => state === 'running' || state === 'parked';

/** Done and with a way back, or not done and with a way to put back what still stands. */
export const hasUndo = (row: ChangeRow): boolean => !isLive(row) && row.state !== 'planned' && row.inverse !== null;

const lines = (text: string) => text.split('\n').map(visible).join('\n');

/** Without a problem these are the words of a program, which stay as they are. */
const messageOf = ({ message, problem }: Pick<StepRow, 'message' | 'problem'>) =>
  message && problem ? said(message) : message;

export const shownStep = (step: StepRow) => ({
  ...step,
  tone: stepToneOf[step.state],
  word: wordOf(step),
  shown: shownArgv(JSON.parse(step.argv) as string[]),
  message: lines(messageOf(step) ?? ''),
  output: lines(step.output ?? ''),
  isCut: step.printed > (step.output ?? '').length,
});

function wordOf({ state, code, ms }: StepRow): string {
  if (state === 'done' && code) return t('changes.step.done-code', { code, took: took(ms ?? 0) });
  if (state === 'done') return t('changes.step.done', { took: took(ms ?? 0) });
  if (state === 'failed' && code !== null) return t('changes.step.failed-code', { code });
  return t(`changes.step.${state}`);
}

/** What the views of one change use. */
export async function localsOf(db: Knex, row: ChangeRow, mayAct: boolean) {
  const rows = await stepsOf(db, row.id);
  const { stopped, ...rest } = summarise(rows);
  const takenBackBy = (await takenBack(db, [row.id])).get(row.id);
  const job = {
    row,
    steps: rows.map(shownStep),
    summary: { ...rest, stopped: stopped && shownStep(stopped) },
    approval: rows.find(({ state }) => state === 'parked')?.approval ?? null,
    tone: toneOf[row.state],
    isLive: isLive(row),
    cursor: cursorOf(rows),
    mayAct,
    mayUndo: mayAct && hasUndo(row) && takenBackBy === undefined,
    takenBackBy,
    next: nextOf(row),
  };
  return { title: row.title, job };
}

/** How much output was shown: of which step, and how far. Those before it are whole. */
export const cursorOf = (rows: readonly StepRow[]): string => {
  const last = rows.findLast(({ printed }) => printed > 0);
  return last ? `${last.position}.${last.printed}` : '0.0';
};

export async function jsonOf(db: Knex, row: ChangeRow): Promise<object> {
  const rows = await stepsOf(db, row.id);
  const { stays, putBack, stuck } = summarise(rows);
  const positions = (steps: readonly StepRow[]) => steps.map(({ position }) => position);
  return {
    id: row.id,
    title: row.title,
    state: row.state,
    account: row.account,
    touches: touchesOf(row),
    plannedAt: row.planned_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    settledAt: row.settled_at,
    cancelAsked: Boolean(row.cancel_asked),
    hasUndo: hasUndo(row),
    takesBack: row.takes_back,
    takenBackBy: (await takenBack(db, [row.id])).get(row.id) ?? null,
    steps: rows.map(({ change_id: _, puts_back, relies: __, argv, ...step }) => ({
      ...step,
      putsBack: puts_back,
      message: messageOf(step),
      argv: JSON.parse(argv) as string[],
    })),
    stays: positions(stays),
    putBack: positions(putBack),
    stuck: positions(stuck),
  };
}

/** Where `next` leads, in words. */
function nextOf({ next }: ChangeRow): string {
  const name = /^\/(?:users|groups)\/([^/?]+)$/.exec(next)?.[1];
  if (name) return t('changes.result.next.open', { name: decodeURIComponent(name) });
  return t(next.startsWith('/users') ? 'changes.result.next.users' : 'changes.result.next.on');
}
