// What wrong codes lead to: every five in a row pause, twenty without a right one lock. Pure; enrolment.ts keeps it.
import { Refused } from '../../allowlist/refused.ts';
import { stepAt } from './totp.ts';

const pauseAfter = 5;
const lockAfter = 20;
const pauseMs = 15 * 60_000;

export interface Attempts {
  /** The newest step whose code was accepted: neither it nor an older one is accepted again. */
  lastStep: number;
  /** Wrong codes since the last right one. */
  wrong: number;
  /** 0: no pause. */
  pausedUntilMs: number;
}

export function afterRight(step: number): Attempts {
  return { lastStep: step, wrong: 0, pausedUntilMs: 0 };
}

export function afterWrong(attempts: Attempts, now: Date): Attempts {
  const wrong = attempts.wrong + 1;
  return { ...attempts, wrong, pausedUntilMs: wrong % pauseAfter === 0 ? now.getTime() + pauseMs : 0 };
}

export function lockOut({ wrong, pausedUntilMs }: Attempts): 'open' | 'paused' | 'locked' {
  return wrong >= lockAfter ? 'locked' : pausedUntilMs > 0 ? 'paused' : 'open';
}

/** Why no code at all is looked at now, or null. Such tries are not counted. */
export function barred(attempts: Attempts, now: Date): Refused | null {
  const { wrong, pausedUntilMs, lastStep } = attempts;
  if (lockOut(attempts) === 'locked')
    return needsConfirmation(
      `Codes are locked after ${wrong} wrong ones: run gatehouse-agent confirm unlock on the host.`,
    );
  if (now.getTime() < pausedUntilMs) {
    return needsConfirmation(
      `No code is taken until ${utc(pausedUntilMs)}, after ${wrong} wrong ones: wait, or run gatehouse-agent confirm unlock on the host.`,
    );
  }
  if (stepAt(now) < lastStep)
    return needsConfirmation(
      'The clock of the host is behind the last code that was used: set it right, or run gatehouse-agent confirm reset on the host.',
    );
  return null;
}

export function wrongCode({ wrong }: Attempts): Refused {
  const count = `${wrong} wrong in a row, every ${pauseAfter} make a pause`;
  return needsConfirmation(`This code is wrong, too old or used: give the one that the app shows now (${count}).`);
}

export function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function needsConfirmation(message: string): Refused {
  return new Refused('needs-confirmation', message);
}
