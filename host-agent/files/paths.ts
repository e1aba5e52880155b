// Paths without a race: a folder is opened part by part, following no link, and from then on used through its descriptor.
import fs from 'node:fs';
import { Refused } from '../../allowlist/refused.ts';
import type { Host } from '../host.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants;

export const maxFileBytes = 1 << 20;

/** A plain file, read whole. */
export interface Plain {
  bytes: Buffer;
  stats: fs.Stats;
}

/**
 * Opens the folder at `path` below `root` ('' is the machine's own). Refused where a part is missing, a link or no folder, and, with
 * `trustedUid`, where a folder on the way belongs to somebody else or lets its group or others write. Throws no system error.
 */
export function openFolder(root: string, path: string, trustedUid?: number): Folder | Refused {
  const parts = path === '/' ? [] : path.split('/').slice(1);
  if (!path.startsWith('/') || !parts.every(isName)) return notPlain(path);
  using way = new DisposableStack();
  let shown = '';
  try {
    // The root is where the host begins, so what leads to it is not the host's.
    let folder = new Folder(fs.openSync(root || '/', O_RDONLY | O_DIRECTORY));
    for (const part of parts) {
      way.use(folder);
      if (!isTrusted(folder, trustedUid)) return untrusted(shown);
      shown += `/${part}`;
      folder = folder.folder(part);
    }
    if (isTrusted(folder, trustedUid)) return folder;
    way.use(folder);
    return untrusted(shown);
  } catch (error) {
    return refusedFor(error, `${shown} was not opened, and nothing was changed`);
  }
}

/** Who must own the folders that lead to a file of ours: root on a real machine; a simulated one belongs to whoever runs it. */
export function trustedUid(host: Host): number | undefined {
  return host.mode === 'real' ? 0 : undefined;
}

/** A folder of the agent's own below its state, made where it is missing. */
export function stateFolder(stateDir: string, name: string): Folder | Refused {
  fs.mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  using state = new Folder(fs.openSync(stateDir, O_RDONLY | O_DIRECTORY));
  return state.own(name);
}

/** An open folder. Each name is one entry of it, wherever its path leads by then. Methods throw system errors. */
export class Folder implements Disposable {
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  /** The path of an entry, good for as long as the folder is open. */
  at(name: string): string {
    if (!isName(name)) throw new TypeError(`${JSON.stringify(name)} is not the name of an entry`);
    return `/proc/self/fd/${this.fd}/${name}`;
  }

  names(): string[] {
    return fs.readdirSync(`/proc/self/fd/${this.fd}`);
  }

  lstat(name: string): fs.Stats | undefined {
    return fs.lstatSync(this.at(name), { throwIfNoEntry: false });
  }

  folder(name: string): Folder {
    return new Folder(fs.openSync(this.at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  }

  /** A folder that only the agent's own user reads, made where it is missing. */
  own(name: string): Folder | Refused {
    if (!this.lstat(name)) {
      fs.mkdirSync(this.at(name), 0o700);
      this.sync();
    }
    const folder = this.folder(name);
    const { uid, mode } = fs.fstatSync(folder.fd);
    if (uid === process.geteuid?.() && (mode & 0o077) === 0) return folder;
    folder[Symbol.dispose]();
    return new Refused(
      'not-permitted-now',
      `The folder ${name} of the agent must belong to it, with mode 0700; nothing was changed.`,
    );
  }

  /** A file's content, or undefined where there is none. Waits for nobody, opens no device; `shown` names it for people. */
  read(name: string, shown: string): Plain | undefined | Refused {
    // Looking first, since opening alone can act on a device; looking again, since the entry may have been swapped.
    const entry = this.lstat(name);
    if (!entry) return undefined;
    if (!entry.isFile()) return notAFile(shown);
    const fd = fs.openSync(this.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = fs.fstatSync(fd);
      if (!stats.isFile()) return notAFile(shown);
      if (stats.size > maxFileBytes)
        return new Refused('not-permitted-now', `${shown} holds more than ${maxFileBytes} bytes; nothing was changed.`);
      return { bytes: fs.readFileSync(fd), stats };
    } finally {
      fs.closeSync(fd);
    }
  }

  /** Makes a new file, durable when the call returns. Fails where the name is taken. */
  create(name: string, bytes: Uint8Array, mode = 0o600, owner?: { uid: number; gid: number }): void {
    const fd = fs.openSync(this.at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      fs.writeFileSync(fd, bytes);
      if (owner) fs.fchownSync(fd, owner.uid, owner.gid);
      fs.fchmodSync(fd, mode);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  }

  /** Puts a small file of the agent's own in place of the one before: after a crash it is the old or the new. */
  replace(name: string, bytes: Uint8Array): void {
    this.remove(`${name}.new`);
    this.create(`${name}.new`, bytes);
    this.move(`${name}.new`, this, name);
  }

  /** Renames an entry, whatever it is, over what has the new name; durable when the call returns. */
  move(name: string, to: Folder, newName = name): void {
    fs.renameSync(this.at(name), to.at(newName));
    to.sync();
    if (to !== this) this.sync();
  }

  /** Removes an entry that is no folder, if it is there. */
  remove(name: string): void {
    if (!this.lstat(name)) return;
    fs.unlinkSync(this.at(name));
    this.sync();
  }

  /** Removes a folder if it is there and empty. */
  removeFolder(name: string): void {
    try {
      fs.rmdirSync(this.at(name));
    } catch (error) {
      if (!['ENOENT', 'ENOTEMPTY'].includes(codeOf(error) ?? '')) throw error;
    }
  }

  sync(): void {
    fs.fsyncSync(this.fd);
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.fd);
  }
}

/** A system error as a refusal: `kept` says what became of things. Anything else is thrown on. */
export function refusedFor(error: unknown, kept: string): Refused {
  const code = codeOf(error);
  if (code === undefined) throw error;
  const reason = reasons[code];
  if (reason) return new Refused('not-permitted-now', `${kept}: ${reason}.`);
  return new Refused(
    'failed',
    `${kept}: ${(error as NodeJS.ErrnoException).syscall} answered ${code}; look at the host's disk and its journal.`,
  );
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'it is a link or not a folder',
  ELOOP: 'a link is in the way',
  EBUSY: 'something is mounted there',
  EXDEV: 'it lies on another file system',
};

/** What a system error is called, such as ENOENT; undefined for every other error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error ? (error as NodeJS.ErrnoException).code : undefined;
}

function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);
}

function isTrusted(folder: Folder, trustedUid: number | undefined): boolean {
  if (trustedUid === undefined) return true;
  const { uid, mode } = fs.fstatSync(folder.fd);
  return uid === trustedUid && (mode & 0o022) === 0;
}

function untrusted(shown: string): Refused {
  return new Refused(
    'not-permitted-now',
    `${shown || '/'} must belong to root, and neither its group nor others may write there; nothing was changed.`,
  );
}

function notPlain(path: string): Refused {
  return new Refused(
    'not-allowed',
    `${JSON.stringify(path)} must be an absolute path of plain names, such as /etc/gatehouse/keys; nothing was changed.`,
  );
}

function notAFile(shown: string): Refused {
  return new Refused(
    'not-permitted-now',
    `${shown} is not a plain file but a link, a folder or a device; remove it by hand on the host. Nothing was changed.`,
  );
}
