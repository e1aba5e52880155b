// The log as it lies on disk: PATH is written to; PATH.000000000001 and so on are older, named for their first entry.
import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

export const rotatedName = (path: string, first: number): string => `${path}.${String(first).padStart(12, '0')}`;

/** All files of the log that lies at `path`, in order. */
export const installedFiles = (path: string): string[] => [...olderFiles(path), ...(existsSync(path) ? [path] : [])];

/** Those of them that made way. */
export function olderFiles(path: string): string[] {
  const prefix = basename(path) + '.';
  const isRotated = (name: string) => name.startsWith(prefix) && /^\d{12}$/.test(name.slice(prefix.length));
  const rotated = readdirSync(dirname(path)).filter(isRotated).sort();
  return rotated.map(name => join(dirname(path), name));
}

const blockBytes = 256 << 10;
/** Twice what the longest request could fill, each character escaped. */
const longestLine = 8 << 20;

/** The whole lines of a file or descriptor, without their LF, block by block. Bytes after the last LF are not given. */
export function* lines(file: string | number, atBytes: number | null = null): Generator<Buffer, void> {
  const fd = typeof file === 'number' ? file : openSync(file, 'r');
  try {
    let rest = Buffer.alloc(0);
    for (let at = atBytes; ; ) {
      const block = Buffer.allocUnsafe(rest.length + blockBytes);
      const read = readSync(fd, block, rest.copy(block), blockBytes, at);
      if (read === 0) return;
      if (at !== null) at += read;
      rest = block.subarray(0, rest.length + read);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        yield rest.subarray(0, end);
        rest = rest.subarray(end + 1);
      }
      if (rest.length > longestLine) throw new Error('a line is longer than any entry can be');
    }
  } finally {
    if (fd !== file) closeSync(fd);
  }
}

const entriesAtMost = 1000;
/** An answer ends early, after the entry that reaches this. */
const answerBytes = 1 << 20;

/** At most `limit` entries with n > after, for @audit. Reads no file before the one that holds the first of them. */
export async function readEntries(path: string, newestFirst: number, after: number, limit: number): Promise<object[]> {
  const answer: object[] = [];
  let leftBytes = answerBytes;
  const firstOf = (file: string) => (file === path ? newestFirst : Number(file.slice(-12)));
  const files = installedFiles(path);
  const from = files.findLastIndex(file => firstOf(file) <= after + 1);
  for (const file of files.slice(Math.max(from, 0))) {
    let n = firstOf(file);
    for (const line of lines(file)) {
      if (n > after) {
        const entry = JSON.parse(line.toString());
        // Where it is another the log was rotated meanwhile: what is missing here is for the next question.
        if (answer.length >= Math.min(limit, entriesAtMost) || leftBytes <= 0 || entry.n !== n) return answer;
        answer.push(entry);
        leftBytes -= line.length;
      }
      n += 1;
      // Others get their turn.
      if (n % 1024 === 0) await setImmediate();
    }
  }
  return answer;
}
