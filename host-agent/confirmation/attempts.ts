// What wrong codes lead to: every five in a row pause, twenty without a right one lock. Pure; enrolment.ts keeps it.
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
export function whyBarred(attempts: Attempts, now: Date): string | null {
  const { wrong, pausedUntilMs, lastStep } = attempts;
  const unlock = 'run gatehouse-agent confirm unlock on the host';
  if (lockOut(attempts) === 'locked') return `Codes are locked after ${wrong} wrong ones: ${unlock}.`;
  if (now.getTime() < pausedUntilMs)
    return `No code is taken until ${utc(pausedUntilMs)}, after ${wrong} wrong ones: wait, or ${unlock}.`;
  if (stepAt(now) < lastStep)
    return "The host's clock is behind the last code used: set it right, or run gatehouse-agent confirm reset there.";
  return null;
}

export function whyWrong({ wrong }: Attempts): string {
  const count = `${wrong} wrong in a row, every ${pauseAfter} make a pause`;
  return `This code is wrong, too old or used: give the one that the app shows now (${count}).`;
}

export function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
