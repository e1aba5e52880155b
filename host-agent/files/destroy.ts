// Destroys a folder and all below it, whatever its users put there. Each folder that is found is first moved up into one
// workspace: no path grows long, no tree runs deep, and a mount point, which cannot be renamed, is never entered.
import { constants, rmdirSync } from 'node:fs';
import fs from 'node:fs/promises';
import type { Folder } from './paths.ts';
import { codeOf, refusedFor, stop } from './stop.ts';

const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
// How often a cleared folder may not be empty, before somebody must be writing there whom nothing locks out.
const maxRefills = 1000;
const progressEvery = 10_000;

/** Destroys the folder `name` of `parent`, which nobody but the agent enters. Ended half-way, it goes on when called again. */
export async function destroyFolder(
  parent: Folder,
  name: string,
  onProgress: (destroyed: number) => void,
  cancelled?: AbortSignal,
): Promise<number> {
  using workspace = parent.own(`${name}.emptying`);
  if (parent.lstat(name)) parent.move(name, workspace, '0');
  let [destroyed, number, refills] = [0, 0, 0];
  let at: Buffer = Buffer.from(name);
  const kept = () => `${destroyed} entries are destroyed; the rest stays in the trash until it is emptied again`;
  const count = () => ++destroyed % progressEvery === 0 && onProgress(destroyed);
  try {
    for (let found = true; found; ) {
      found = false;
      for await (const entry of namesIn(workspace.fd)) {
        found = true;
        if (!(await unlinked(workspace.fd, entry))) await clear(entryOf(workspace.fd, entry));
      }
    }
  } catch (error) {
    const { problem, message } = refusedFor(error, `${JSON.stringify(at.toString())} withstood, so ${kept()}`);
    stop(message, problem);
  }
  rmdirSync(parent.at(`${name}.emptying`));
  return destroyed;

  /** Empties a folder of the workspace, its own folders moving up beside it, and removes it. */
  async function clear(path: Buffer): Promise<void> {
    const folder = await fs.open(path, folderFlags);
    try {
      // Locks out whoever still stands in it by a descriptor: each thing he makes needs leave of the folder as it is now.
      if (process.geteuid?.() === 0) await folder.chown(0, 0);
      await folder.chmod(0o700);
      for await (const entry of namesIn(folder.fd))
        if (!(await unlinked(folder.fd, entry))) await moveUp(entryOf(folder.fd, entry));
    } finally {
      await folder.close();
    }
    if (await worked(fs.rmdir(path), 'ENOTEMPTY')) count();
    else if (++refills > maxRefills) stop(`Something still writes there: end it first. ${kept()}.`);
  }

  /** False where it is a folder. */
  async function unlinked(folder: number, entry: Buffer): Promise<boolean> {
    if (cancelled?.aborted) stop(`The request was cancelled: ${kept()}.`, 'cancelled');
    at = entry;
    if (!(await worked(fs.unlink(entryOf(folder, entry)), 'EISDIR'))) return false;
    count();
    return true;
  }

  /** Passes over the numbers that a call before left taken. */
  async function moveUp(path: Buffer): Promise<void> {
    let moved = false;
    while (!moved) moved = await worked(fs.rename(path, workspace.at(String(++number))), 'ENOTEMPTY', 'EEXIST');
  }
}

/** Names are bytes: few of them need to be text. */
async function* namesIn(folder: number): AsyncGenerator<Buffer> {
  // Node takes 'buffer' here as readdir does; its types do not say so.
  const options = { encoding: 'buffer' as BufferEncoding, bufferSize: 256 };
  for await (const entry of await fs.opendir(`/proc/self/fd/${folder}`, options)) yield entry.name as unknown as Buffer;
}

function entryOf(folder: number, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${folder}/`), name]);
}

/** False where it failed in an expected way. What is gone already needs nothing done. */
async function worked(step: Promise<void>, ...expected: string[]): Promise<boolean> {
  try {
    await step;
    return true;
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (code !== 'ENOENT' && !expected.includes(code)) throw error;
    return code === 'ENOENT';
  }
}
