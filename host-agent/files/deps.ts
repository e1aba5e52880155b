import type { Ended, Host } from '../host.ts';

/** What the verbs on files need from outside. */
export interface FilesDeps {
  host: Host;
  stateDir: string;
  now: () => Date;
  /** Starts a program of the closed table. One that cannot be started counts as one that failed. */
  run: (argv: readonly string[]) => Promise<Ran>;
}

export interface Ran extends Ended {
  stdout: string;
  stderr: string;
}

/** What a program said of its failure, for a message: its first words, or else how it ended. */
export function wordsOf(ran: Ran): string {
  const said = (ran.stderr.trim() || ran.stdout.trim()).slice(0, 1000);
  return said || (ran.signal ? `ended by ${ran.signal}` : `exit status ${ran.code}`);
}
