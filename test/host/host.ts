// A running test host, as tests use it. The web, the agent and the tools in it are the real ones.
import { readFile, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { dockerArgv, dockerRun, type Outcome, pipe } from './run.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';

export interface ExecOptions {
  input?: string | Buffer;
  env?: Record<string, string>;
  /** A login or uid of the host, with its groups; root where nothing is said. */
  user?: string;
  /** SIGTERM after so long, SIGKILL 2 s later; the code is then 124 or 137. */
  timeoutMs?: number;
  /** Runs it on a terminal of its own; stderr then comes with stdout, and `input` is typed. */
  tty?: boolean;
}

export class TestHost {
  readonly name: string;
  readonly #remove: () => Promise<void>;

  constructor(name: string, remove: () => Promise<void>) {
    this.name = name;
    this.#remove = remove;
  }

  /** Runs a program of the host: no shell, stdin given or empty. 127: there is no such program. */
  exec(
    argv: readonly string[],
    { input, env = {}, user, timeoutMs = 60_000, tty }: ExecOptions = {},
  ): Promise<Outcome> {
    const settings = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const as = user === undefined ? [] : ['--user', user];
    const ends = ['timeout', '-k', '2', `${timeoutMs / 1000}`];
    const what = tty ? ['script', '-qefc', argv.map(quoted).join(' '), '/dev/null'] : argv;
    return dockerRun(['exec', '-i', ...settings, ...as, this.name, ...ends, ...what], { input });
  }

  /** The stdout of what has to succeed, without its last line break. */
  async must(argv: readonly string[], options: ExecOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.exec(argv, options);
    if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code} on the test host: ${stderr || stdout}`);
    return stdout.replace(/\n$/, '');
  }

  /** Copies a file to that path, or what is in a folder into that folder, as root's. `except`: patterns of tar. */
  async copyIn(localPath: string, hostPath: string, except: readonly string[] = []): Promise<void> {
    if ((await stat(localPath)).isDirectory()) {
      const pack = ['tar', '-C', localPath, ...except.map(pattern => `--exclude=${pattern}`), '-cf', '-', '.'];
      const unpack = ['sh', '-c', 'mkdir -p "$0" && exec tar -C "$0" --no-same-owner -xpf -', hostPath];
      await pipe(pack, dockerArgv('exec', '-i', this.name, ...unpack));
    } else {
      const { mode } = await stat(localPath);
      await this.writeFile(hostPath, await readFile(localPath), (mode & 0o777).toString(8));
    }
  }

  async writeFile(path: string, content: string | Buffer, mode = '0644'): Promise<void> {
    const script = 'mkdir -p "$1" && cat > "$2" && chmod "$3" "$2"';
    await this.must(['sh', '-c', script, 'sh', posix.dirname(path), path, mode], { input: content });
  }

  async readFile(path: string): Promise<string> {
    const { code, stdout, stderr } = await this.exec(['cat', '--', path]);
    if (code !== 0) throw new Error(stderr.trim());
    return stdout;
  }

  /** Everything about the host that an attack could have changed; see snapshot.ts. */
  snapshot(): Promise<Snapshot> {
    return takeSnapshot(this.name);
  }

  /** Restarts a unit and waits until it is active; otherwise throws with the end of its journal. */
  async restartUnit(unit: string): Promise<void> {
    const restarted = await this.exec(['systemctl', 'restart', unit]);
    const { stdout } = await this.exec(['systemctl', 'is-active', unit]);
    if (restarted.code === 0 && stdout.trim() === 'active') return;
    const journal = await this.exec(['journalctl', '--no-pager', '-n', '30', '-u', unit]);
    throw new Error(`${unit} is ${stdout.trim()} after its restart: ${restarted.stderr}${journal.stdout}`);
  }

  /** Takes the host away, with its volume. */
  stop(): Promise<void> {
    return this.#remove();
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
