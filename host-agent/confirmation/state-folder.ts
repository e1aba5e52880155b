// A folder of small secret files: nobody else's, read without following a link; a crash leaves the old text or the new.
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants;

/** A sentence that says what is wrong with the files. It never quotes them. */
export class Unusable extends Error {}

/** What is written or removed is durable when the call returns. */
export interface StateFolder {
  /** The text of a file, or null where there is none. */
  read(name: string): string | null;
  /** `put` brings the finished text in place: rename replaces what is there, link refuses to. */
  write(name: string, text: string, put?: (from: string, to: string) => void): void;
  remove(name: string): void;
}

/** Opens the folder for as long as `use` runs; all goes through its descriptor: what was checked is what is used. */
export function inStateFolder<T>(path: string, use: (folder: StateFolder) => T): T {
  let fd: number | null = null;
  try {
    fd = openOwn(path, path, 'folder');
    if (fd === null) throw new Unusable(`${path} is not there.`);
    return use(folderAt(fd, path));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new Unusable(`${path} cannot be used (${error.code} on ${error.syscall}).`, { cause: error });
  } finally {
    if (fd !== null) fs.closeSync(fd);
  }
}

function folderAt(fd: number, path: string): StateFolder {
  const at = (name: string) => `/proc/self/fd/${fd}/${name}`;
  const clearStaged = (name: string) => {
    for (const entry of fs.readdirSync(at('.')))
      if (entry.startsWith(`${name}.`) && entry.endsWith('.new')) fs.rmSync(at(entry), { force: true });
  };
  return {
    read(name) {
      const file = openOwn(at(name), `${path}/${name}`, 'file');
      if (file === null) return null;
      try {
        return fs.readFileSync(file, 'utf8');
      } finally {
        fs.closeSync(file);
      }
    },
    // A fresh name each time, so that of two writers neither can put the other's half in place. Clearing what a crash
    // left may take a living writer's file away; that one then fails, loudly.
    write(name, text, put = fs.renameSync) {
      clearStaged(name);
      const staged = at(`${name}.${randomBytes(6).toString('hex')}.new`);
      fs.writeFileSync(staged, text, { flag: 'wx', mode: 0o600, flush: true });
      put(staged, at(name));
      clearStaged(name);
      fs.fsyncSync(fd);
    },
    remove(name) {
      fs.rmSync(at(name), { force: true });
      clearStaged(name);
      fs.fsyncSync(fd);
    },
  };
}

function openOwn(path: string, shown: string, kind: 'file' | 'folder'): number | null {
  let fd: number;
  try {
    fd = fs.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | (kind === 'folder' ? O_DIRECTORY : 0));
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null;
    throw error;
  }
  const is = fs.fstatSync(fd);
  const right = kind === 'folder' ? is.isDirectory() : is.isFile();
  if (right && is.uid === process.geteuid?.() && (is.mode & 0o077) === 0) return fd;
  fs.closeSync(fd);
  const must = kind === 'folder' ? 'a folder with mode 0700' : 'a plain file with mode 0600';
  throw new Unusable(`${shown} is not used: it must be ${must} that belongs to the agent's own user.`);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
