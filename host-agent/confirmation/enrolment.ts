// The owner's enrolment and what became of the codes given since, on disk. Two files, because each then has one writer and
// needs no lock: an unlock at the terminal and a wrong code at the same moment cannot lose one another.
import { lstatSync, watch } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { stateFile } from '../state-file.ts';

export const files = { enrolment: 'confirmation.json', attempts: 'confirmation-attempts.json' } as const;
const advice = 'run gatehouse-agent confirm reset on the host, then enrol again';

const id = z.string().regex(/^[0-9a-f]{32}$/);
const count = z.int().nonnegative();
const enrolmentSchema = z.strictObject({
  /** Made anew by each `confirm enrol`. */
  id,
  /** Made anew by each `confirm unlock`: what was counted under another one no longer counts. */
  unlock: id,
  secret: z.string().regex(/^[0-9a-f]{40}$/),
  /** Whose code showed that the app holds the secret; it is used up. */
  provenStep: count,
});
const attemptsSchema = z.strictObject({
  enrolment: id,
  unlock: id,
  /** The newest step whose code was accepted: neither it nor an older one is accepted again. */
  lastStep: count,
  /** Wrong codes since the last right one. */
  wrong: count,
  /** 0: no pause. */
  pausedUntilMs: count,
});

export type Attempts = Pick<z.infer<typeof attemptsSchema>, 'lastStep' | 'wrong' | 'pausedUntilMs'>;
export interface Enrolment extends z.infer<typeof enrolmentSchema> {
  attempts: Attempts;
}

/** Written by `gatehouse-agent confirm`. */
export const enrolmentFile = (stateDir: string) => stateFile(stateDir, files.enrolment, enrolmentSchema, advice);

/** Written by the serving process, before each answer. */
export const attemptsFile = (stateDir: string) => stateFile(stateDir, files.attempts, attemptsSchema, advice);

/** Undefined: not enrolled. Stops where a file is not to be trusted. */
export function readEnrolment(stateDir: string): Enrolment | undefined {
  const enrolled = enrolmentFile(stateDir).read();
  const kept = attemptsFile(stateDir).read();
  if (!enrolled) return undefined;
  const attempts = { lastStep: enrolled.provenStep, wrong: 0, pausedUntilMs: 0 };
  if (kept?.enrolment === enrolled.id) {
    const { enrolment: _, unlock, ...counted } = kept;
    Object.assign(attempts, unlock === enrolled.unlock ? counted : { lastStep: kept.lastStep });
  }
  return { ...enrolled, attempts };
}

/** Calls back once for each enrol, reset and unlock from now on; another process makes them, at the terminal. */
export function watchEnrolment(stateDir: string, changed: (what: 'enrolled' | 'reset' | 'unlocked') => void): void {
  const look = () => {
    const stats = lstatSync(join(stateDir, files.enrolment), { throwIfNoEntry: false });
    return stats && `${stats.ino} ${stats.ctimeMs}`;
  };
  let before = look();
  watch(stateDir, () => {
    const now = look();
    // Nothing is enrolled over an enrolment: what was there and is another one now was unlocked.
    if (now !== before) changed(!now ? 'reset' : before ? 'unlocked' : 'enrolled');
    before = now;
  }).unref();
}
