// The owner's enrolment and what became of the codes given since, on disk.
//
// Three files, because each then has one writer and needs no lock: an unlock at the terminal and a wrong code at the
// same moment cannot lose one another.
//   confirmation.json           made once by `confirm enrol`, removed by `confirm reset`
//   confirmation-unlock.json    written by `confirm unlock`: what was counted under another unlock no longer counts
//   confirmation-attempts.json  written by the serving process alone, before each answer
import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { Attempts } from './attempts.ts';
import { inStateFolder, type StateFolder, Unusable } from './state-folder.ts';

export const files = {
  enrolment: 'confirmation.json',
  unlock: 'confirmation-unlock.json',
  attempts: 'confirmation-attempts.json',
} as const;

const id = z.string().regex(/^[0-9a-f]{32}$/);
const count = z.int().nonnegative();
const enrolmentSchema = z.strictObject({ id, secret: z.string().regex(/^[0-9a-f]{40}$/), provenStep: count });
const unlockSchema = z.strictObject({ enrolment: id, id });
const attemptsSchema = z.strictObject({
  enrolment: id,
  unlock: id.nullable(),
  attempts: z.strictObject({ lastStep: count, wrong: count, pausedUntilMs: count }),
});

export interface Enrolment {
  /** Made anew by each `confirm enrol`. */
  id: string;
  secret: Buffer;
  /** The newest unlock of this enrolment. */
  unlock: string | null;
  attempts: Attempts;
}

/** Null: not enrolled. Throws Unusable where a file is not to be trusted. */
export function readEnrolment(stateDir: string): Enrolment | null {
  if (!existsSync(stateDir)) return null;
  return inStateFolder(stateDir, folder => {
    const enrolled = parsed(folder, files.enrolment, enrolmentSchema);
    if (!enrolled) return null;
    const unlocked = parsed(folder, files.unlock, unlockSchema);
    const unlock = unlocked?.enrolment === enrolled.id ? unlocked.id : null;
    const kept = parsed(folder, files.attempts, attemptsSchema);
    const attempts = { lastStep: enrolled.provenStep, wrong: 0, pausedUntilMs: 0 };
    if (kept?.enrolment === enrolled.id) {
      attempts.lastStep = kept.attempts.lastStep;
      if (kept.unlock === unlock) Object.assign(attempts, kept.attempts);
    }
    return { id: enrolled.id, secret: Buffer.from(enrolled.secret, 'hex'), unlock, attempts };
  });
}

/** Only for the serving process. */
export function keepAttempts(stateDir: string, { id, unlock }: Enrolment, attempts: Attempts): void {
  const text = JSON.stringify({ enrolment: id, unlock, attempts } satisfies z.infer<typeof attemptsSchema>);
  inStateFolder(stateDir, folder => folder.write(files.attempts, text));
}

// The parser's own message would quote the file, and with it the secret: it is left out.
function parsed<T>(folder: StateFolder, name: string, schema: z.ZodType<T>): T | null {
  const text = folder.read(name);
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Unusable(
    `${name} does not hold what Gatehouse wrote: run gatehouse-agent confirm reset on the host, then enrol again.`,
  );
}
