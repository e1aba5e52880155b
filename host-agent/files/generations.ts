// What was written to a file of ours, kept so that it can be put back. One file a generation; its name tells all but the content.
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { Refused } from '../../allowlist/refused.ts';
import { type Folder, stateFolder } from './paths.ts';

export interface Generation {
  generation: number;
  at: string;
  sha256: string;
  bytes: number;
}

const keptAtMost = 50;
const namePattern = /^([1-9][0-9]*)_([0-9TZ:.-]+)_([0-9a-f]{64})(\.next)?$/;

/** Opens what is kept of the file at `path`; nothing is made before there is something to keep. */
export function openGenerations(stateDir: string, path: string): Generations | Refused {
  const all = stateFolder(stateDir, 'generations');
  return all instanceof Refused ? all : new Generations(all, keyOf(path));
}

/** Destroys what is kept of the file at `path`. */
export function forgetGenerations(stateDir: string, path: string): Refused | undefined {
  const all = stateFolder(stateDir, 'generations');
  if (all instanceof Refused) return all;
  using folder = all;
  fs.rmSync(folder.at(keyOf(path)), { recursive: true, force: true });
  folder.sync();
  return undefined;
}

export class Generations implements Disposable {
  readonly #all: Folder;
  readonly #key: string;

  constructor(all: Folder, key: string) {
    this.#all = all;
    this.#key = key;
  }

  /** Oldest first. */
  list(): Generation[] {
    return this.#entries().filter(entry => !entry.undecided);
  }

  /** Whether content with this hash is what we wrote last, or what a crash may have left in place. */
  wrote(sha256: string): boolean {
    return [this.list().at(-1), ...this.#entries().filter(entry => entry.undecided)].some(
      entry => entry?.sha256 === sha256,
    );
  }

  /** The content of a generation, in the bytes it was written in. */
  read(generation: number): string | Refused {
    const entry = this.list().find(kept => kept.generation === generation);
    if (!entry)
      return new Refused(
        'not-permitted-now',
        `Generation ${generation} of this file is not kept; @generations lists those that are. Nothing was changed.`,
      );
    const bytes = this.#inFolder(folder => fs.readFileSync(folder.at(nameOf(entry))));
    if (bytes && sha256Of(bytes) === entry.sha256 && isUtf8(bytes)) return bytes.toString();
    return new Refused(
      'failed',
      `Generation ${generation} of this file is damaged or no text, and cannot be put back; nothing was changed.`,
    );
  }

  /** Keeps content that is about to be put in place. Undecided until `settle`. */
  keep(bytes: Buffer, now: Date): number {
    const generation = (this.list().at(-1)?.generation ?? 0) + 1;
    const entry = { generation, at: now.toISOString(), sha256: sha256Of(bytes), undecided: true };
    if (!this.#all.lstat(this.#key)) fs.mkdirSync(this.#all.at(this.#key), 0o700);
    this.#all.sync();
    this.#inFolder(folder => folder.create(nameOf(entry), bytes));
    return generation;
  }

  /** Decides by the content that is in place: what has reached the file stays kept, else goes. True where there was something to decide. */
  settle(inPlace: string | undefined): boolean {
    const undecided = this.#entries().filter(entry => entry.undecided);
    this.#inFolder(folder => {
      for (const entry of undecided) {
        const name = nameOf(entry);
        const reached = entry.sha256 === inPlace && sha256Of(fs.readFileSync(folder.at(name))) === inPlace;
        if (reached) folder.move(name, folder, nameOf({ ...entry, undecided: false }));
        else folder.remove(name);
      }
      for (const entry of this.list().slice(0, -keptAtMost)) folder.remove(nameOf(entry));
    });
    return undecided.length > 0;
  }

  [Symbol.dispose](): void {
    this.#all[Symbol.dispose]();
  }

  #entries(): (Generation & { undecided: boolean })[] {
    const entries = this.#inFolder(folder =>
      folder.names().flatMap(name => {
        const [, generation, at = '', sha256 = '', next] = namePattern.exec(name) ?? [];
        const stats = generation && folder.lstat(name);
        return stats
          ? [{ generation: Number(generation), at, sha256, bytes: stats.size, undecided: next !== undefined }]
          : [];
      }),
    );
    return (entries ?? []).sort((a, b) => a.generation - b.generation);
  }

  /** Undefined where nothing is kept yet. */
  #inFolder<T>(use: (folder: Folder) => T): T | undefined {
    if (!this.#all.lstat(this.#key)) return undefined;
    using folder = this.#all.folder(this.#key);
    return use(folder);
  }
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** One folder a file: its path as one name. */
function keyOf(path: string): string {
  return encodeURIComponent(path.slice(1));
}

function nameOf(entry: { generation: number; at: string; sha256: string; undecided?: boolean }): string {
  return `${entry.generation}_${entry.at}_${entry.sha256}${entry.undecided ? '.next' : ''}`;
}
