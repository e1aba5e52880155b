// How often each rule was used and when last, for the rules page. Kept across restarts; a crash may lose a minute of it.
import { z } from 'zod';
import { type StateFile, stateFile } from './state-file.ts';

const schema = z.record(z.string(), z.strictObject({ uses: z.number().int(), lastUsed: z.string() }));
const saveMs = 60_000;

export class Usage {
  readonly #file: StateFile<z.infer<typeof schema>>;
  #counts = new Map<string, { uses: number; lastUsed: string }>();
  #unsaved = false;

  constructor(stateDir: string) {
    this.#file = stateFile(stateDir, 'usage.json', schema, "the rules' uses are counted from now on");
    // Only numbers for people: a file that cannot be read starts them again.
    said(() => {
      this.#counts = new Map(Object.entries(this.#file.read() ?? {}));
    });
    setInterval(() => this.save(), saveMs).unref();
  }

  count(rule: string, now: Date): void {
    this.#counts.set(rule, { uses: this.of(rule).uses + 1, lastUsed: now.toISOString() });
    this.#unsaved = true;
  }

  of(rule: string): { uses: number; lastUsed: string | null } {
    return this.#counts.get(rule) ?? { uses: 0, lastUsed: null };
  }

  save(): void {
    if (this.#unsaved) said(() => this.#file.write(Object.fromEntries(this.#counts)));
    this.#unsaved = false;
  }
}

/** A failure is only told: nothing depends on these numbers. */
function said(act: () => void): void {
  try {
    act();
  } catch (error) {
    console.error(`usage of the rules: ${(error as Error).message}`);
  }
}
