// The files of the log: PATH is written to; PATH.000000000001 and so on are the older ones, named for their first entry.
import { closeSync, constants, existsSync, fchmodSync, fchownSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export const rotatedName = (path: string, first: number): string => `${path}.${String(first).padStart(12, '0')}`;

/** n of the first entry of a rotated file. */
export const firstEntry = (rotated: string): number => Number(rotated.slice(-12));

/** All files of the log that lies at `path`, in order. */
export function installedFiles(path: string): string[] {
  const prefix = basename(path) + '.';
  const isRotated = (name: string) => name.startsWith(prefix) && /^\d{12}$/.test(name.slice(prefix.length));
  const rotated = readdirSync(dirname(path)).filter(isRotated).sort();
  return [...rotated.map(name => join(dirname(path), name)), ...(existsSync(path) ? [path] : [])];
}

/** Opens the file that is written to, made where there is none, and brings its name to disk. */
export function openForAppend(path: string, gid: number | undefined): number {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  const fd = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o640);
  if (gid !== undefined) fchownSync(fd, 0, gid);
  fchmodSync(fd, 0o640);
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
  return fd;
}
