// Confirmation by the owner's one-time code (contract §4): checks codes, and keeps the tickets they open.
import type { Refused } from '../../allowlist/refused.ts';
import { type Attempts, afterRight, afterWrong, barred, lockAfter, needsConfirmation, pauseAfter } from './attempts.ts';
import { keepAttempts, readEnrolment } from './enrolment.ts';
import { Unusable } from './state-folder.ts';
import { openTickets, type Tickets } from './tickets.ts';
import { sameCode, stepAt, totp } from './totp.ts';

export interface Confirmation {
  /** Dummy: true. A file that cannot be used is no enrolment. */
  enrolled(): boolean;
  /** Durable before it answers: the last step used, the wrong codes in a row, the pause and the lock. */
  checkCode(code: string, now: Date): 'right' | Refused;
  tickets: Tickets;
}

export interface Settings {
  mode: 'real' | 'dummy';
  stateDir: string;
  /** Told once for each pause and each lock, after it is durable. */
  onLockOut?: (what: 'paused' | 'locked') => void;
}

/** What checking a code needs of the owner's enrolment as it is now. */
interface Known {
  id: string;
  attempts: Attempts;
  /** The step that this code proves and that may be used, or null. */
  proves(code: string, now: Date): number | null;
  keep(attempts: Attempts): void;
}

export const dummyCode = '000000';

/** `stateDir` is read again on each use, so what `gatehouse-agent confirm` did holds at once. In dummy mode nothing is kept. */
export function openConfirmation({ mode, stateDir, onLockOut }: Settings): Confirmation {
  const known = mode === 'dummy' ? inMemory() : () => onDisk(stateDir);
  const tickets = openTickets(() => unlessUnusable(known, () => null)?.id ?? null);
  return {
    tickets,
    enrolled: () => unlessUnusable(known, () => null) !== null,
    checkCode: (code, now) =>
      unlessUnusable(
        () => check(known(), code, now),
        ({ message }) => needsConfirmation(`No code can be checked: ${message}`),
      ),
  };

  function check(owner: Known | null, code: string, now: Date): 'right' | Refused {
    if (!owner) return needsConfirmation('No one-time code is set up: run gatehouse-agent confirm enrol on the host.');
    const bar = barred(owner.attempts, now.getTime());
    if (bar) return bar;
    if (owner.attempts.lastStep > stepAt(now))
      return needsConfirmation(
        'The clock of the host is behind the last code that was used: set it right, or run gatehouse-agent confirm reset and enrol again.',
      );
    const step = owner.proves(code, now);
    const attempts = step === null ? afterWrong(owner.attempts, now.getTime()) : afterRight(step);
    owner.keep(attempts);
    if (step !== null) return 'right';
    const locked = attempts.wrong >= lockAfter;
    if (locked) tickets.endAll();
    if (locked || attempts.pausedUntilMs > 0) onLockOut?.(locked ? 'locked' : 'paused');
    return (
      barred(attempts, now.getTime()) ??
      needsConfirmation(
        `This code is wrong, too old or was used before: give the one that the app shows now (${attempts.wrong} wrong in a row, every ${pauseAfter} make a pause).`,
      )
    );
  }
}

function onDisk(stateDir: string): Known | null {
  const enrolment = readEnrolment(stateDir);
  if (!enrolment) return null;
  const { id, secret, attempts } = enrolment;
  return {
    id,
    attempts,
    proves(code, now) {
      const step = stepAt(now);
      // Both are compared, whatever the first says. Where they have the same digits the newer one is used up.
      const [older, newer] = [step - 1, step].map(
        tried => sameCode(code, totp(secret, tried)) && tried > attempts.lastStep,
      );
      return newer ? step : older ? step - 1 : null;
    },
    keep: next => keepAttempts(stateDir, enrolment, next),
  };
}

/** One code for ever, and a restart forgets the wrong ones. */
function inMemory(): () => Known {
  let attempts: Attempts = { lastStep: 0, wrong: 0, pausedUntilMs: 0 };
  return () => ({
    id: 'dummy',
    attempts,
    proves: code => (sameCode(code, dummyCode) ? 0 : null),
    keep: next => {
      attempts = next;
    },
  });
}

function unlessUnusable<T>(act: () => T, otherwise: (unusable: Unusable) => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof Unusable) return otherwise(error);
    throw error;
  }
}
