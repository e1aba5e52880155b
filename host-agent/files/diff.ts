// A unified diff of two small texts, as one block from the first change to the last.

const contextLines = 3;
// Above this many pairs of lines the block is shown as old and new: bounded time and memory matter more than beauty.
const maxPairs = 1_000_000;

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
  const same = (lines: readonly string[]) => lines.map(line => ` ${line}`);
  const lines = [
    ...same(a.slice(from, start)),
    ...changes(a.slice(start, a.length - tail), b.slice(start, b.length - tail)),
    ...same(a.slice(a.length - tail, a.length - until)),
  ].map(line => (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`));
  const header = `--- ${before === undefined ? '/dev/null' : path}\n+++ ${after === undefined ? '/dev/null' : path}\n`;
  if (lines.length === 0) return header;
  return `${header}@@ -${range(from, a.length - until)} +${range(from, b.length - until)} @@\n${lines.join('')}`;
}

/** Each line with its LF; the last may lack one. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** The lines of both, marked, along their longest common subsequence. */
function changes(a: readonly string[], b: readonly string[]): string[] {
  if (a.length * b.length > maxPairs) return [...a.map(line => `-${line}`), ...b.map(line => `+${line}`)];
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j]!;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: string[] = [];
  for (let [i, j] = [0, 0]; i < a.length || j < b.length; ) {
    const isSame = i < a.length && a[i] === b[j];
    const isRemoved = j === b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1));
    lines.push(isSame ? ` ${a[i]}` : isRemoved ? `-${a[i]}` : `+${b[j]}`);
    if (isSame || isRemoved) i++;
    if (isSame || !isRemoved) j++;
  }
  return lines;
}

/** Line numbers begin at 1; a range without lines names the line before it. */
function range(from: number, until: number): string {
  return `${until === from ? from : from + 1},${until - from}`;
}
