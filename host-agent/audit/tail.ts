// The growing end of the log: a line goes in whole or not at all, syncs are shared, a full file makes way for the next.
import fs from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { lockFile } from '../native.ts';
import { entryLine, type Fields, genesis, head, lineHash } from './entry.ts';
import { installedFiles, lines, rotatedName } from './files.ts';
import type { AuditOptions } from './log.ts';

export class Tail {
  /** n of the newest entry, and of the first one in the file that is written to. */
  n = 0;
  first = 1;
  /** The `prev` of the entry to come. */
  hash = genesis;
  /** Intents that have no end yet. */
  open = new Set<number>();
  /** What a crash left of a last line. It is cut off. */
  readonly tornBytes: number;
  /** What stood in the way, the last time that something could not be written; for good where it is broken. */
  trouble = '';
  #isBroken = false;
  readonly #options: Required<AuditOptions>;
  readonly #lock: number;
  #fd = -1;
  #sizeBytes = 0;
  #rotateAt = 0;
  /** n of the newest entry that is surely on disk. */
  #synced = 0;
  #syncing: Promise<void> | undefined;

  constructor(options: Required<AuditOptions>) {
    const { path } = options;
    this.#options = options;
    refuseNoFile(path, fs.lstatSync(path, { throwIfNoEntry: false }));
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
    this.#lock = fs.openSync(`${path}.lock`, 'a', 0o600);
    if (!lockFile(this.#lock))
      throw new Error(`The audit log ${path} is in use by another agent; stop that one first.`);
    this.#openFile();
    for (const file of installedFiles(path).reverse()) {
      for (const line of lines(file)) this.#take(line);
      if (file !== path) this.#beginFile();
      if (this.n > 0) break;
    }
    this.tornBytes = fs.fstatSync(this.#fd).size - this.#sizeBytes;
    if (this.tornBytes > 0) fs.ftruncateSync(this.#fd, this.#sizeBytes);
  }

  /** Why no intent may be written now. */
  fault(): string | undefined {
    const { path, reserveBytes } = this.#options;
    if (this.#isBroken) return this.trouble;
    try {
      const named = fs.lstatSync(path, { throwIfNoEntry: false });
      if (named?.ino !== fs.fstatSync(this.#fd).ino || named.size !== this.#sizeBytes)
        return `The audit log ${path} was moved or replaced, or changed by another hand; nothing runs until it is as it was.`;
      const { bavail, bsize } = fs.statfsSync(path);
      if (bavail * bsize >= reserveBytes) return undefined;
      return `Less than ${reserveBytes >> 20} MiB are free where the audit log lies; nothing runs until there is more room.`;
    } catch (error) {
      return unwritable(error);
    }
  }

  /** Whether the entry could be written whole; otherwise nothing of it stays. A file begins with the intents that are open. */
  append(kind: string, fields: Fields, at: Date): boolean {
    if (this.#sizeBytes >= this.#rotateAt) this.#rotate();
    const beginsFile = this.#sizeBytes === 0 && this.n > 0;
    return (!beginsFile || this.#write('rotated', { open: [...this.open] }, at)) && this.#write(kind, fields, at);
  }

  /** Whether all that was written is on disk now. Several share a sync; for a lone entry blocking is quicker. */
  async synced(isLone = false): Promise<boolean> {
    const { n } = this;
    if (isLone && !this.#syncing) await this.#sync(fs.fdatasyncSync);
    while (this.#synced < n && !this.#isBroken) {
      this.#syncing ??= this.#sync(promisify(fs.fdatasync)).finally(() => {
        this.#syncing = undefined;
      });
      await this.#syncing;
    }
    return !this.#isBroken;
  }

  async close(): Promise<void> {
    if (!(await this.synced())) return;
    this.#break('is closed');
    fs.closeSync(this.#fd);
    fs.closeSync(this.#lock);
  }

  /** Counts in a line that was found or written. */
  #take(line: Buffer): void {
    const [, digits, kind, of] = head.exec(line.toString('latin1', 0, 160)) ?? [];
    const n = Number(digits);
    if (this.#sizeBytes === 0) this.first = n;
    if (n !== Math.max(this.first, this.n + 1))
      throw new Error(
        `The audit log does not run on after entry ${this.n}; gatehouse-agent verify says more. Move its files away to begin a new one.`,
      );
    if (kind === 'rotated') this.open = new Set(JSON.parse(line.toString()).open);
    if (kind === 'intent') this.open.add(n);
    if (of !== undefined) this.open.delete(Number(of));
    this.n = n;
    this.hash = lineHash(line);
    this.#sizeBytes += line.length + 1;
  }

  #write(kind: string, fields: Fields, at: Date): boolean {
    if (this.#isBroken) return false;
    const line = entryLine(this.n + 1, at, kind, fields, this.hash);
    try {
      for (let done = 0; done < line.length; ) done += fs.writeSync(this.#fd, line, done);
      this.#take(line.subarray(0, -1));
      return true;
    } catch (error) {
      this.trouble = unwritable(error);
    }
    try {
      fs.ftruncateSync(this.#fd, this.#sizeBytes);
    } catch (error) {
      this.#break(`ends in a torn line that cannot be cut off (${error})`);
    }
    return false;
  }

  /** A crash between two steps leaves what a start understands: after a rotated file none, an empty one or a torn line. */
  #rotate(): void {
    const { path, rotateBytes } = this.#options;
    const [full, name] = [this.#fd, rotatedName(path, this.first)];
    // Where the file cannot make way now, it grows on and is tried again later.
    this.#rotateAt += rotateBytes;
    void this.#sync(fs.fdatasyncSync);
    if (this.#isBroken || fs.existsSync(name)) return;
    try {
      fs.renameSync(path, name);
      this.#openFile();
    } catch {
      if (!fs.existsSync(path)) fs.renameSync(name, path);
      return;
    }
    void Promise.resolve(this.#syncing).then(() => fs.closeSync(full));
    this.#beginFile();
  }

  #beginFile(): void {
    this.first = this.n + 1;
    this.#sizeBytes = 0;
  }

  /** Opens the file that is written to, made where there is none, and brings its name to disk. */
  #openFile(): void {
    const { path, gid, rotateBytes } = this.#options;
    const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
    const fd = fs.openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o640);
    refuseNoFile(path, fs.fstatSync(fd));
    if (gid !== undefined) fs.fchownSync(fd, 0, gid);
    fs.fchmodSync(fd, 0o640);
    const folder = fs.openSync(dirname(path), 'r');
    fs.fsyncSync(folder);
    fs.closeSync(folder);
    this.#fd = fd;
    this.#rotateAt = rotateBytes;
  }

  async #sync(fdatasync: (fd: number) => unknown): Promise<void> {
    const { n } = this;
    try {
      await fdatasync(this.#fd);
      this.#synced = n;
    } catch (error) {
      this.#break(`could not be brought to disk (${error}), look at it`);
    }
  }

  #break(what: string): void {
    this.#isBroken = true;
    this.trouble = `The audit log ${what}; nothing runs until the agent is restarted.`;
  }
}

function refuseNoFile(path: string, found: fs.Stats | undefined): void {
  if (found?.isFile() === false)
    throw new Error(
      `GATEHOUSE_AUDIT=${JSON.stringify(path)} must be a regular file or not exist yet, and no link; an example is GATEHOUSE_AUDIT=/var/log/gatehouse/audit.jsonl.`,
    );
}

const unwritable = (error: unknown) => `The audit log cannot be written (${error}); nothing runs until it can.`;
