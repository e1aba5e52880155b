// Starts programs of the developer's machine: for the test host only, nothing of Gatehouse uses it.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  input?: string | Buffer | undefined;
  cwd?: string;
  env?: Record<string, string>;
}

/** Runs to the end and gives what came of it; throws only where the program cannot be started. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [program = '', ...args] = argv;
  const settings: SpawnOptions = { stdio: 'pipe', env: { ...process.env, ...options.env } };
  const child = spawn(program, args, options.cwd ? { ...settings, cwd: options.cwd } : settings);
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  child.stdout?.on('data', chunk => output.stdout.push(chunk));
  child.stderr?.on('data', chunk => output.stderr.push(chunk));
  child.stdin?.on('error', () => {}); // a program that ends without reading its input is no failure of ours
  child.stdin?.end(options.input ?? '');
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve(status ?? (signal ? 128 : 1)));
  });
  return { code, stdout: Buffer.concat(output.stdout).toString(), stderr: Buffer.concat(output.stderr).toString() };
}

/** Runs what has to succeed, and gives its stdout without the last line break. */
export async function must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const outcome = await run(argv, options);
  if (outcome.code !== 0) {
    const said = (outcome.stderr || outcome.stdout).trim().split('\n').slice(-20).join('\n');
    throw new Error(`${argv.slice(0, 4).join(' ')} … ended with ${outcome.code}: ${said}`);
  }
  return outcome.stdout.replace(/\n$/, '');
}

/** `from | to`, where both have to succeed. */
export async function pipe(from: readonly string[], to: readonly string[]): Promise<void> {
  const source = spawn(from[0] ?? '', from.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const target = spawn(to[0] ?? '', to.slice(1), { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = (child: ChildProcess) =>
    new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  target.stdin.on('error', () => {}); // said by the exit codes
  source.stdout.pipe(target.stdin);
  const [sent, taken] = await Promise.all([ended(source), ended(target)]);
  if (sent !== 0 || taken !== 0)
    throw new Error(`${from[0]} | ${to.slice(0, 4).join(' ')} ended with ${sent} | ${taken}`);
}

/** Debian's client where it is there: a newer one beside it asks for a builder that this engine lacks. */
const client = existsSync('/usr/bin/docker') ? '/usr/bin/docker' : 'docker';

export const docker = (...args: string[]): Promise<string> =>
  must([client, ...args], { env: { DOCKER_BUILDKIT: '0' } });
export const dockerRun = (args: readonly string[], options: RunOptions = {}): Promise<Outcome> =>
  run([client, ...args], options);
export const dockerArgv = (...args: string[]): string[] => [client, ...args];
