// Confirmation by the owner's one-time code (contract §4): checks codes, and keeps the tickets they open.
import { Refused } from '../../allowlist/refused.ts';
import { refusedFor, stop } from '../stop.ts';
import { type Attempts, attemptsFile, readEnrolment } from './enrolment.ts';
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

/** A code or password that was looked at and counted: so few can be that each has its entry in the audit log, whatever comes with it. */
export class WrongCode extends Refused {
  constructor(message: string) {
    super('needs-confirmation', message);
  }
}

/** The owner, as enrolled now. */
interface Owner {
  id: string;
  attempts: Attempts;
  /** The code of a step. */
  codeOf(step: number): string;
  keep(attempts: Attempts): unknown;
}

const pauseAfter = 5;
const lockAfter = 20;
const pauseMs = 15 * 60_000;

/** What `gatehouse-agent confirm` did holds at once: `stateDir` is read on each use. */
export function openConfirmation({ mode, stateDir, onLockOut }: Settings): Confirmation {
  const owner = () => (mode === 'dummy' ? simulated(stateDir) : enrolled(stateDir));
  const enrolmentId = () => {
    const known = refusing(owner);
    return known instanceof Refused ? null : known.id;
  };
  const tickets = openTickets(enrolmentId, stateDir);
  return {
    tickets,
    enrolled: () => enrolmentId() !== null,
    checkCode: (code, now) => refusing(() => check(code, now)),
  };

  function check(code: string, now: Date): 'right' | Refused {
    const { attempts, codeOf, keep } = owner();
    const bar = whyBarred(attempts, now);
    if (bar) return refuse(bar);
    // Where two steps have the same digits the newer one is used up.
    const step = [stepAt(now), stepAt(now) - 1].find(one => one > attempts.lastStep && sameCode(code, codeOf(one)));
    if (step !== undefined) {
      keep({ lastStep: step, wrong: 0, pausedUntilMs: 0 });
      return 'right';
    }
    const wrong = attempts.wrong + 1;
    const next = { ...attempts, wrong, pausedUntilMs: wrong % pauseAfter === 0 ? now.getTime() + pauseMs : 0 };
    keep(next);
    if (wrong >= lockAfter) tickets.endAll();
    if (next.pausedUntilMs > 0) onLockOut?.(wrong >= lockAfter ? 'locked' : 'paused');
    return new WrongCode(
      whyBarred(next, now) ??
        `This code is wrong, too old or used: give the one that the app shows now (${wrong} wrong in a row, every ${pauseAfter} make a pause).`,
    );
  }
}

/** Why no code at all is looked at now. Such tries are not counted. */
function whyBarred({ wrong, pausedUntilMs, lastStep }: Attempts, now: Date): string | undefined {
  const unlock = 'run gatehouse-agent confirm unlock on the host';
  if (wrong >= lockAfter) return `Codes are locked after ${wrong} wrong ones: ${unlock}.`;
  if (now.getTime() < pausedUntilMs)
    return `No code is taken until ${utc(pausedUntilMs)}, after ${wrong} wrong ones: wait, or ${unlock}.`;
  if (stepAt(now) < lastStep)
    return "The host's clock is behind the last code used: set it right, or run gatehouse-agent confirm reset there.";
  return undefined;
}

export function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function enrolled(stateDir: string): Owner {
  const { id, unlock, secret, attempts } =
    readEnrolment(stateDir) ?? stop('no one-time code is set up; run gatehouse-agent confirm enrol on the host.');
  return {
    id,
    attempts,
    codeOf: step => totp(Buffer.from(secret, 'hex'), step),
    keep: next => attemptsFile(stateDir).write({ enrolment: id, unlock, ...next }),
  };
}

/** One code for ever, as often as one likes; wrong ones count as anywhere. */
function simulated(stateDir: string): Owner {
  const file = attemptsFile(stateDir);
  const id = '0'.repeat(32);
  const { wrong = 0, pausedUntilMs = 0 } = file.read() ?? {};
  const keep = (next: Attempts) =>
    (next.wrong || wrong) && file.write({ enrolment: id, unlock: id, ...next, lastStep: 0 });
  return { id, attempts: { lastStep: 0, wrong, pausedUntilMs }, codeOf: () => '000000', keep };
}

function refusing<T>(act: () => T): T | Refused {
  try {
    return act();
  } catch (error) {
    return refuse(`No code can be checked: ${refusedFor(error, 'the count of codes could not be kept').message}`);
  }
}

function refuse(message: string): Refused {
  return new Refused('needs-confirmation', message);
}
