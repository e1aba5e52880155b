// The yardstick: a program started by posix_spawn and waited for by a blocking waitpid, with nothing around it.
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
const posixSpawn = libc.func(
  'int posix_spawn(void *pid, const char *path, void *actions, void *attributes, const char **argv, const char **env)',
);
const waitpid = libc.func('int waitpid(int pid, void *status, int options)');
const env = ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8', null];

/** Runs a program to its end. Throws where it does not exit with 0. */
export function runDirect(argv: readonly string[]): void {
  waitFor(start(argv));
}

/** Runs a program `count` times, `atOnce` of them at any moment. */
export function runManyDirect(argv: readonly string[], count: number, atOnce: number): void {
  // 0 waits for the children of this process group: an agent under test has a group of its own.
  for (let started = 0, ended = 0; ended < count; ended++) {
    while (started < count && started - ended < atOnce) {
      start(argv);
      started++;
    }
    waitFor(0);
  }
}

function start(argv: readonly string[]): number {
  const pid = new Int32Array(1);
  const failed: number = posixSpawn(pid, argv[0], null, null, [...argv, null], env);
  if (failed !== 0) throw new Error(`${argv[0]} cannot be started: errno ${failed}`);
  return pid[0]!;
}

function waitFor(pid: number): void {
  const status = new Int32Array(1);
  if (waitpid(pid, status, 0) < 0 || status[0] !== 0) throw new Error(`A child ended with status ${status[0]}`);
}
