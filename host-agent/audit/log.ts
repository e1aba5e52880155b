// The audit log of contract §5: what was asked and what came of it, in a chain that cannot be changed unseen.
import type { Problem } from '../../allowlist/refused.ts';
import type { Peer } from '../native.ts';
import { type Fields, type RefusedText, refusalFields } from './entry.ts';
import { readEntries } from './files.ts';
import { type Burst, Flood } from './flood.ts';
import { Tail } from './tail.ts';

/** The audit log cannot take an intent now, so nothing may run. The message is a sentence for people. */
export class AuditUnavailable extends Error {}

export type Intent = Fields & { peer: Peer; rule: string; argv: readonly string[] };
export type Outcome = Fields & { code: number | null; signal: string | null; ms: number };
export type Refusal = RefusedText & { peer: Peer | null; problem: Problem };

export interface AuditOptions {
  path: string;
  mode: 'real' | 'dummy';
  /** The group that may read the log. */
  gid?: number | undefined;
  clock?: () => Date;
  /** A file this long makes way for the next one. */
  rotateBytes?: number;
  /** Room that is left to outcomes and refusals. */
  reserveBytes?: number;
  /** Told the newest hash and its n at start, at stop and every minute with news, once they are on disk. */
  announce?: (hash: string, n: number) => void;
  /** Told of each burst of refusals once it is over. */
  burst?: (burst: Burst) => void;
}

const sizes = { rotateBytes: 4 << 20, reserveBytes: 64 << 20 };
const defaults = { ...sizes, gid: undefined, clock: () => new Date(), announce() {}, burst() {} };
const laterMs = 500;
const announceMs = 60_000;

/** Opens the log, ends what a crash left open and writes `started`. Throws where the file cannot be continued. */
export const openAuditLog = (options: AuditOptions): AuditLog => new AuditLog({ ...defaults, ...options });

export class AuditLog {
  readonly #options: Required<AuditOptions>;
  readonly #tail: Tail;
  readonly #flood = new Flood();
  /** Entries that must be written and have found no room yet. */
  readonly #owed: [kind: string, fields: Fields, at: Date][] = [];
  readonly #minute: NodeJS.Timeout;
  #later: NodeJS.Timeout | undefined;
  #announced = 0;

  constructor(options: Required<AuditOptions>) {
    this.#options = options;
    this.#tail = new Tail(options);
    const { tornBytes, open } = this.#tail;
    if (tornBytes > 0) this.#owe('cut', { bytes: tornBytes });
    for (const of of open) this.#owe('unknown', { of });
    this.#owe('started', { mode: options.mode, pid: process.pid });
    this.#minute = setInterval(() => void this.#announce(), announceMs).unref();
    void this.#announce();
  }

  /** n of the newest entry. */
  get lastEntry(): number {
    return this.#tail.n;
  }

  /** Whether an intent could be written now. */
  available(): boolean {
    return this.#tail.fault() === undefined;
  }

  /** Resolves with n once the entry is on disk. Rejects with AuditUnavailable where it cannot be: then nothing may run. */
  async intent(e: Intent): Promise<number> {
    const fault = this.#tail.fault();
    if (fault) throw new AuditUnavailable(fault);
    const n = this.note('intent', e);
    const isLone = this.#tail.open.size === 1;
    if (n === undefined || !(await this.#tail.synced(isLone))) throw new AuditUnavailable(this.#tail.trouble);
    return n;
  }

  /** The end of an intent. Where there is no room it is kept in memory, in order, and written when there is. */
  outcome(of: number, e: Outcome): void {
    if (!this.#tail.open.has(of)) throw new Error(`Entry ${of} is no intent that still runs.`);
    this.#owe('outcome', { of, ...e });
  }

  /** One entry, written before this returns its n, synced within a second. Undefined: only counted, in a flood or for want of room. */
  refused(e: Refusal): number | undefined {
    const nowMs = this.#options.clock().getTime();
    const uid = e.peer?.uid ?? null;
    this.#endBursts(nowMs);
    const n = this.#flood.standsAlone(uid, nowMs) ? this.note('refused', refusalFields(e)) : undefined;
    if (n === undefined) this.#flood.count(uid, e.problem, nowMs);
    return n;
  }

  /** An entry of another kind, synced within a second; undefined where it could not be written. */
  note(kind: string, fields: Fields): number | undefined {
    return this.#pay() && this.#tail.append(kind, fields, this.#options.clock()) ? this.#tail.n : undefined;
  }

  /** In order, across all files, n > after: at most `limit`, 1000 and about 1 MiB of them. Ask on from the last one's n. */
  entries(after: number, limit: number): Promise<object[]> {
    return readEntries(this.#options.path, this.#tail.first, after, limit);
  }

  /** Writes the last entry, `stopped`, brings all to disk and closes. */
  async close(): Promise<void> {
    this.#endBursts(Number.POSITIVE_INFINITY);
    this.note('stopped', {});
    await this.#announce();
    await this.#tail.close();
    clearInterval(this.#minute);
    clearTimeout(this.#later);
  }

  #owe(kind: string, fields: Fields): void {
    this.#owed.push([kind, fields, this.#options.clock()]);
    this.#pay();
  }

  /** Whether nothing is owed any more. */
  #pay(): boolean {
    this.#soon();
    while (this.#owed[0] && this.#tail.append(...this.#owed[0])) this.#owed.shift();
    return this.#owed.length === 0;
  }

  /** Does what can wait a little: pays, counts as soon as a second of refusals is over, syncs. */
  #soon(): void {
    if (this.#later) return;
    const delayMs = Math.min(laterMs, this.#flood.endsInMs(this.#options.clock().getTime()));
    this.#later = setTimeout(() => {
      this.#later = undefined;
      if (this.#owed.length > 0) this.#pay();
      this.#endBursts(this.#options.clock().getTime());
      void this.#tail.synced();
      if (!this.#flood.isQuiet) this.#soon();
    }, delayMs).unref();
  }

  #endBursts(nowMs: number): void {
    this.#flood.end(nowMs, burst => {
      const { uid, count, problems } = burst;
      const message = `${count} more were refused within a second; they are counted and not kept.`;
      if (!this.note('refused', { peer: uid === null ? null : { uid }, count, problems, message })) return false;
      this.#options.burst(burst);
      return true;
    });
  }

  async #announce(): Promise<void> {
    const { n, hash } = this.#tail;
    if (n === this.#announced) return;
    this.#announced = n;
    if (await this.#tail.synced()) this.#options.announce(hash, n);
  }
}
