// The whole lines of a file, block by block in constant memory.
import { readSync } from 'node:fs';

const blockBytes = 256 << 10;
/** Twice what the longest request could fill, each character escaped. */
const longestLine = 8 << 20;

/** Each line without its LF, good until the next one is asked for. Bytes after the last LF are not given. */
export function* lines(fd: number, from = 0): Generator<Buffer, void> {
  const block = Buffer.allocUnsafe(blockBytes);
  let rest: Buffer = Buffer.alloc(0);
  for (let at = from; ; ) {
    const read = block.subarray(0, readSync(fd, block, 0, blockBytes, at));
    if (read.length === 0) return;
    at += read.length;
    let start = 0;
    for (let end = read.indexOf(10); end >= 0; end = read.indexOf(10, start)) {
      const line = read.subarray(start, end);
      start = end + 1;
      yield rest.length > 0 ? Buffer.concat([rest, line]) : line;
      if (rest.length > 0) rest = Buffer.alloc(0);
    }
    rest = Buffer.concat([rest, read.subarray(start)]);
    if (rest.length > longestLine) throw new Error('a line is longer than any entry can be');
  }
}
