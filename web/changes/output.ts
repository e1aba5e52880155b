// What a step prints, as it comes: the end of it, written down a few times a second.
const keptChars = 64 * 1024;
const everyMs = 250;

export interface Output {
  add(text: string): void;
  /** Once all of it is written down; gives what is kept. */
  end(): Promise<string>;
}

/** `write` is given what is kept, and how much was printed in all. */
export function keepOutput(write: (kept: string, printed: number) => Promise<void>): Output {
  let kept = '';
  let printed = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  const flush = () => {
    timer = undefined;
    writing = writing.then(() => write(kept.toWellFormed(), printed));
    // Whoever waits for the end is told.
    writing.catch(() => {});
  };
  return {
    add(text) {
      printed += text.length;
      kept = (kept + text).slice(-keptChars);
      timer ??= setTimeout(flush, everyMs);
    },
    async end() {
      clearTimeout(timer);
      if (printed > 0) flush();
      await writing;
      return kept;
    },
  };
}

/** The same without what was secret on its input: each line of it, and what follows a line's first colon. */
export function withoutSecrets(text: string, stdin: string): string {
  const lines = stdin.split('\n');
  const secrets = [...lines, ...lines.map(line => line.slice(line.indexOf(':') + 1))].filter(part => part !== '');
  return secrets
    .toSorted((a, b) => b.length - a.length)
    .reduce((shown, secret) => shown.replaceAll(secret, '•••'), text);
}
