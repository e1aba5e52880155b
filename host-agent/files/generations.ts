// What was written to a file of ours, kept so that it can be put back. One file a generation; its name tells all but the content.
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { type Folder, stateFolder } from './paths.ts';

export interface Generation {
  generation: number;
  at: string;
  sha256: string;
  bytes: number;
}
/** Undecided: about to be put in place, or left by a crash at that moment. */
type Entry = Generation & { name: string; undecided: boolean };

const keptAtMost = 50;
const namePattern = /^([1-9][0-9]*)_([0-9TZ:.-]+)_([0-9a-f]{64})(\.next)?$/;

/** Opens what is kept of the file at `path`. Without `make` nothing is made, and nothing can be kept. */
export function openGenerations(stateDir: string, path: string, make: boolean): Generations {
  using all = stateFolder(stateDir, 'generations');
  const key = encodeURIComponent(path.slice(1));
  return new Generations(make || all.lstat(key) ? all.own(key) : undefined);
}

export class Generations implements Disposable {
  readonly #folder: Folder | undefined;

  constructor(folder: Folder | undefined) {
    this.#folder = folder;
  }

  /** Oldest first. */
  list(): Generation[] {
    return this.#entries()
      .filter(({ undecided }) => !undecided)
      .map(({ generation, at, sha256, bytes }) => ({ generation, at, sha256, bytes }));
  }

  newest(): Generation | undefined {
    return this.list().at(-1);
  }

  /** Whether this is what we wrote last, or may have written when a crash came. */
  wrote(sha256: string): boolean {
    return (
      this.newest()?.sha256 === sha256 || this.#entries().some(entry => entry.undecided && entry.sha256 === sha256)
    );
  }

  /** The content of a generation, exactly as it was written; undefined where it is not kept whole. */
  read(generation: number): string | undefined {
    const entry = this.#entries().find(kept => kept.generation === generation && !kept.undecided);
    const bytes = entry && this.#bytes(entry);
    return bytes && sha256Of(bytes) === entry.sha256 && isUtf8(bytes) ? bytes.toString() : undefined;
  }

  /** Keeps content that is about to be put in place; `settle` decides what becomes of it. */
  keep(bytes: Buffer, now: Date): number {
    const generation = (this.newest()?.generation ?? 0) + 1;
    this.#folder!.create(`${generation}_${now.toISOString()}_${sha256Of(bytes)}.next`, bytes);
    this.#folder!.sync();
    return generation;
  }

  /** Decides by what is in place now: an undecided generation that got there stays, others go. True where there was one. */
  settle(inPlace: string | undefined): boolean {
    const undecided = this.#entries().filter(entry => entry.undecided);
    for (const entry of undecided)
      if (entry.sha256 === inPlace && sha256Of(this.#bytes(entry)) === inPlace)
        this.#folder!.move(entry.name, this.#folder!, entry.name.replace('.next', ''));
      else this.#folder!.remove(entry.name);
    for (const entry of this.#entries().slice(0, -keptAtMost)) this.#folder!.remove(entry.name);
    return undecided.length > 0;
  }

  /** Destroys all that is kept. */
  forget(): void {
    for (const name of this.#folder?.names() ?? []) this.#folder!.remove(name);
  }

  [Symbol.dispose](): void {
    this.#folder?.[Symbol.dispose]();
  }

  #entries(): Entry[] {
    const entries = (this.#folder?.names() ?? []).flatMap(name => {
      const [, generation, at = '', sha256 = '', next] = namePattern.exec(name) ?? [];
      const bytes = this.#folder?.lstat(name)?.size ?? 0;
      return generation
        ? [{ name, generation: Number(generation), at, sha256, bytes, undecided: next !== undefined }]
        : [];
    });
    return entries.sort((a, b) => a.generation - b.generation);
  }

  #bytes(entry: Entry): Buffer {
    return fs.readFileSync(this.#folder!.at(entry.name));
  }
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
