// Entries in order, across files, from any n on: what @audit answers and the web mirrors.
import { closeSync, openSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { firstEntry, installedFiles } from './files.ts';
import { lines } from './lines.ts';

const entriesAtMost = 1000;
/** An answer ends early, after the entry that reaches this. */
const answerBytes = 1 << 20;
/** So much is read before others get their turn. */
const turnBytes = 256 << 10;

/** At most `limit` entries with n > after. Reads no file before the one that holds the first of them. */
export async function readEntries(path: string, currentFirst: number, after: number, limit: number): Promise<object[]> {
  const answer: object[] = [];
  let [left, turn] = [answerBytes, turnBytes];
  const files = installedFiles(path).map(file => ({ file, first: file === path ? currentFirst : firstEntry(file) }));
  for (const [i, { file, first }] of files.entries()) {
    const next = files[i + 1];
    if (next && next.first <= after + 1) continue;
    const fd = openSync(file, 'r');
    try {
      let n = first - 1;
      for (const line of lines(fd)) {
        n += 1;
        turn -= line.length;
        if (n > after) {
          if (answer.length >= Math.min(limit, entriesAtMost) || left <= 0) return answer;
          const entry = JSON.parse(line.toString());
          // Rotated meanwhile: what is missing here is for the next question.
          if (entry.n !== n) return answer;
          answer.push(entry);
          left -= line.length;
        }
        if (turn <= 0) {
          turn = turnBytes;
          await setImmediate();
        }
      }
    } finally {
      closeSync(fd);
    }
  }
  return answer;
}
