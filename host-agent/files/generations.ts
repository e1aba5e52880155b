// What was written to a file of ours, kept so that it can be put back: one file a generation, and a list of them.
import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ownFolder } from '../folder.ts';
import { type StateFile, stateFile } from '../state-file.ts';

const generation = z.strictObject({ generation: z.int(), at: z.string(), sha256: z.string(), bytes: z.int() });
export type Generation = z.infer<typeof generation>;

const listSchema = z.strictObject({
  /** Oldest first. */
  kept: z.array(generation),
  /** About to be put in place, or left by a crash at that moment. */
  next: generation.optional(),
});

const keptAtMost = 50;

export class Generations {
  readonly #path: string;
  readonly #list: StateFile<z.infer<typeof listSchema>>;

  /** Of the file at `path`. Nothing is made before something is kept. */
  constructor(stateDir: string, path: string) {
    this.#path = join(stateDir, 'generations', encodeURIComponent(path.slice(1)));
    this.#list = stateFile(this.#path, 'list.json', listSchema, `what was kept of ${path} is lost; remove it by hand`);
  }

  /** Oldest first. */
  list(): Generation[] {
    return this.#list.read()?.kept ?? [];
  }

  /** Whether this is what we wrote last, or may have written when a crash came. */
  wrote(bytes: Buffer): boolean {
    return [this.list().at(-1), this.#list.read()?.next].some(one => one?.sha256 === sha256Of(bytes));
  }

  /** The content of a generation, exactly as it was written; undefined where it is not kept whole. */
  read(number: number): string | undefined {
    const entry = this.list().find(kept => kept.generation === number);
    if (!entry) return undefined;
    using folder = ownFolder(this.#path);
    const bytes = folder.read(String(number));
    return bytes && sha256Of(bytes) === entry.sha256 && isUtf8(bytes) ? bytes.toString() : undefined;
  }

  /** Keeps content that is about to be put in place; `settle` decides what becomes of it. */
  keep(bytes: Buffer, now: Date): number {
    const kept = this.list();
    const next = (kept.at(-1)?.generation ?? 0) + 1;
    using folder = ownFolder(this.#path);
    folder.create(String(next), bytes);
    const told = { generation: next, at: now.toISOString(), sha256: sha256Of(bytes), bytes: bytes.length };
    this.#list.write({ kept, next: told });
    return next;
  }

  /** Decides by what is in place now: the undecided generation stays if it got there. */
  settle(inPlace: Buffer | undefined): void {
    const { kept = [], next } = this.#list.read() ?? {};
    if (!next) return;
    const all = inPlace && next.sha256 === sha256Of(inPlace) ? [...kept, next] : kept;
    this.#list.write({ kept: all.slice(-keptAtMost) });
    using folder = ownFolder(this.#path);
    for (const { generation } of all.slice(0, -keptAtMost)) folder.remove(String(generation));
  }

  /** Destroys all that is kept. */
  forget(): void {
    rmSync(this.#path, { recursive: true, force: true });
  }
}

const sha256Of = (bytes: Buffer) => hash('sha256', bytes, 'hex');
