// What Node has no call for, from glibc ≥ 2.34 on x64 and arm64. The posix_spawn part is for spawn.ts alone.
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { getSystemErrorMessage, getSystemErrorName } from 'node:util';
import koffi from 'koffi';
import type { Ended } from './host.ts';

export type Peer = Record<'pid' | 'uid' | 'gid', number>;

const libc = koffi.load('libc.so.6');

// ── Peers and locks ──

const getsockopt = libc.func('int getsockopt(int fd, int level, int name, void *value, void *length)');
const flock = libc.func('int flock(int fd, int operation)');

// What the kernel answers, as -1, for a socket that is no Unix socket.
const nobody = 0xffffffff;

/** Who connected, as the kernel knows it. Undefined where it cannot be known: trust nobody then. */
export function peerOf(socket: Socket): Peer | undefined {
  // An internal field: no public one names the descriptor of an accepted socket.
  const fd: unknown = (socket as unknown as { _handle?: { fd?: unknown } | null })._handle?.fd;
  if (typeof fd !== 'number' || fd < 0) return undefined;
  const credentials = new Uint32Array(3);
  const length = Uint32Array.of(credentials.byteLength);
  if (getsockopt(fd, 1 /* SOL_SOCKET */, 17 /* SO_PEERCRED */, credentials, length) !== 0) return undefined;
  const [pid = 0, uid = nobody, gid = nobody] = credentials;
  return uid === nobody ? undefined : { pid, uid, gid };
}

/** Takes the exclusive lock of an open file; false where another process holds it. It ends with the descriptor. */
export function lockFile(fd: number): boolean {
  return flock(fd, 2 /* LOCK_EX */ | 4 /* LOCK_NB */) === 0;
}

// ── Processes ──

const pipe2 = libc.func('int pipe2(void *fds, int flags)');
const memfdCreate = libc.func('int memfd_create(const char *name, unsigned int flags)');
const fcntl = libc.func('int fcntl(int fd, int command, ...)');
const ioctl = libc.func('int ioctl(int fd, unsigned long request, ...)');
const waitid = libc.func('int waitid(int type, unsigned int id, void *info, int options)');
const kill = libc.func('int kill(int pid, int signal)');
const posixSpawn = libc.func(
  'int posix_spawn(void *pid, const char *path, void *actions, void *attributes, const char **argv, const char **env)',
);
const actionsInit = libc.func('int posix_spawn_file_actions_init(void *actions)');
const actionsDup2 = libc.func('int posix_spawn_file_actions_adddup2(void *actions, int from, int to)');
const actionsChdir = libc.func('int posix_spawn_file_actions_addchdir_np(void *actions, const char *path)');
const actionsCloseFrom = libc.func('int posix_spawn_file_actions_addclosefrom_np(void *actions, int from)');
const actionsDestroy = libc.func('int posix_spawn_file_actions_destroy(void *actions)');
const attributesInit = libc.func('int posix_spawnattr_init(void *attributes)');
const attributesFlags = libc.func('int posix_spawnattr_setflags(void *attributes, short flags)');
const attributesDefault = libc.func('int posix_spawnattr_setsigdefault(void *attributes, void *signals)');

// glibc's structs are 80 and 336 bytes; signal sets 128. The attributes are the same for every child: a process group of its
// own (the group is 0 from init), an empty signal mask (from init too), and every signal's default disposition.
const actions = Buffer.alloc(1024);
const attributes = Buffer.alloc(1024);
attributesInit(attributes);
attributesFlags(attributes, 2 /* SETPGROUP */ | 4 /* SETSIGDEF */ | 8 /* SETSIGMASK */);
attributesDefault(attributes, Buffer.alloc(128, 0xff));

/** A pipe that no child inherits by itself: the end to read, the end to write. */
export function openPipe(): [read: number, write: number] {
  const fds = new Int32Array(2);
  check(pipe2(fds, 0o2000000 /* O_CLOEXEC */), 'pipe2');
  return [fds[0]!, fds[1]!];
}

/** A nameless empty file in memory. */
export function openMemory(): number {
  // 1 is MFD_CLOEXEC; 8, MFD_NOEXEC_SEAL, is what newer kernels ask for and those before 6.3 refuse.
  const fd: number = memfdCreate('stdin', 1 | 8);
  return fd < 0 ? check(memfdCreate('stdin', 1), 'memfd_create') : fd;
}

/** A second descriptor of an open file, not below `lowest`. */
export function duplicate(fd: number, lowest: number): number {
  return check(fcntl(fd, 1030 /* F_DUPFD_CLOEXEC */, 'int', lowest), 'fcntl');
}

/** How many bytes a pipe holds. */
export function unreadBytes(fd: number): number {
  const count = new Int32Array(1);
  check(ioctl(fd, 0x541b /* FIONREAD */, 'void *', count), 'ioctl');
  return count[0]!;
}

/** Starts argv[0] with `files` as its descriptors 0, 1, 2, … and no other. Each of `files` is none of 0 … files.length - 1. */
export function spawn(argv: readonly string[], env: readonly string[], files: readonly number[]): number {
  const pid = new Int32Array(1);
  actionsInit(actions);
  const failed: number =
    files.reduce((error, fd, target) => error || actionsDup2(actions, fd, target), 0) ||
    actionsCloseFrom(actions, files.length) ||
    actionsChdir(actions, '/') ||
    posixSpawn(pid, argv[0], actions, attributes, [...argv, null], [...env, null]);
  actionsDestroy(actions);
  if (failed !== 0) throw systemError(failed, argv[0]!);
  return pid[0]!;
}

/** How the child ended, or undefined while it runs. It stays a zombie, and its pid its own, until `release`. */
export function endOf(pid: number): Ended | undefined {
  const info = Buffer.alloc(128);
  check(waitid(1 /* P_PID */, pid, info, 4 /* WEXITED */ | 1 /* WNOHANG */ | 0x1000000 /* WNOWAIT */), 'waitid');
  if (info.readInt32LE(16) === 0) return undefined;
  const exited = info.readInt32LE(8) === 1; // si_code: CLD_EXITED
  const status = info.readInt32LE(24);
  return exited ? { code: status, signal: null } : { code: null, signal: signalName(status) };
}

/** Takes an ended child from the process table: from here on its pid may be anybody's. */
export function release(pid: number): void {
  check(waitid(1, pid, null, 4 | 1), 'waitid');
}

/** Signals the process group of a child that was not released, and the child itself where it left its group. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  const number = constants.signals[signal];
  if (kill(-pid, number) !== 0) kill(pid, number);
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `SIG${number}`;
}

function check(result: number, call: string): number {
  if (result < 0) throw systemError(koffi.errno(), call);
  return result;
}

function systemError(errno: number, what: string): Error {
  return Object.assign(new Error(`${what}: ${getSystemErrorMessage(-errno)}`), { code: getSystemErrorName(-errno) });
}
