// Where the log stands when it is opened. Only its newest file is read: each one begins with the intents open at that time.
import { closeSync, fstatSync, openSync } from 'node:fs';
import { genesis, lineHash } from './entry.ts';
import { installedFiles } from './files.ts';
import { lines } from './lines.ts';

export interface Standing {
  /** n and hash of the newest entry; 0 where there is none. */
  n: number;
  hash: string;
  /** Intents that have no end yet. */
  open: Set<number>;
  /** n of the first entry of the file that is written to. */
  first: number;
  /** What of that file are whole lines, and what is there beyond them. */
  sizeBytes: number;
  tornBytes: number;
}

export function recover(path: string): Standing {
  const found: Standing = { n: 0, hash: genesis, open: new Set(), first: 1, sizeBytes: 0, tornBytes: 0 };
  for (const file of installedFiles(path).reverse()) {
    const fd = openSync(file, 'r');
    try {
      const sizeBytes = scan(fd, file, found);
      if (file === path) Object.assign(found, { sizeBytes, tornBytes: fstatSync(fd).size - sizeBytes });
    } finally {
      closeSync(fd);
    }
    if (found.n > 0) break;
  }
  if (found.sizeBytes === 0) found.first = found.n + 1;
  return found;
}

const head = /^\{"n":(\d+),"at":"[^"]+","kind":"([^"]+)"(?:,"of":(\d+))?/;

function scan(fd: number, file: string, found: Standing): number {
  let sizeBytes = 0;
  let last: Buffer | undefined;
  for (const line of lines(fd)) {
    const [, n, kind, of] = head.exec(line.toString('latin1', 0, 160)) ?? [];
    if (n === undefined || (last && Number(n) !== found.n + 1)) {
      throw new Error(
        `${file} does not run on after entry ${found.n}; gatehouse-agent verify says more. Move the files of the log away to begin a new one.`,
      );
    }
    if (!last) {
      found.first = Number(n);
      if (kind === 'rotated') found.open = new Set(JSON.parse(line.toString()).open);
    }
    if (kind === 'intent') found.open.add(Number(n));
    else if (of !== undefined) found.open.delete(Number(of));
    found.n = Number(n);
    sizeBytes += line.length + 1;
    last = Buffer.from(line);
  }
  if (last) found.hash = lineHash(last);
  return sizeBytes;
}
