// The growing end of the log. A line goes in whole or not at all; syncs are shared; a full file makes way for the next.
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  renameSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { entryLine, type Fields, lineHash } from './entry.ts';
import { openForAppend, rotatedName } from './files.ts';
import { recover, type Standing } from './recover.ts';
import { AuditUnavailable } from './unavailable.ts';

export interface TailOptions {
  path: string;
  /** In real mode the files are root:gid. */
  gid: number | undefined;
  rotateBytes: number;
  /** Room that is kept for the ends of what runs, and for refusals. */
  reserveBytes: number;
}

export class Tail {
  readonly #options: TailOptions;
  readonly #at: Standing;
  #fd: number;
  #inode: number;
  #rotateBytes: number;
  #broken: string | undefined;
  #syncing: Promise<void> | undefined;
  #syncingNext: Promise<void> | undefined;
  /** Something was written that no sync has been asked for. */
  isDirty = false;

  constructor(options: TailOptions) {
    this.#options = options;
    this.#rotateBytes = options.rotateBytes;
    mkdirSync(dirname(options.path), { recursive: true, mode: 0o750 });
    this.#at = recover(options.path);
    this.#fd = openForAppend(options.path, options.gid);
    const file = fstatSync(this.#fd);
    if (!file.isFile()) throw new Error(`${options.path} is not a file.`);
    this.#inode = file.ino;
    if (this.#at.tornBytes > 0) ftruncateSync(this.#fd, this.#at.sizeBytes);
  }

  /** Where the log stands now. */
  get at(): Readonly<Standing> {
    return this.#at;
  }

  /** Why no intent may be written now. */
  fault(): string | undefined {
    const { path, reserveBytes } = this.#options;
    if (this.#broken) return this.#broken;
    try {
      const named = lstatSync(path, { throwIfNoEntry: false });
      if (named?.ino !== this.#inode)
        return `The audit log ${path} was moved, removed or replaced; nothing runs until it is put back or the agent is restarted.`;
      if (named.size !== this.#at.sizeBytes)
        return `The audit log ${path} was changed by another hand; nothing runs until the agent is restarted.`;
      const { bavail, bsize } = statfsSync(path);
      if (bavail * bsize >= reserveBytes) return undefined;
      return `Less than ${Math.ceil(reserveBytes / 2 ** 20)} MiB are free where the audit log lies; nothing runs until there is more room.`;
    } catch (cause) {
      return unwritable(cause);
    }
  }

  /** Writes one entry and gives its n. What could not be written whole is cut back. */
  append(kind: string, fields: Fields, at: Date): number {
    if (this.#broken) throw new AuditUnavailable(this.#broken);
    if (this.#at.sizeBytes >= this.#rotateBytes) this.#rotate();
    if (this.#at.sizeBytes === 0 && this.#at.n > 0) this.#write('rotated', { open: [...this.#at.open] }, at);
    return this.#write(kind, fields, at);
  }

  /** Resolves once all that was written before is on disk. Blocking is quicker for a lone one; several share one sync. */
  async synced(isAlone: boolean): Promise<void> {
    if (isAlone && !this.#syncing) this.#syncNow();
    else await this.sync();
    if (this.#broken) throw new AuditUnavailable(this.#broken);
  }

  /** Like synced, but what goes wrong is only remembered. */
  sync(): Promise<void> {
    if (this.#syncing) {
      this.#syncingNext ??= this.#syncing.then(() => {
        this.#syncingNext = undefined;
        return this.sync();
      });
      return this.#syncingNext;
    }
    this.isDirty = false;
    this.#syncing = new Promise(resolve => {
      fdatasync(this.#fd, error => {
        this.#syncing = undefined;
        if (error) this.#broken = unsynced(error);
        resolve();
      });
    });
    return this.#syncing;
  }

  async close(): Promise<void> {
    await this.sync();
    this.#broken ??= 'The audit log is closed: the agent is stopping.';
    closeSync(this.#fd);
  }

  #syncNow(): void {
    try {
      this.isDirty = false;
      fdatasyncSync(this.#fd);
    } catch (cause) {
      this.#broken = unsynced(cause);
      throw new AuditUnavailable(this.#broken, { cause });
    }
  }

  #write(kind: string, fields: Fields, at: Date): number {
    const log = this.#at;
    const line = entryLine(log.n + 1, at, kind, fields, log.hash);
    try {
      for (let done = 0; done < line.length; ) done += writeSync(this.#fd, line, done);
    } catch (cause) {
      this.#cutBack();
      throw new AuditUnavailable(unwritable(cause), { cause });
    }
    log.n += 1;
    log.hash = lineHash(line.subarray(0, -1));
    log.sizeBytes += line.length;
    if (kind === 'intent') log.open.add(log.n);
    else if (typeof fields.of === 'number') log.open.delete(fields.of);
    this.isDirty = true;
    return log.n;
  }

  #cutBack(): void {
    try {
      ftruncateSync(this.#fd, this.#at.sizeBytes);
    } catch (cause) {
      this.#broken = `The audit log ends in a torn line that cannot be cut off (${String(cause)}); nothing runs until the agent is restarted.`;
    }
  }

  /** A crash between any two steps leaves what recover() understands: no file, or an empty one, after the newest rotated one. */
  #rotate(): void {
    const { path, gid, rotateBytes } = this.#options;
    this.#syncNow();
    const full = this.#fd;
    const name = rotatedName(path, this.#at.first);
    try {
      if (existsSync(name)) throw new Error(`${name} is there already`);
      renameSync(path, name);
      try {
        this.#fd = openForAppend(path, gid);
      } catch (error) {
        renameSync(name, path);
        throw error;
      }
    } catch {
      // A file that cannot make way now grows on, and is tried again later.
      this.#rotateBytes += Math.ceil(rotateBytes / 8);
      return;
    }
    (this.#syncing ?? Promise.resolve()).finally(() => closeSync(full));
    this.#inode = fstatSync(this.#fd).ino;
    this.#rotateBytes = rotateBytes;
    this.#at.first = this.#at.n + 1;
    this.#at.sizeBytes = 0;
  }
}

const unwritable = (cause: unknown) =>
  `The audit log cannot be written (${cause instanceof Error ? cause.message : String(cause)}); nothing runs until it can.`;
const unsynced = (cause: unknown) =>
  `The audit log could not be brought to disk (${String(cause)}); nothing runs until the disk is looked at and the agent restarted.`;
