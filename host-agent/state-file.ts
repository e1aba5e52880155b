// What the agent must not forget: a small JSON file of its own. A crash leaves the text before or the new one.
import { existsSync } from 'node:fs';
import type { z } from 'zod';
import { parseJson } from '../allowlist/json.ts';
import { ownFolder } from './folder.ts';
import { stop } from './stop.ts';

/** What is written or removed is durable when the call returns. Each file has one writer. */
export interface StateFile<T> {
  /** Undefined where there is none. Stops where the file is not the agent's own or not what it wrote, and never quotes it. */
  read(): T | undefined;
  write(value: T): void;
  remove(): void;
}

/** `advice`: what to do where the file is damaged. */
export function stateFile<T>(folder: string, name: string, schema: z.ZodType<T>, advice: string): StateFile<T> {
  return {
    read() {
      if (!existsSync(folder)) return undefined;
      using own = ownFolder(folder);
      const file = own.read(name, 'own');
      try {
        return file && schema.parse(parseJson(file.toString(), Number.POSITIVE_INFINITY));
      } catch {
        return stop(`${name} does not hold what Gatehouse wrote: ${advice}.`, 'failed');
      }
    },
    write(value) {
      using own = ownFolder(folder);
      own.create(`${name}.new`, Buffer.from(`${JSON.stringify(value)}\n`));
      own.move(`${name}.new`, own, name);
    },
    remove() {
      using own = ownFolder(folder);
      for (const left of [name, `${name}.new`]) own.remove(left);
    },
  };
}
