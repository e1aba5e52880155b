// Paths without a race: a folder is opened part by part, following no link, and from then on used through its descriptor.
import fs from 'node:fs';
import type { Host } from '../host.ts';
import { codeOf, stop } from './stop.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants;

export const maxFileBytes = 1 << 20;

export type Owner = Record<'uid' | 'gid', number>;

/** A file's content, with what it was when it was opened. */
export interface Plain {
  bytes: Buffer;
  stats: fs.Stats;
}

/**
 * Opens the folder at `path` below `root` ('' is the machine's own). Stops where a part is missing, a link or no folder and,
 * with `trustedUid`, where a folder on the way belongs to somebody else or lets its group or others write.
 */
export function openFolder(root: string, path: string, trustedUid?: number): Folder {
  const parts = path === '/' ? [] : path.split('/').slice(1);
  if (!path.startsWith('/') || !parts.every(isName))
    stop(`${JSON.stringify(path)} is no absolute path of plain names.`);
  using way = new DisposableStack();
  // The root is where the host begins: what leads to it is not the host's, and may be a link.
  let folder = way.use(new Folder(root || '/', 0));
  let shown = '';
  for (const part of parts) {
    trust(folder, shown, trustedUid);
    shown += `/${part}`;
    folder = way.use(folder.folder(part, shown));
  }
  trust(folder, shown, trustedUid);
  return new Folder(`/proc/self/fd/${folder.fd}`, 0);
}

/** Who must own the folders that lead to a file of ours: root on a real machine; a simulated one belongs to whoever runs it. */
export function trustedUid(host: Host): number | undefined {
  return host.mode === 'real' ? 0 : undefined;
}

/** A folder of the agent's own below its state, made where it is missing. */
export function stateFolder(stateDir: string, name: string): Folder {
  fs.mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  using state = new Folder(stateDir, 0);
  return state.own(name);
}

/** An open folder. Each name is one entry of it, wherever its path leads by then. */
export class Folder implements Disposable {
  readonly fd: number;

  constructor(path: string, flags = O_NOFOLLOW) {
    this.fd = fs.openSync(path, O_RDONLY | O_DIRECTORY | flags);
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

  /** `shown` names it for people. */
  folder(name: string, shown: string): Folder {
    try {
      return new Folder(this.at(name));
    } catch (error) {
      const code = codeOf(error) ?? '';
      if (code === 'ENOENT') stop(`The folder ${shown} does not exist; make it first. Nothing was changed.`);
      if (['ENOTDIR', 'ELOOP'].includes(code)) stop(`${shown} is a link or not a folder; nothing was changed.`);
      throw error;
    }
  }

  /** A folder that only the agent's own user can enter, made where it is missing. */
  own(name: string): Folder {
    if (!this.lstat(name)) {
      fs.mkdirSync(this.at(name), 0o700);
      this.sync();
    }
    const folder = this.folder(name, name);
    const { uid, mode } = fs.fstatSync(folder.fd);
    if (uid === process.geteuid?.() && (mode & 0o077) === 0) return folder;
    folder[Symbol.dispose]();
    return stop(`The agent's folder ${name} must be its own, with mode 0700; nothing was changed.`);
  }

  /** A plain file, whole, or undefined where there is none. Waits for nobody and opens no device. */
  read(name: string, shown: string): Plain | undefined {
    // Looked at before, since opening alone can act on a device, and after, since the entry may have been swapped.
    const entry = this.lstat(name);
    if (!entry) return undefined;
    if (!entry.isFile()) stop(`${shown} is not a plain file; remove it by hand on the host. Nothing was changed.`);
    const fd = fs.openSync(this.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = fs.fstatSync(fd);
      if (!stats.isFile() || stats.size > maxFileBytes)
        stop(`${shown} is not a plain file of at most ${maxFileBytes} bytes; nothing was changed.`);
      return { bytes: fs.readFileSync(fd), stats };
    } finally {
      fs.closeSync(fd);
    }
  }

  /** Makes a new file, its content durable when the call returns. Fails where the name is taken. */
  create(name: string, bytes: Uint8Array, mode = 0o600, owner?: Owner): void {
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

  sync(): void {
    fs.fsyncSync(this.fd);
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.fd);
  }
}

function trust(folder: Folder, shown: string, trustedUid: number | undefined): void {
  const { uid, mode } = fs.fstatSync(folder.fd);
  if (trustedUid === undefined || (uid === trustedUid && (mode & 0o022) === 0)) return;
  stop(`${shown || '/'} must belong to root, and neither its group nor others may write there; nothing was changed.`);
}

function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);
}
