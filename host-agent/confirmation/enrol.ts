// What `gatehouse-agent confirm` does to the files of enrolment.ts. Not loaded by the serving process.
import { randomBytes } from 'node:crypto';
import { stop } from '../stop.ts';
import { attemptsFile, enrolmentFile } from './enrolment.ts';

/** `provenStep`: whose code showed that the app holds the secret; it is used up. Stops where there is an enrolment. */
export function createEnrolment(stateDir: string, secret: Buffer, provenStep: number): void {
  const file = enrolmentFile(stateDir);
  if (file.read()) stop('A one-time code is set up already. To replace it: gatehouse-agent confirm reset, then enrol.');
  file.write({ id: newId(), unlock: newId(), secret: secret.toString('hex'), provenStep });
}

/** Ends the pause and the lock, and counts from zero; the last step stays used. */
export function unlockEnrolment(stateDir: string): void {
  const file = enrolmentFile(stateDir);
  const enrolled = file.read() ?? stop('No one-time code is set up: run gatehouse-agent confirm enrol.');
  file.write({ ...enrolled, unlock: newId() });
}

/** Removes broken files too. The secret goes first: from then on nothing is enrolled. */
export function removeEnrolment(stateDir: string): void {
  for (const file of [enrolmentFile(stateDir), attemptsFile(stateDir)]) file.remove();
}

function newId(): string {
  return randomBytes(16).toString('hex');
}
