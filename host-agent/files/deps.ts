import type { Host } from '../host.ts';
import type { Answer } from '../run.ts';

/** What the verbs on files need from outside. */
export interface FilesDeps {
  host: Host;
  stateDir: string;
  now: () => Date;
  /** Starts a program of the closed table. One that cannot be started counts as one that failed. */
  run: (argv: readonly string[]) => Promise<Answer>;
}
