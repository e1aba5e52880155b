// Whether a log is whole, by its files alone: names the first line that was changed, cut out, put in or reordered.
import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { genesis, lineHash } from './entry.ts';
import { lines, olderFiles } from './files.ts';

export type Verdict =
  | { ok: true; entries: number; newest: string }
  | { ok: false; file: string; line: number; why: string };

/** The files in their order, from entry 1 on. `newest` is the hash of the last line, as the agent announces it. */
export async function verifyFiles(paths: readonly string[]): Promise<Verdict> {
  // All at once: a rotation meanwhile takes none away.
  const files = paths.map(file => ({ file, fd: openSync(file, 'r') }));
  try {
    return await verdictOn(files, paths[0] ?? '');
  } finally {
    for (const { fd } of files) closeSync(fd);
  }
}

/** All files of the log that lies at `path`. */
export const verifyLog = (path: string): Promise<Verdict> => verdictOn(filesOf(path), path);

async function verdictOn(files: Iterable<OpenFile>, first: string): Promise<Verdict> {
  let last: Link = { n: 0, hash: genesis };
  let before = { file: first, line: 1 };
  const open = new Set<number>();
  try {
    const all = linesOf(files);
    for await (const { bytes, ...here } of all) {
      const entry = bytes && parsed(bytes);
      if (!entry) return { ok: false, ...here, why: 'it is not a whole entry' };
      const why = faultOf(entry, last, open);
      if (why) {
        const after = (await all.next()).value?.bytes;
        const blamed = faultBefore(entry, bytes, last, after && parsed(after)?.prev);
        return { ok: false, ...(blamed ? { ...before, why: blamed } : { ...here, why }) };
      }
      last = { n: last.n + 1, hash: lineHash(bytes) };
      before = here;
    }
  } catch (error) {
    return { ok: false, ...before, why: `what follows cannot be read (${error})` };
  }
  return last.n > 0
    ? { ok: true, entries: last.n, newest: last.hash }
    : { ok: false, ...before, why: 'there is no entry' };
}

interface Link {
  n: number;
  hash: string;
}

interface OpenFile {
  file: string;
  fd: number;
}

/** The newest is opened before those that made way are listed: a rotation meanwhile hides none. */
function* filesOf(path: string): Generator<OpenFile, void> {
  for (let last = ''; ; ) {
    const newest = openIfThere(path);
    const older = olderFiles(path).find(file => file > last);
    if (older && newest !== undefined) closeSync(newest);
    const fd = older ? openSync(older, 'r') : newest;
    if (fd === undefined) return;
    try {
      yield { file: older ?? path, fd };
    } finally {
      closeSync(fd);
    }
    if (!older) return;
    last = older;
  }
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const momentMs = 500;

/** Each line of the files with its place; without bytes what is left at a file's end and stays. */
async function* linesOf(
  files: Iterable<OpenFile>,
): AsyncGenerator<{ file: string; line: number; bytes?: Buffer }, undefined> {
  for (const { file, fd } of files) {
    let line = 0;
    let atBytes = 0;
    for (const bytes of lines(fd)) {
      line += 1;
      atBytes += bytes.length + 1;
      yield { file, line, bytes };
    }
    // What is being written becomes a line in a moment. Lines that came meanwhile are for the next time.
    const isTorn = () => fstatSync(fd).size > atBytes && lines(fd, atBytes).next().done === true;
    if (isTorn() && (await setTimeout(momentMs, true)) && isTorn()) yield { file, line: line + 1 };
  }
  return undefined;
}

function parsed(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const entry = isUtf8(bytes) ? JSON.parse(bytes.toString()) : undefined;
    return typeof entry === 'object' && entry !== null ? entry : undefined;
  } catch {
    return undefined;
  }
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function faultOf(
  { n, at, kind, prev, of }: Record<string, unknown>,
  last: Link,
  open: Set<number>,
): string | undefined {
  if (n !== last.n + 1)
    return `entry ${last.n + 1} should stand here and not ${n}: something was cut out, put in or reordered`;
  if (prev !== last.hash) return 'its prev is not the hash of the line before';
  if (typeof at !== 'string' || !time.test(at) || typeof kind !== 'string') return 'at or kind is missing or wrong';
  if (kind === 'intent') open.add(n);
  if (kind !== 'outcome' && kind !== 'unknown') return undefined;
  return open.delete(of as number) ? undefined : 'of names no intent that was open';
}

/**
 * Where a line does not follow the one before it, either may be at fault: what is wrong with the one before. The line after tells: it
 * carries the hash of a true one in `vouched`. Where no hash tells, the one before is named: it is the first that can be wrong.
 */
function faultBefore(
  { n, prev }: Record<string, unknown>,
  bytes: Buffer,
  last: Link,
  vouched: unknown,
): string | undefined {
  if (last.n === 0) return undefined;
  const hash = lineHash(bytes);
  const isNext = n === last.n + 1 && prev !== last.hash;
  if (vouched === hash && (isNext || (n === last.n && hash !== last.hash))) return 'it was changed or put in';
  const end = Buffer.from(`"${last.hash}"}`);
  const withTruePrev = lineHash(Buffer.concat([bytes.subarray(0, -end.length), end]));
  const isNoHash = !/^[0-9a-f]{64}$/.test(String(prev)) || prev === genesis;
  // This line was put in, or its prev is known to be changed: then nothing speaks against the one before.
  const isAlone = isNoHash || vouched === last.hash || vouched === withTruePrev;
  return isNext && !isAlone ? 'it or the line after it was changed or put in' : undefined;
}
