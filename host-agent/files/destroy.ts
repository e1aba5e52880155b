// Destroys a folder and all below it, whatever its users put there. Each folder that is found is first moved up into one
// workspace: no path grows long, no tree runs deep, and a mount point, which cannot be renamed, is never entered.
import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import { Refused } from '../../allowlist/refused.ts';
import { codeOf, type Folder, refusedFor } from './paths.ts';

// How often folders may fill again between being cleared and being removed, before somebody must be writing there.
const maxRefills = 1000;
const progressEvery = 10_000;

/** Destroys the folder `name` of `parent`, which nobody but the agent enters. Ended half-way, it goes on when called again. */
export async function destroyFolder(
  parent: Folder,
  name: string,
  onProgress: (destroyed: number) => void,
  cancelled?: AbortSignal,
): Promise<number | Refused> {
  const workspaceName = `${name}.emptying`;
  const opened = parent.own(workspaceName);
  if (opened instanceof Refused) return opened;
  using workspace = opened;
  if (parent.lstat(name)) parent.move(name, workspace, '0');
  const walk = new Walk(workspace.fd, onProgress, cancelled);
  try {
    await walk.toItsEnd();
    parent.removeFolder(workspaceName);
    parent.sync();
    return walk.destroyed;
  } catch (error) {
    const kept = `${walk.destroyed} entries are destroyed, and the rest stays in the trash until it is emptied again`;
    if (error instanceof Stopped) return new Refused(error.problem, `${error.message}; ${kept}.`);
    return refusedFor(error, `${kept}, because of ${JSON.stringify(walk.at.toString())}`);
  }
}

class Stopped extends Error {
  readonly problem: 'cancelled' | 'not-permitted-now';

  constructor(problem: 'cancelled' | 'not-permitted-now', message: string) {
    super(message);
    this.problem = problem;
  }
}

class Walk {
  destroyed = 0;
  /** The entry last touched. Names are bytes: few of them need to be text. */
  at: Buffer = Buffer.from('.');
  readonly #workspace: number;
  readonly #onProgress: (destroyed: number) => void;
  readonly #cancelled: AbortSignal | undefined;
  #number = 0;
  #refills = 0;

  constructor(workspace: number, onProgress: (destroyed: number) => void, cancelled?: AbortSignal) {
    this.#workspace = workspace;
    this.#onProgress = onProgress;
    this.#cancelled = cancelled;
  }

  async toItsEnd(): Promise<void> {
    for (let found = true; found; ) {
      found = false;
      for await (const name of this.#names(this.#workspace)) {
        found = true;
        if (!(await this.#unlinked(this.#workspace, name))) await this.#clear(name);
      }
    }
  }

  /** Empties one folder of the workspace, its own folders moving up beside it, and removes it. */
  async #clear(name: Buffer): Promise<void> {
    const path = entryOf(this.#workspace, name);
    const folder = await fs.open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      for await (const entry of this.#names(folder.fd))
        if (!(await this.#unlinked(folder.fd, entry))) await this.#moveUp(entryOf(folder.fd, entry));
    } finally {
      await folder.close();
    }
    this.at = name;
    if (await worked(fs.rmdir(path), 'ENOTEMPTY')) this.#count();
    else if (++this.#refills > maxRefills)
      throw new Stopped('not-permitted-now', 'Something still writes there: end it first');
  }

  /** False where it is a folder. */
  async #unlinked(folder: number, name: Buffer): Promise<boolean> {
    if (this.#cancelled?.aborted) throw new Stopped('cancelled', 'The request was cancelled');
    this.at = name;
    if (!(await worked(fs.unlink(entryOf(folder, name)), 'EISDIR'))) return false;
    this.#count();
    return true;
  }

  /** A number that is taken (by what an earlier call left) is passed over; what was swapped or vanished meanwhile, the next round sees. */
  async #moveUp(path: Buffer): Promise<void> {
    const taken = ['ENOTEMPTY', 'EEXIST'] as const;
    while (!(await worked(fs.rename(path, entryOf(this.#workspace, Buffer.from(String(++this.#number)))), ...taken)));
  }

  async *#names(folder: number): AsyncGenerator<Buffer> {
    // Node takes 'buffer' here as readdir does; its types do not say so.
    const options = { encoding: 'buffer' as BufferEncoding, bufferSize: 256 };
    for await (const entry of await fs.opendir(`/proc/self/fd/${folder}`, options))
      yield entry.name as unknown as Buffer;
  }

  #count(): void {
    if (++this.destroyed % progressEvery === 0) this.#onProgress(this.destroyed);
  }
}

function entryOf(folder: number, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${folder}/`), name]);
}

/** False where it failed in one of the expected ways. What is gone already needs nothing done. */
async function worked(step: Promise<void>, ...expected: string[]): Promise<boolean> {
  try {
    await step;
    return true;
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (code === 'ENOENT') return true;
    if (expected.includes(code)) return false;
    throw error;
  }
}
