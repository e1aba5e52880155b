// Paths without a race: a folder is opened part by part, following no link, and from then on used through its descriptor.
import fs from 'node:fs';
import type { Host } from './host.ts';
import { stop } from './stop.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants;

export const maxFileBytes = 1 << 20;

export type Owner = Record<'uid' | 'gid', number>;

/** Whose a folder or file must be, and the mode bits that it must not have. */
interface Trust {
  uid: number;
  without: number;
}

/** Opens a folder of the host. On a real machine each folder on the way must be root's, and nobody else may write there. */
export function openFolder({ mode, root }: Pick<Host, 'mode' | 'root'>, path: string): Folder {
  const trust = mode === 'real' ? { uid: 0, without: 0o022 } : undefined;
  if (!path.startsWith('/')) throw new TypeError(`${JSON.stringify(path)} is no absolute path`);
  // The root is where the host begins: what leads to it is not the host's, and may be a link.
  let folder = new Folder(`${root}/.`, '', trust);
  for (const part of path.split('/').slice(1)) {
    using above = folder;
    folder = new Folder(above.at(part), `${above.shown}/${part}`, trust);
  }
  return folder;
}

/** Opens a folder that only the agent's own user can enter, made where it is missing. */
export function ownFolder(path: string, shown = path): Folder {
  fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  return new Folder(path, shown, own());
}

function own(): Trust {
  return { uid: process.geteuid?.() ?? -1, without: 0o077 };
}

/** An open folder. Each name is one entry of it, wherever its path leads by then. */
export class Folder implements Disposable {
  readonly fd: number;
  /** Its path, for people. */
  readonly shown: string;

  constructor(path: string, shown: string, trust?: Trust) {
    this.shown = shown;
    this.fd = fs.openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    const fault = trust && distrust(fs.fstatSync(this.fd), trust);
    if (!fault) return;
    fs.closeSync(this.fd);
    stop(`${shown || '/'} ${fault}; nothing was changed.`);
  }

  /** The path of an entry, good for as long as the folder is open. */
  at(name: string): string {
    if (['', '.', '..'].includes(name) || /[/\0]/.test(name))
      throw new TypeError(`${JSON.stringify(name)} is not the name of an entry`);
    return `/proc/self/fd/${this.fd}/${name}`;
  }

  own(name: string): Folder {
    return ownFolder(this.at(name), `${this.shown}/${name}`);
  }

  lstat(name: string): fs.Stats | undefined {
    return fs.lstatSync(this.at(name), { throwIfNoEntry: false });
  }

  /** A plain file, whole, or undefined where there is none. Waits for nobody and opens no device. */
  read(name: string, whose: 'own' | 'any' = 'any'): Buffer | undefined {
    // Looked at before, since opening alone can act on a device, and after, since the entry may have been swapped.
    const entry = this.lstat(name);
    if (!entry) return undefined;
    const refuse = (fault: string) => stop(`${this.shown}/${name} ${fault}; nothing was changed.`);
    if (!entry.isFile()) refuse('is not a plain file');
    const fd = fs.openSync(this.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stats = fs.fstatSync(fd);
      if (!stats.isFile() || stats.size > maxFileBytes) refuse(`is not a plain file of at most ${maxFileBytes} bytes`);
      const fault = whose === 'own' && distrust(stats, own());
      if (fault) refuse(fault);
      return fs.readFileSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  }

  /**
   * Makes a file afresh, its content durable when the call returns. What had the name is removed, not written through. A process
   * without root leaves owners alone.
   */
  create(name: string, bytes: Uint8Array, mode = 0o600, { uid, gid }: Owner = { uid: 0, gid: 0 }): void {
    fs.rmSync(this.at(name), { force: true });
    const fd = fs.openSync(this.at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      fs.writeFileSync(fd, bytes);
      if (process.geteuid?.() === 0) fs.fchownSync(fd, uid, gid);
      fs.fchmodSync(fd, mode);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  }

  /** Renames an entry, whatever it is, over what has the new name; durable when the call returns. */
  move(name: string, to: Folder, newName = name): void {
    fs.renameSync(this.at(name), to.at(newName));
    fs.fsyncSync(to.fd);
    if (to !== this) fs.fsyncSync(this.fd);
  }

  /** Removes an entry that is no folder, if it is there. */
  remove(name: string): void {
    fs.rmSync(this.at(name), { force: true });
    fs.fsyncSync(this.fd);
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.fd);
  }
}

function distrust({ uid, mode }: fs.Stats, { uid: wanted, without }: Trust): string | undefined {
  if (uid === wanted && (mode & without) === 0) return undefined;
  const owner = wanted === 0 ? 'root' : `uid ${wanted}`;
  return `must belong to ${owner}, and neither its group nor others may ${without === 0o022 ? 'write there' : 'look into it'}`;
}
