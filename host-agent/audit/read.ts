// Entries in order, across files, from any n on: what @audit answers and the web mirrors.
import { closeSync, openSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { firstEntry, installedFiles } from './files.ts';
import { lines } from './lines.ts';

const entriesAtMost = 1000;
/** An answer ends early, after the entry that reaches this. */
const answerBytes = 1 << 20;
const pauseBytes = 256 << 10;

export class Reader {
  readonly #path: string;
  /** Where the last answer ended: who mirrors the log asks for what follows. */
  #mark = { first: 0, n: 0, offset: 0 };

  constructor(path: string) {
    this.#path = path;
  }

  /** At most `limit` entries whose n is above `after`. `currentFirst` is n of the first entry of the file that is written to. */
  async entries(after: number, limit: number, currentFirst: number): Promise<object[]> {
    const files = installedFiles(this.#path).map(path => ({
      path,
      first: path === this.#path ? currentFirst : firstEntry(path),
    }));
    const answer: object[] = [];
    let left = answerBytes;
    for (const [i, { path, first }] of files.entries()) {
      const next = files[i + 1];
      if (next && next.first <= after + 1) continue;
      const begin = this.#mark.first === first && this.#mark.n <= after ? this.#mark : { n: first - 1, offset: 0 };
      let { n, offset } = begin;
      let pauseAt = offset + pauseBytes;
      const fd = openSync(path, 'r');
      try {
        for (const line of lines(fd, offset)) {
          n += 1;
          offset += line.length + 1;
          if (n > after) {
            const entry = JSON.parse(line.toString());
            if (entry.n !== n) return answer; // The log was rotated meanwhile: the rest is for the next question.
            answer.push(entry);
            left -= line.length;
            this.#mark = { first, n, offset };
            if (answer.length >= Math.min(limit, entriesAtMost) || left <= 0) return answer;
          }
          if (offset >= pauseAt) {
            pauseAt = offset + pauseBytes;
            await setImmediate();
          }
        }
      } finally {
        closeSync(fd);
      }
    }
    return answer;
  }
}
