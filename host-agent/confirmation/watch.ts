// What the owner does at the terminal runs in a process of its own; the serving one sees it, and tells and records it.
import { lstatSync, watch } from 'node:fs';
import { join } from 'node:path';
import { files } from './enrolment.ts';

/** Calls back once for each enrol, reset and unlock from now on. */
export function watchEnrolment(stateDir: string, changed: (what: 'enrolled' | 'reset' | 'unlocked') => void): void {
  const mark = (name: string) => {
    const stats = lstatSync(join(stateDir, name), { throwIfNoEntry: false });
    return stats && `${stats.ino} ${stats.ctimeMs}`;
  };
  let enrolment = mark(files.enrolment);
  let unlock = mark(files.unlock);
  watch(stateDir, () => {
    const [nowEnrolment, nowUnlock] = [mark(files.enrolment), mark(files.unlock)];
    if (nowEnrolment !== enrolment) changed(nowEnrolment ? 'enrolled' : 'reset');
    if (nowUnlock && nowUnlock !== unlock) changed('unlocked');
    [enrolment, unlock] = [nowEnrolment, nowUnlock];
  }).unref();
}
