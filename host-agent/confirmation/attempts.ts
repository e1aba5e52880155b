// What wrong codes lead to: five in a row pause, twenty without a right one lock. Pure; kept by enrolment.ts.
import { Refused } from '../../allowlist/refused.ts';

export const pauseAfter = 5;
export const lockAfter = 20;
export const pauseMs = 15 * 60_000;

export interface Attempts {
  /** The newest step whose code was accepted: neither it nor an older one is accepted again. */
  lastStep: number;
  /** Wrong codes since the last right one. */
  wrong: number;
  pausedUntilMs: number;
}

export function afterRight(step: number): Attempts {
  return { lastStep: step, wrong: 0, pausedUntilMs: 0 };
}

export function afterWrong(attempts: Attempts, nowMs: number): Attempts {
  const wrong = attempts.wrong + 1;
  return { ...attempts, wrong, pausedUntilMs: wrong % pauseAfter === 0 ? nowMs + pauseMs : 0 };
}

/** Why no code at all is looked at now; such tries are not counted. */
export function barred({ wrong, pausedUntilMs }: Attempts, nowMs: number): Refused | null {
  if (wrong >= lockAfter)
    return needsConfirmation(
      `Codes are locked after ${wrong} wrong ones: run gatehouse-agent confirm unlock on the host, then give a new code.`,
    );
  if (nowMs >= pausedUntilMs) return null;
  const until = new Date(pausedUntilMs).toISOString().slice(0, 19).replace('T', ' ');
  return needsConfirmation(
    `No code is taken until ${until} UTC, after ${wrong} wrong ones: wait, or run gatehouse-agent confirm unlock on the host.`,
  );
}

export function needsConfirmation(message: string): Refused {
  return new Refused('needs-confirmation', message);
}
