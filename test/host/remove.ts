// Takes test hosts away: when asked, when their process ends, and what an earlier run left behind.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { label } from './boot.ts';
import { docker, dockerArgv, dockerRun } from './run.ts';

const oldAfterMs = 3 * 3_600_000;

/** Takes a host away, with its volume; nothing happens where there is none. */
export async function removeHost(name: string): Promise<void> {
  for (const argv of removal(name)) await dockerRun(argv);
  removing.delete(name);
}

const removal = (name: string): string[][] => [
  ['rm', '--force', '--volumes', name],
  ['volume', 'rm', '--force', name],
];

const removing = new Set<string>();

/** Also where nobody asks for it: a test run that throws leaves no host behind. */
export function removeAtExit(name: string): void {
  if (removing.size === 0) process.once('exit', removeNow);
  removing.add(name);
}

function removeNow(): void {
  for (const name of removing) {
    for (const argv of removal(name)) {
      const [program = '', ...args] = dockerArgv(...argv);
      spawnSync(program, args, { stdio: 'ignore' });
    }
  }
}

/** Takes away what an earlier run left behind: hosts whose process has ended, and any older than three hours. */
export async function sweep(): Promise<void> {
  const format = ['--format', `{{.Names}}\t{{.Label "${label}"}}\t{{.CreatedAt}}`];
  const hosts = await docker('ps', '--all', '--filter', `label=${label}`, ...format);
  for (const line of hosts.split('\n').filter(Boolean)) {
    const [name = '', owner = '', created = ''] = line.split('\t');
    const ended = owner !== 'nobody' && !existsSync(`/proc/${owner}`);
    const at = Date.parse(created.replace(/ [A-Z]+$/, ''));
    if (ended || Date.now() - at > oldAfterMs) await removeHost(name);
  }
  const volumes = await docker(
    'volume',
    'ls',
    '--filter',
    `label=${label}`,
    '--format',
    `{{.Name}}\t{{.Label "${label}"}}`,
  );
  for (const line of volumes.split('\n').filter(Boolean)) {
    const [name = '', owner = ''] = line.split('\t');
    if (owner !== 'nobody' && !existsSync(`/proc/${owner}`)) await dockerRun(['volume', 'rm', name]);
  }
}
