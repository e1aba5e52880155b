// What came of a change, for people: what was changed, what was put back, where it stopped.
import type { ChangeState, StepRow, StepState } from './store.ts';

export interface Summary {
  /** The step it stopped at. */
  stopped: StepRow | undefined;
  /** Done and still so; what found nothing to do is not among them. */
  stays: StepRow[];
  putBack: StepRow[];
  /** What should have been put back and was not. */
  stuck: StepRow[];
}

export function summarise(steps: readonly StepRow[]): Summary {
  const forward = steps.filter(step => step.puts_back === null);
  const undo = steps.filter(step => step.puts_back !== null);
  const undone = (step: StepRow) => {
    const own = undo.filter(({ puts_back }) => puts_back === step.position);
    return own.length > 0 && own.every(({ state }) => state === 'done');
  };
  const done = forward.filter(({ state, code }) => state === 'done' && (code === 0 || code === null));
  const gone = (step: StepRow) =>
    undone(step) || (step.relies && done.some(earlier => earlier.position < step.position && undone(earlier)));
  return {
    stopped: forward.find(({ state }) => state === 'failed' || state === 'refused' || state === 'unknown'),
    stays: done.filter(step => !gone(step)),
    putBack: done.filter(gone),
    stuck: undo.filter(({ state }) => state === 'failed' || state === 'refused' || state === 'unknown'),
  };
}

export const toneOf = {
  planned: 'off',
  running: 'busy',
  parked: 'wait',
  done: 'ok',
  failed: 'bad',
  'put-back': 'warn',
  cancelled: 'warn',
  interrupted: 'warn',
} as const satisfies Record<ChangeState, string>;

export const stepToneOf = {
  waiting: 'off',
  running: 'busy',
  parked: 'wait',
  done: 'ok',
  failed: 'bad',
  refused: 'bad',
  unknown: 'warn',
} as const satisfies Record<StepState, string>;
