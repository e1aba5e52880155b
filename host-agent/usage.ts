// How often each rule was used and when last, for the rules page. Kept across restarts; a crash may lose a minute of it.
import { z } from 'zod';
import { inStateFolder } from './confirmation/state-folder.ts';

const schema = z.record(z.string(), z.strictObject({ uses: z.number().int(), lastUsed: z.string() }));
const fileName = 'usage.json';
const saveMs = 60_000;

export class Usage {
  readonly #stateDir: string;
  readonly #counts: Map<string, { uses: number; lastUsed: string }>;
  #unsaved = false;

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
    this.#counts = new Map(Object.entries(this.#read()));
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
    if (!this.#unsaved) return;
    this.#unsaved = false;
    try {
      inStateFolder(this.#stateDir, folder => folder.write(fileName, JSON.stringify(Object.fromEntries(this.#counts))));
    } catch (error) {
      console.error(`the use of the rules could not be saved: ${(error as Error).message}`);
    }
  }

  /** Only numbers for people: a file that cannot be read starts them again. */
  #read(): z.infer<typeof schema> {
    const text = inStateFolder(this.#stateDir, folder => folder.read(fileName));
    try {
      return schema.parse(JSON.parse(text ?? '{}'));
    } catch {
      console.error(`${fileName} cannot be read; the rules' uses are counted from now on`);
      return {};
    }
  }
}
