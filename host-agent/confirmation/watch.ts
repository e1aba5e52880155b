// What the owner does at the terminal runs in a process of its own; the serving one sees it, and tells and records it.
import { lstatSync, watch } from 'node:fs';
import { join } from 'node:path';
import { files } from './enrolment.ts';

/** Calls back once for each enrol, reset and unlock from now on. */
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
