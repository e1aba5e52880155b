// Confirmation by the owner's one-time code (contract §4): checks codes, and keeps the tickets they open.
import { Refused } from '../../allowlist/refused.ts';
import { type Attempts, afterRight, afterWrong, lockOut, whyBarred, whyWrong } from './attempts.ts';
import { keepAttempts, readEnrolment } from './enrolment.ts';
import { Unusable } from './state-folder.ts';
import { openTickets, type Tickets } from './tickets.ts';
import { sameCode, stepAt, totp } from './totp.ts';

export interface Confirmation {
  /** In dummy mode always; files that cannot be used are no enrolment. */
  enrolled(): boolean;
  /** Durable before it answers: the last step used, the wrong codes in a row, the pause and the lock. */
  checkCode(code: string, now: Date): 'right' | Refused;
  tickets: Tickets;
}

export interface Settings {
  mode: 'real' | 'dummy';
  stateDir: string;
  /** Told once of each pause and each lock, when it is durable. */
  onLockOut?: (what: 'paused' | 'locked') => void;
}

/** The owner, as enrolled now. */
interface Owner {
  id: string;
  attempts: Attempts;
  /** The step that this code proves and that may be used, or null. */
  proves(code: string, now: Date): number | null;
  keep(attempts: Attempts): void;
}

/** What `gatehouse-agent confirm` did holds at once: `stateDir` is read on each use. In dummy mode nothing is kept. */
export function openConfirmation({ mode, stateDir, onLockOut }: Settings): Confirmation {
  const owner = mode === 'dummy' ? inMemory() : () => onDisk(stateDir);
  const enrolmentId = () => {
    const known = refusing(owner);
    return known instanceof Refused ? null : known.id;
  };
  const tickets = openTickets(enrolmentId);
  return {
    tickets,
    enrolled: () => enrolmentId() !== null,
    checkCode: (code, now) => refusing(() => check(code, now)),
  };

  function check(code: string, now: Date): 'right' | Refused {
    const { attempts, proves, keep } = owner();
    const bar = whyBarred(attempts, now);
    if (bar) return refuse(bar);
    const step = proves(code, now);
    if (step !== null) {
      keep(afterRight(step));
      return 'right';
    }
    const next = afterWrong(attempts, now);
    keep(next);
    const state = lockOut(next);
    if (state === 'locked') tickets.endAll();
    if (state !== 'open') onLockOut?.(state);
    return refuse(whyBarred(next, now) ?? whyWrong(next));
  }
}

function onDisk(stateDir: string): Owner {
  const enrolment = readEnrolment(stateDir);
  if (!enrolment) throw new Unusable('no one-time code is set up; run gatehouse-agent confirm enrol on the host.');
  const { id, secret, attempts } = enrolment;
  return {
    id,
    attempts,
    proves(code, now) {
      // Both are compared, whatever the first says. Where they have the same digits the newer one is used up.
      const steps = [stepAt(now), stepAt(now) - 1];
      const fits = steps.map(step => sameCode(code, totp(secret, step)) && step > attempts.lastStep);
      return steps.find((_, i) => fits[i]) ?? null;
    },
    keep: next => keepAttempts(stateDir, enrolment, next),
  };
}

/** One code for ever, and a restart forgets the wrong ones. */
function inMemory(): () => Owner {
  let attempts: Attempts = { lastStep: 0, wrong: 0, pausedUntilMs: 0 };
  return () => ({
    id: 'dummy',
    attempts,
    proves: code => (sameCode(code, '000000') ? 0 : null),
    keep(next) {
      attempts = next;
    },
  });
}

function refusing<T>(act: () => T): T | Refused {
  try {
    return act();
  } catch (error) {
    if (error instanceof Unusable) return refuse(`No code can be checked: ${error.message}`);
    throw error;
  }
}

function refuse(message: string): Refused {
  return new Refused('needs-confirmation', message);
}
