// The audit log of contract §5: what was asked and what came of it, in a chain that cannot be changed unseen.
import type { Problem } from '../../allowlist/refused.ts';
import type { Actor } from '../../allowlist/wire.ts';
import { type Fields, refusalFields } from './entry.ts';
import { type Burst, Flood } from './flood.ts';
import { Reader } from './read.ts';
import { Tail } from './tail.ts';
import { AuditUnavailable } from './unavailable.ts';

export interface Peer {
  pid: number;
  uid: number;
  gid: number;
}

export interface AuditLog {
  /** n of the newest entry. */
  readonly lastEntry: number;
  /** sha256 of the newest line: the `prev` of the entry to come. */
  newestHash(): string;
  /** Whether an intent could be written now. */
  available(): boolean;
  /** Resolves with n once the entry is on disk. Rejects with AuditUnavailable where it cannot be: then nothing may run. */
  intent(e: {
    peer: Peer;
    claimed?: Actor;
    rule: string;
    argv: readonly string[];
    [more: string]: unknown;
  }): Promise<number>;
  /** The end of an intent. Where there is no room it is kept in memory, in order, and written when there is. */
  outcome(
    of: number,
    e: {
      code: number | null;
      signal: string | null;
      ms: number;
      stdoutBytes: number;
      stderrBytes: number;
      [more: string]: unknown;
    },
  ): void;
  /** One entry, written before this returns its n and synced within a second. Undefined where it was only counted: in a flood, or for want of room. */
  refused(e: {
    peer: Peer | null;
    claimed?: Actor;
    problem: Problem;
    message: string;
    cmd?: string;
    args?: readonly string[];
    rule?: string;
    line?: { bytes: number; sha256: string };
  }): number | undefined;
  /** An entry of another kind, synced within a second; undefined where it could not be written. `started` and `stopped` are written by the log itself. */
  note(kind: string, fields: Record<string, unknown>): number | undefined;
  /** In order, across all files, n > after. At most `limit`, 1000 and about 1 MiB of them; ask on from the last one's n. */
  entries(after: number, limit: number): Promise<object[]>;
  /** Writes the last entry, brings all to disk and closes. */
  close(): Promise<void>;
}

export interface AuditOptions {
  path: string;
  mode: 'real' | 'dummy';
  /** The group that may read the log, in real mode. */
  gid?: number;
  clock?: () => Date;
  /** A file this long makes way for the next one. */
  rotateBytes?: number;
  reserveBytes?: number;
  /** Told the newest hash and its n at start, at stop and every minute with news, once they are on disk. */
  announce?: (hash: string, n: number) => void;
  /** Told of each burst of refusals once it is counted. */
  burst?: (burst: Burst) => void;
}

/** Opens the log, ends what a crash left open, and throws where the file is not one that can be continued. */
export function openAuditLog(options: AuditOptions): AuditLog {
  return new Log(options);
}

const defaults = { rotateBytes: 8 << 20, reserveBytes: 64 << 20 };
const laterMs = 500;
const announceMs = 60_000;

class Log implements AuditLog {
  readonly #tail: Tail;
  readonly #reader: Reader;
  readonly #flood = new Flood();
  readonly #options: AuditOptions;
  /** Entries that must be written and found no room yet. */
  readonly #owed: [kind: string, fields: Fields, at: Date][] = [];
  #later: NodeJS.Timeout | undefined;
  readonly #minute: NodeJS.Timeout;
  #announced = 0;

  constructor(options: AuditOptions) {
    const { path, mode, gid } = options;
    this.#options = options;
    this.#tail = new Tail({ ...defaults, ...options, gid: mode === 'real' ? gid : undefined });
    this.#reader = new Reader(path);
    const { tornBytes, open } = this.#tail.at;
    if (tornBytes > 0) this.#owe('cut', { bytes: tornBytes });
    for (const of of open) this.#owe('unknown', { of });
    this.#owe('started', { mode, pid: process.pid });
    this.#minute = setInterval(() => void this.#announce(), announceMs).unref();
    void this.#announce();
  }

  get lastEntry(): number {
    return this.#tail.at.n;
  }

  newestHash(): string {
    return this.#tail.at.hash;
  }

  available(): boolean {
    return this.#tail.fault() === undefined;
  }

  async intent(e: Parameters<AuditLog['intent']>[0]): Promise<number> {
    const fault = this.#tail.fault();
    if (fault) throw new AuditUnavailable(fault);
    const n = this.#append('intent', e);
    await this.#tail.synced(this.#tail.at.open.size === 1);
    return n;
  }

  outcome(of: number, e: Parameters<AuditLog['outcome']>[1]): void {
    if (!this.#tail.at.open.has(of)) throw new Error(`entry ${of} is no intent without an end`);
    this.#owe('outcome', { of, ...e });
  }

  refused(e: Parameters<AuditLog['refused']>[0]): number | undefined {
    const nowMs = this.#now().getTime();
    const uid = e.peer?.uid ?? null;
    this.#endBursts(nowMs);
    const n = this.#flood.standsAlone(uid, nowMs) ? this.note('refused', refusalFields(e)) : undefined;
    if (n === undefined) this.#flood.count(uid, e.problem, nowMs);
    this.#soon();
    return n;
  }

  note(kind: string, fields: Fields): number | undefined {
    return unlessUnavailable(() => this.#append(kind, fields));
  }

  entries(after: number, limit: number): Promise<object[]> {
    return this.#reader.entries(after, limit, this.#tail.at.first);
  }

  async close(): Promise<void> {
    clearInterval(this.#minute);
    this.#endBursts(Number.POSITIVE_INFINITY);
    this.note('stopped', {});
    await this.#announce();
    await this.#tail.close();
    clearTimeout(this.#later);
  }

  #now(): Date {
    return this.#options.clock?.() ?? new Date();
  }

  #append(kind: string, fields: Fields): number {
    this.#pay();
    const n = this.#tail.append(kind, fields, this.#now());
    this.#soon();
    return n;
  }

  #owe(kind: string, fields: Fields): void {
    this.#owed.push([kind, fields, this.#now()]);
    unlessUnavailable(() => this.#pay());
    this.#soon();
  }

  #pay(): void {
    for (let entry = this.#owed[0]; entry; entry = this.#owed[0]) {
      this.#tail.append(...entry);
      this.#owed.shift();
    }
  }

  /** Syncs, pays and counts what can wait a little. */
  #soon(): void {
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      unlessUnavailable(() => this.#pay());
      this.#endBursts(this.#now().getTime());
      if (this.#tail.isDirty) void this.#tail.sync();
      if (this.#owed.length > 0 || !this.#flood.isQuiet) this.#soon();
    }, laterMs).unref();
  }

  #endBursts(nowMs: number): void {
    unlessUnavailable(() =>
      this.#flood.end(nowMs, burst => {
        const { uid, count, problems } = burst;
        const message = `${count} more were refused within a second; they are counted here and not kept.`;
        this.#append('refused', { peer: uid === null ? null : { uid }, count, problems, message });
        this.#options.burst?.(burst);
      }),
    );
  }

  async #announce(): Promise<void> {
    const { n, hash } = this.#tail.at;
    if (n === this.#announced) return;
    this.#announced = n;
    await this.#tail.sync();
    this.#options.announce?.(hash, n);
  }
}

function unlessUnavailable<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof AuditUnavailable) return undefined;
    throw error;
  }
}
