// A unified diff of two small texts.

const contextLines = 3;
// Above this many pairs of lines the differing part is shown as one block: bounded time and memory matter more than beauty.
const maxPairs = 1_000_000;

/** What turns one text into the other, with three lines around each change; '' where they are equal. Undefined: there is no file. */
export function unifiedDiff(path: string, before: string | undefined, after: string | undefined): string {
  if (before === after) return '';
  const a = linesOf(before ?? '');
  const b = linesOf(after ?? '');
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let tail = 0;
  while (tail < a.length - start && tail < b.length - start && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const lead = Math.min(start, contextLines);
  const lines = [
    ...a.slice(start - lead, start).map(line => ` ${line}`),
    ...changes(a.slice(start, a.length - tail), b.slice(start, b.length - tail)),
    ...a.slice(a.length - tail, a.length - tail + contextLines).map(line => ` ${line}`),
  ];
  const header = `--- ${before === undefined ? '/dev/null' : path}\n+++ ${after === undefined ? '/dev/null' : path}\n`;
  return header + hunks(lines, start - lead);
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
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
  const lines: string[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(` ${a[i++]}`);
      j++;
    } else if (j === b.length || (i < a.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!))
      lines.push(`-${a[i++]}`);
    else lines.push(`+${b[j++]}`);
  }
  return lines;
}

/** Cuts marked lines where more than twice the context lies between two changes. `skipped` lines stand before the first. */
function hunks(lines: readonly string[], skipped: number): string {
  let text = '';
  let [beforeLine, afterLine] = [skipped, skipped];
  for (let at = 0; at < lines.length; ) {
    const first = lines.findIndex((line, index) => index >= at && line[0] !== ' ');
    if (first < 0) break;
    let last = first;
    for (let next = first; next < lines.length && next - last <= 2 * contextLines + 1; next++)
      if (lines[next]![0] !== ' ') last = next;
    const from = Math.max(at, first - contextLines);
    const hunk = lines.slice(from, last + contextLines + 1);
    beforeLine += from - at;
    afterLine += from - at;
    const [removed, added] = ['+', '-'].map(other => hunk.filter(line => line[0] !== other).length) as [number, number];
    text += `@@ -${range(beforeLine, removed)} +${range(afterLine, added)} @@\n`;
    text += hunk.map(line => (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`)).join('');
    beforeLine += removed;
    afterLine += added;
    at = from + hunk.length;
  }
  return text;
}

/** Line numbers begin at 1; a range without lines names the line before it. */
function range(skipped: number, count: number): string {
  return `${count === 0 ? skipped : skipped + 1},${count}`;
}
