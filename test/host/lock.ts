// One at a time on this machine: several test files may ask for the same image at once.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `act` while no other process holds the lock of that name; a holder that has died holds nothing. */
export async function withLock<T>(name: string, act: () => Promise<T>): Promise<T> {
  const folder = join(tmpdir(), name);
  const holder = join(folder, 'pid');
  while (!(await mkdir(folder).then(() => true, taken))) {
    const pid = (await readFile(holder, 'utf8').catch(() => '')).trim();
    if (pid && !isAlive(Number(pid))) await rm(folder, { recursive: true, force: true });
    else await new Promise(resolve => setTimeout(resolve, 500));
  }
  try {
    await writeFile(holder, `${process.pid}`);
    return await act();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function taken(problem: NodeJS.ErrnoException): false {
  if (problem.code === 'EEXIST') return false;
  throw problem;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code === 'EPERM';
  }
}
