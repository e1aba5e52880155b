// The owner's enrolment and what became of the codes given since, on disk.
//
// Three files, because each then has one writer and needs no lock: an unlock at the terminal and a wrong code at the
// same moment cannot lose one another.
//   confirmation.json           made once by `confirm enrol`, removed by `confirm reset`
//   confirmation-unlock.json    written by `confirm unlock`: what was counted under another unlock no longer counts
//   confirmation-attempts.json  written by the serving process alone, before each answer
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { z } from 'zod';
import type { Attempts } from './attempts.ts';
import { inStateFolder, type StateFolder, Unusable } from './state-folder.ts';

const files = {
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
  lastStep: count,
  wrong: count,
  pausedUntilMs: count,
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
  return inStateFolder(stateDir, folder => {
    const enrolled = parsed(folder, files.enrolment, enrolmentSchema);
    if (!enrolled) return null;
    const unlocked = parsed(folder, files.unlock, unlockSchema);
    const unlock = unlocked?.enrolment === enrolled.id ? unlocked.id : null;
    const kept = parsed(folder, files.attempts, attemptsSchema);
    let attempts: Attempts = { lastStep: enrolled.provenStep, wrong: 0, pausedUntilMs: 0 };
    if (kept?.enrolment === enrolled.id)
      attempts =
        kept.unlock === unlock
          ? { lastStep: kept.lastStep, wrong: kept.wrong, pausedUntilMs: kept.pausedUntilMs }
          : { ...attempts, lastStep: kept.lastStep };
    return { id: enrolled.id, secret: Buffer.from(enrolled.secret, 'hex'), unlock, attempts };
  });
}

/** Only for the serving process. */
export function keepAttempts(stateDir: string, { id, unlock }: Enrolment, attempts: Attempts): void {
  change(stateDir, folder => folder.replace(files.attempts, JSON.stringify({ enrolment: id, unlock, ...attempts })));
}

/** False where there is an enrolment already. `provenStep`: whose code showed that the app holds the secret; it is used up. */
export function createEnrolment(stateDir: string, secret: Buffer, provenStep: number): boolean {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ id: newId(), secret: secret.toString('hex'), provenStep });
  return change(stateDir, folder => folder.create(files.enrolment, text));
}

export function unlockEnrolment(stateDir: string, { id }: Enrolment): void {
  change(stateDir, folder => folder.replace(files.unlock, JSON.stringify({ enrolment: id, id: newId() })));
}

/** Works on broken files too. */
export function removeEnrolment(stateDir: string): void {
  change(stateDir, folder => {
    for (const name of Object.values(files)) folder.remove(name);
  });
}

function change<T>(stateDir: string, act: (folder: StateFolder) => T): T {
  const done = inStateFolder(stateDir, folder => ({ value: act(folder) }));
  if (!done) throw new Unusable(`${stateDir} is not there.`);
  return done.value;
}

// The parser's own message would quote the file, and with it the secret: it is left out.
function parsed<T>(folder: StateFolder, name: string, schema: z.ZodType<T>): T | null {
  const text = folder.read(name);
  if (text === null) return null;
  const value = schema.safeParse(json(text));
  if (value.success) return value.data;
  throw new Unusable(
    `${name} does not hold what Gatehouse wrote: run gatehouse-agent confirm reset on the host, then enrol.`,
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function newId(): string {
  return randomBytes(16).toString('hex');
}
