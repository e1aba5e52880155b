// The chain of a log: each line carries the number after, and the sha256 of, the line before.
import { genesis } from './entry.ts';

/** What the chain says of a line; `hash` is made from the line itself. */
export interface Line {
  n: number;
  prev: string;
  hash: string;
}
export type Link = Pick<Line, 'n' | 'hash'>;

export const follows = (line: Pick<Line, 'n' | 'prev'>, before: Link): boolean =>
  line.n === before.n + 1 && line.prev === before.hash;

/** Follows the lines from the first entry on: how far they are whole, and which entry was changed, cut out or put in. `end` is the hash of the last. */
export async function walk(
  pages: AsyncIterable<readonly Line[]>,
  end?: string,
): Promise<{ last: Link; fault: number | undefined }> {
  let last: Link = { n: 0, hash: genesis };
  let suspect: Line | undefined;
  for await (const page of pages)
    for (const line of page) {
      if (suspect) return { last, fault: culprit(suspect, last, line.prev) };
      if (follows(line, last)) last = line;
      else suspect = line;
    }
  return { last, fault: suspect && culprit(suspect, last, end) };
}

/** Where `line` does not follow, either it or the one before is at fault; `after`, the hash that comes later, vouches for a true one. */
function culprit(line: Line, before: Link, after: string | undefined): number {
  if (line.n !== before.n + 1) return before.n + 1;
  return before.n > 0 && after === line.hash ? before.n : line.n;
}
