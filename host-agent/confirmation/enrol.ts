// What `gatehouse-agent confirm` does to the files of enrolment.ts. Not loaded by the serving process.
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync } from 'node:fs';
import { type Enrolment, files } from './enrolment.ts';
import { inStateFolder } from './state-folder.ts';

/** `provenStep`: whose code showed that the app holds the secret; it is used up. Throws where there is an enrolment. */
export function createEnrolment(stateDir: string, secret: Buffer, provenStep: number): void {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ id: newId(), secret: secret.toString('hex'), provenStep });
  inStateFolder(stateDir, folder => folder.write(files.enrolment, text, linkSync));
}

/** Ends the pause and the lock, and counts from zero; the last step stays used. */
export function unlockEnrolment(stateDir: string, { id }: Enrolment): void {
  inStateFolder(stateDir, folder => folder.write(files.unlock, JSON.stringify({ enrolment: id, id: newId() })));
}

/** Removes broken files too. The secret goes first: from then on nothing is enrolled. */
export function removeEnrolment(stateDir: string): void {
  inStateFolder(stateDir, folder => {
    for (const name of Object.values(files)) folder.remove(name);
  });
}

function newId(): string {
  return randomBytes(16).toString('hex');
}
