// When somebody signed in last, by /var/log/lastlog: a record for each uid, written by login and sshd, full of holes.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

export const lastlogFile = '/var/log/lastlog';

/** struct lastlog of glibc: the time, then 32 bytes of line and 256 of host. Its time has 4 bytes where 32-bit programs share the file. */
export const timeBytes = process.arch === 'arm64' ? 8 : 4;
export const recordBytes = timeBytes + 32 + 256;

/** Gives for a uid milliseconds since 1970, 0 for never, or null where the host keeps no such file. */
export function lastSignIns(root: string, uids: readonly number[]): Map<number, number | null> {
  let file: number;
  try {
    // Never waits: a pipe that somebody put there would hold up the whole agent.
    file = openSync(root + lastlogFile, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return new Map();
  }
  try {
    if (!fstatSync(file).isFile()) return new Map();
    const time = Buffer.alloc(timeBytes);
    return new Map(
      uids.map(uid => {
        const read = readSync(file, time, 0, timeBytes, uid * recordBytes);
        // Little-endian, unsigned, on every machine it runs on.
        return [uid, read === timeBytes ? time.readUIntLE(0, Math.min(timeBytes, 6)) * 1000 : 0];
      }),
    );
  } finally {
    closeSync(file);
  }
}
