// Destroys a folder and all below it, whatever its users put there. Each folder that is found is first moved up into one
// workspace: no path grows long, no tree runs deep, and a mount point, which cannot be renamed, is never entered.
import { constants, rmdirSync } from 'node:fs';
import fs from 'node:fs/promises';
import type { Folder } from '../folder.ts';
import { codeOf, stop } from '../stop.ts';

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
  const count = () => ++destroyed % progressEvery === 0 && onProgress(destroyed);
  for (let found = true; found; ) {
    found = false;
    for await (const entry of entriesOf(workspace.fd)) {
      found = true;
      if (!(await unlinked(entry))) await clear(entry);
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
    for await (const entry of entriesOf(folder.fd)) if (!(await unlinked(entry))) await moveUp(entry);
    if (await worked(fs.rmdir(path), 'ENOTEMPTY')) count();
    else if (++refills > maxRefills) stop('Something still writes to what is to be destroyed: end it first.');
  }

  /** False where it is a folder. */
  async function unlinked(path: Buffer): Promise<boolean> {
    if (cancelled?.aborted) stop('The request was cancelled; the rest stays until it is emptied again.', 'cancelled');
    const gone = await worked(fs.unlink(path), 'EISDIR');
    if (gone) count();
    return gone;
  }

  /** Passes over the numbers that a call before left taken. */
  async function moveUp(path: Buffer): Promise<void> {
    while (!(await worked(fs.rename(path, workspace.at(String(++number))), 'ENOTEMPTY', 'EEXIST')));
  }
}

/** The paths of a folder's entries. A name is bytes, and need not be text: as latin1 it keeps each of them. */
async function* entriesOf(folder: number): AsyncGenerator<Buffer> {
  const path = `/proc/self/fd/${folder}`;
  for await (const { name } of await fs.opendir(path, { encoding: 'latin1', bufferSize: 256 }))
    yield Buffer.from(`${path}/${name}`, 'latin1');
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
