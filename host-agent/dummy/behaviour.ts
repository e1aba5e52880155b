// What <GATEHOUSE_STATE>/host/dummy.json tells the simulated programs: to fail, be slow or missing, and who has processes running.
import { z } from 'zod';
import type { Tree } from './tree.ts';

const file = '/dummy.json';

const fault = z.strictObject({
  /** Ends with this code and does nothing. */
  exit: z.int().min(0).max(255).optional(),
  stderr: z.string().optional(),
  /** Prints this many bytes, ends and does nothing. */
  output: z.int().min(1).max(1e9).optional(),
  /** Never ends by itself. */
  hang: z.literal(true).optional(),
  /** Is not installed. */
  missing: z.literal(true).optional(),
  delayMs: z.int().min(0).max(3_600_000).optional(),
  /** Holds for so many starts; without it, for all. */
  times: z.int().min(1).optional(),
});
export type Fault = z.infer<typeof fault>;

const login = z.string().regex(/^[^:\s/]{1,32}$/);

export class Behaviour {
  readonly #tree: Tree;
  readonly #schema;

  constructor(tree: Tree, programs: readonly string[]) {
    this.#tree = tree;
    this.#schema = z.strictObject({
      programs: z.partialRecord(z.enum(programs), fault).optional(),
      running: z.record(login, z.int().min(0)).optional(),
    });
    this.#read();
  }

  /** What this start of a program is told; a fault that has `times` is used up by it. */
  take(program: string): Fault {
    const told = this.#read();
    const found = told.programs?.[program];
    if (found?.times === undefined) return found ?? {};
    const { [program]: _, ...others } = told.programs!;
    const rest = found.times > 1 ? { ...others, [program]: { ...found, times: found.times - 1 } } : others;
    this.#write({ ...told, programs: rest });
    return found;
  }

  runningOf(user: string): number {
    return this.#read().running?.[user] ?? 0;
  }

  endRunningOf(user: string): void {
    const told = this.#read();
    const { [user]: _, ...others } = told.running ?? {};
    this.#write({ ...told, running: others });
  }

  #read() {
    if (!this.#tree.has(file)) return {};
    let json: unknown;
    try {
      json = JSON.parse(this.#tree.read(file));
    } catch (cause) {
      throw new Error(`${this.#tree.path(file)} is not JSON: ${(cause as Error).message}`, { cause });
    }
    const parsed = this.#schema.safeParse(json);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new Error(`${this.#tree.path(file)}: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}`);
  }

  #write(told: object): void {
    this.#tree.write(file, JSON.stringify(told, null, 2) + '\n');
  }
}
