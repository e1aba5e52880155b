// The growing end of the log: a line goes in whole or not at all, syncs are shared, a full file makes way for the next.
import fs from 'node:fs';
import { dirname } from 'node:path';
import { lockFile } from '../native.ts';
import { entryLine, type Fields, lineHash } from './entry.ts';
import { openForAppend, rotatedName } from './files.ts';
import type { AuditOptions } from './log.ts';
import { recover, type Standing } from './recover.ts';

type TailOptions = Pick<Required<AuditOptions>, 'path' | 'gid' | 'rotateBytes' | 'reserveBytes'>;

export class Tail {
  /** Where the log stands now; only the tail changes it. */
  readonly at: Standing;
  readonly #options: TailOptions;
  readonly #lock: number;
  #fd: number;
  #inode: number;
  #rotateBytes: number;
  #trouble = '';
  /** Why nothing more can be written until a restart. */
  #broken: string | undefined;
  #syncing: Promise<void> | undefined;
  #syncingNext: Promise<void> | undefined;

  constructor(options: TailOptions) {
    const { path, gid, rotateBytes } = options;
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
    this.#lock = fs.openSync(`${path}.lock`, 'a', 0o600);
    if (!lockFile(this.#lock))
      throw new Error(`The audit log ${path} is in use by another agent; stop that one first.`);
    this.#options = options;
    this.#rotateBytes = rotateBytes;
    this.at = recover(path);
    this.#fd = openForAppend(path, gid);
    this.#inode = fs.fstatSync(this.#fd).ino;
    if (this.at.tornBytes > 0) fs.ftruncateSync(this.#fd, this.at.sizeBytes);
  }

  /** Why no intent may be written now. */
  fault(): string | undefined {
    const { path, reserveBytes } = this.#options;
    if (this.#broken) return this.#broken;
    try {
      const named = fs.lstatSync(path, { throwIfNoEntry: false });
      if (named?.ino !== this.#inode) return `The audit log ${path} was moved or replaced; ${until('it is put back')}`;
      if (named.size !== this.at.sizeBytes) return `The audit log ${path} was changed by another hand; ${untilRestart}`;
      const { bavail, bsize } = fs.statfsSync(path);
      if (bavail * bsize >= reserveBytes) return undefined;
      return `Less than ${reserveBytes >> 20} MiB are free where the audit log lies; ${until('there is more room')}`;
    } catch (error) {
      return unwritable(error);
    }
  }

  /** What stood in the way of the last entry that could not be written. */
  get trouble(): string {
    return this.#broken ?? this.#trouble;
  }

  /** Writes one entry and gives its n; undefined where it cannot be written whole: then nothing of it stays. */
  append(kind: string, fields: Fields, at: Date): number | undefined {
    if (this.at.sizeBytes >= this.#rotateBytes) this.#rotate();
    const beginsFile = this.at.sizeBytes === 0 && this.at.n > 0;
    if (beginsFile && !this.#write('rotated', { open: [...this.at.open] }, at)) return undefined;
    return this.#write(kind, fields, at);
  }

  /** Whether all that was written before is on disk now. Blocking is quicker for a lone entry; several share one sync. */
  async synced(isAlone: boolean): Promise<boolean> {
    if (isAlone && !this.#syncing) this.#syncNow();
    else await this.sync();
    return this.#broken === undefined;
  }

  sync(): Promise<void> {
    if (this.#broken) return Promise.resolve();
    if (!this.#syncing) {
      this.#syncing = new Promise(resolve => {
        fs.fdatasync(this.#fd, error => {
          this.#syncing = undefined;
          if (error) this.#broken = unsynced(error);
          resolve();
        });
      });
      return this.#syncing;
    }
    this.#syncingNext ??= this.#syncing.then(() => {
      this.#syncingNext = undefined;
      return this.sync();
    });
    return this.#syncingNext;
  }

  async close(): Promise<void> {
    await this.sync();
    if (this.#broken === closed) return;
    this.#broken = closed;
    fs.closeSync(this.#fd);
    fs.closeSync(this.#lock);
  }

  #syncNow(): void {
    try {
      fs.fdatasyncSync(this.#fd);
    } catch (error) {
      this.#broken = unsynced(error);
    }
  }

  #write(kind: string, fields: Fields, at: Date): number | undefined {
    if (this.#broken) return undefined;
    const log = this.at;
    const line = entryLine(log.n + 1, at, kind, fields, log.hash);
    try {
      for (let done = 0; done < line.length; ) done += fs.writeSync(this.#fd, line, done);
    } catch (error) {
      this.#trouble = unwritable(error);
      this.#cutBack();
      return undefined;
    }
    log.n += 1;
    log.hash = lineHash(line.subarray(0, -1));
    log.sizeBytes += line.length;
    if (kind === 'intent') log.open.add(log.n);
    else if (typeof fields.of === 'number') log.open.delete(fields.of);
    return log.n;
  }

  #cutBack(): void {
    try {
      fs.ftruncateSync(this.#fd, this.at.sizeBytes);
    } catch (error) {
      this.#broken = `The audit log ends in a torn line that cannot be cut off (${error}); ${untilRestart}`;
    }
  }

  /** A crash between two steps leaves what recover() understands: after a rotated file none, an empty one or a torn line. */
  #rotate(): void {
    const { path, gid, rotateBytes } = this.#options;
    const full = this.#fd;
    const name = rotatedName(path, this.at.first);
    // Where the file cannot make way now, it grows on and is tried again later.
    this.#rotateBytes += rotateBytes;
    this.#syncNow();
    if (this.#broken || fs.existsSync(name)) return;
    try {
      fs.renameSync(path, name);
      this.#fd = openForAppend(path, gid);
    } catch {
      if (!fs.existsSync(path)) fs.renameSync(name, path);
      return;
    }
    void (this.#syncing ?? Promise.resolve()).then(() => fs.closeSync(full));
    this.#inode = fs.fstatSync(this.#fd).ino;
    this.#rotateBytes = rotateBytes;
    Object.assign(this.at, { first: this.at.n + 1, sizeBytes: 0 });
  }
}

const until = (what: string) => `nothing runs until ${what}.`;
const untilRestart = until('the agent is restarted');
const closed = `The audit log is closed; ${untilRestart}`;
const unwritable = (error: unknown) => `The audit log cannot be written (${error}); ${until('it can')}`;
const unsynced = (error: unknown) =>
  `The audit log could not be brought to disk (${error}); look at the disk; ${untilRestart}`;
