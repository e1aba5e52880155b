// Destroys a folder and all below it, whatever its users put there. Each folder that is found is first moved up into one
// workspace: no path grows long, no tree runs deep, and a mount point, which cannot be renamed, is never entered.
import { randomUUID } from 'node:crypto';
import { constants, rmdirSync } from 'node:fs';
import fs from 'node:fs/promises';
import type { Folder } from '../folder.ts';
import { stop } from '../stop.ts';

const progressEvery = 10_000;

/** Destroys the folder `name` of `parent`, which nobody but the agent enters. Ended half-way, it goes on when called again. */
export async function destroyFolder(
  parent: Folder,
  name: string,
  onProgress: (destroyed: number) => void,
  cancelled?: AbortSignal,
): Promise<number> {
  using workspace = parent.own(`${name}.emptying`);
  if (parent.lstat(name)) parent.move(name, workspace, randomUUID());
  let destroyed = 0;
  const gone = () => ++destroyed % progressEvery === 0 && onProgress(destroyed);
  for (let found = true; found; ) {
    found = false;
    for await (const { path } of entriesOf(workspace.fd)) {
      found = true;
      await clear(path);
    }
  }
  rmdirSync(parent.at(`${name}.emptying`));
  return destroyed;

  /** Empties a folder of the workspace, its own folders moving up beside it, and removes it. */
  async function clear(path: Buffer): Promise<void> {
    await using folder = await fs.open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    // Locks out whoever still stands in it by a descriptor: each thing he makes needs leave of the folder as it is now.
    if (process.geteuid?.() === 0) await folder.chown(0, 0);
    await folder.chmod(0o700);
    for await (const entry of entriesOf(folder.fd)) {
      if (cancelled?.aborted) stop('The request was cancelled; the rest stays until it is emptied again.', 'cancelled');
      if (entry.isFolder) await fs.rename(entry.path, workspace.at(randomUUID()));
      else {
        await fs.unlink(entry.path);
        gone();
      }
    }
    await fs.rmdir(path);
    gone();
  }
}

/** A name is bytes, and need not be text: as latin1 it keeps each of them. */
async function* entriesOf(folder: number): AsyncGenerator<{ path: Buffer; isFolder: boolean }> {
  const path = `/proc/self/fd/${folder}`;
  for await (const entry of await fs.opendir(path, { encoding: 'latin1', bufferSize: 256 }))
    yield { path: Buffer.from(`${path}/${entry.name}`, 'latin1'), isFolder: entry.isDirectory() };
}
