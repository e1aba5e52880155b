// One at a time on this machine: several test files may ask for the same image at once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `act` while no other process holds the lock of that name. The kernel lets go of it when its holder dies. */
export async function withLock<T>(name: string, act: () => Promise<T>): Promise<T> {
  const holder = spawn('flock', [join(tmpdir(), name), 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [first] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'close')]);
    if (!Buffer.isBuffer(first)) throw new Error(`flock ended with ${first}, without the lock ${name}`);
    return await act();
  } finally {
    holder.stdin.end();
  }
}
