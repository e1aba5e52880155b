// The Docker engine of the developer's machine: installed and started where it is missing, as root on Debian or Ubuntu.
import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerRun, must, run } from './run.ts';

/** Why no test host can run here, in a sentence, or null. Tests that need one say it and count as skipped. */
export function whyNoHost(): string | null {
  if (process.platform !== 'linux') return 'A test host needs Linux.';
  if (process.getuid?.() !== 0) return 'A test host needs root: it makes a Debian and runs it in Docker.';
  if (!existsSync('/usr/bin/apt-get'))
    return 'A test host needs Debian or Ubuntu: it is made with apt-get and debootstrap.';
  const effective = /^CapEff:\s*(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  if (!((BigInt(`0x${effective}`) >> 21n) & 1n)) return 'A test host needs a root that may mount (CAP_SYS_ADMIN).';
  return null;
}

export async function readyEngine(): Promise<void> {
  const why = whyNoHost();
  if (why) throw new Error(why);
  if (await answers()) return;
  const missing = [];
  for (const [program, debianPackage] of Object.entries({ dockerd: 'docker.io', iptables: 'iptables' })) {
    if (!(await has(program))) missing.push(debianPackage);
  }
  if (missing.length > 0) await install(missing);
  if (await answers()) return; // the package may have started it
  const log = join(tmpdir(), 'gatehouse-dockerd.log');
  const file = openSync(log, 'a');
  spawn('dockerd', [], { detached: true, stdio: ['ignore', file, file] }).unref();
  for (let tries = 0; tries < 60; tries++) {
    if (await answers()) return;
    await new Promise(resolve => setTimeout(resolve, 500));
  }
  throw new Error(`dockerd does not answer; what it said is in ${log}.`);
}

/** What only a build needs. */
export async function readyToBuild(): Promise<void> {
  const keys = existsSync('/usr/share/keyrings/debian-archive-keyring.gpg');
  if (!keys || !(await has('debootstrap'))) await install(['debootstrap', 'debian-archive-keyring']);
}

const answers = async (): Promise<boolean> => (await dockerRun(['info']).catch(() => null))?.code === 0;
const has = async (program: string): Promise<boolean> => (await run(['sh', '-c', `command -v ${program}`])).code === 0;

async function install(packages: string[]): Promise<void> {
  await must(['apt-get', 'update']);
  await must(['apt-get', 'install', '-y', '--no-install-recommends', ...packages], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
}
