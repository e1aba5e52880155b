// A unified diff of two small texts, as one block: what both begin and end with is left out, and what is between is replaced.

const contextLines = 3;

/** What turns one text into the other, between three lines of context; '' where they are equal. Undefined: there is no file. */
export function unifiedDiff(path: string, before: string | undefined, after: string | undefined): string {
  if (before === after) return '';
  const a = linesOf(before ?? '');
  const b = linesOf(after ?? '');
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let tail = 0;
  while (tail < a.length - start && tail < b.length - start && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const from = Math.max(0, start - contextLines);
  const until = Math.max(0, tail - contextLines);
  const lines = [
    ...a.slice(from, start).map(line => ` ${line}`),
    ...a.slice(start, a.length - tail).map(line => `-${line}`),
    ...b.slice(start, b.length - tail).map(line => `+${line}`),
    ...a.slice(a.length - tail, a.length - until).map(line => ` ${line}`),
  ].map(line => (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`));
  const header = `--- ${before === undefined ? '/dev/null' : path}\n+++ ${after === undefined ? '/dev/null' : path}\n`;
  if (lines.length === 0) return header;
  return `${header}@@ -${range(from, a.length - until)} +${range(from, b.length - until)} @@\n${lines.join('')}`;
}

/** Each line with its LF; the last may lack one. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** Line numbers begin at 1; a range without lines names the line before it. */
function range(from: number, until: number): string {
  return `${until === from ? from : from + 1},${until - from}`;
}
