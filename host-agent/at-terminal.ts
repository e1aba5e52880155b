// What the commands share that are for a person at the host's own terminal.
import { createInterface } from 'node:readline';

/** Why this is no such person, as a sentence; undefined where it may be one. */
export function whyNotAtTerminal(): string | undefined {
  if (process.geteuid?.() !== 0) return 'Only root can do this: run it as root on the host.';
  if (process.stdin.isTTY && process.stdout.isTTY) return undefined;
  return 'This is done by a person at a terminal: neither its input nor its output may be a pipe or a file.';
}

/** A line from the terminal; null on Ctrl-C and Ctrl-D. */
export function typed(question: string): Promise<string | null> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, historySize: 0 });
  return new Promise(resolve => {
    terminal.once('close', () => resolve(null));
    terminal.question(question, answer => {
      resolve(answer.trim());
      terminal.close();
    });
  });
}

/** Says it, as an error where the exit status is one, and gives the status. */
export function say(line: string, status = 0): number {
  (status === 0 ? process.stdout : process.stderr).write(`${line}\n`);
  return status;
}
