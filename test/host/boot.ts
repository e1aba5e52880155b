// One throw-away container that is a whole machine: systemd first, its own Docker engine, its own volume below that.
import { randomBytes } from 'node:crypto';
import { docker, dockerRun } from './run.ts';

/** Containers and volumes of test hosts carry this label, and nothing else does. */
export const label = 'gatehouse-test-host';

/** Who owns a host: this process, which takes it away when it ends, or nobody, until someone stops it. */
export type Owner = number | 'nobody';

const capabilities = `AUDIT_WRITE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK KILL MKNOD NET_ADMIN
  NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_ADMIN SYS_CHROOT SYS_NICE SYS_PTRACE SYS_TIME
  SYS_TTY_CONFIG`.split(/\s+/);

export const newName = (): string => `gatehouse-test-${randomBytes(4).toString('hex')}`;

/** Starts a machine from an image and waits until it stands. `volume` becomes the store of its inner Docker. */
export async function boot(image: string, name: string, volume: string, owner: Owner): Promise<void> {
  const systemdDriver = (await docker('info', '--format', '{{.CgroupDriver}}')) === 'systemd';
  await docker(
    ...['run', '--detach', '--name', name, '--hostname', 'homeserver', '--label', `${label}=${owner}`],
    ...['--cgroupns=host', `--cgroup-parent=${systemdDriver ? 'gatehousetest.slice' : '/gatehouse-test'}`],
    ...['--volume', '/sys/fs/cgroup:/sys/fs/cgroup:rw', '--cap-drop', 'ALL'],
    ...capabilities.flatMap(name => ['--cap-add', name]),
    ...['--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined'],
    ...['--tmpfs', '/run', '--tmpfs', '/tmp', '--env', 'container=docker', '--volume', `${volume}:/var/lib/docker`],
    ...[image, '/lib/systemd/systemd'],
  );
  await untilRunning(name);
  await docker('exec', name, 'mount', '--make-rshared', '/');
  // Docker mounts a file of its own over it, which hostnamectl could not replace.
  await docker('exec', name, 'sh', '-c', 'umount /etc/hostname && hostname >/etc/hostname && chmod 644 /etc/hostname');
  await docker('exec', name, 'docker', 'info');
}

async function untilRunning(name: string): Promise<void> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const { stdout } = await dockerRun(['exec', name, 'systemctl', 'is-system-running', '--wait']);
    const state = stdout.trim();
    if (state === 'running') return;
    if (state === 'degraded' || Date.now() > deadline) {
      const failed = await dockerRun(['exec', name, 'systemctl', '--failed', '--no-legend', '--plain']);
      throw new Error(`The host ${name} is ${state || 'silent'}, not running: ${failed.stdout || failed.stderr}`);
    }
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}

/**
 * A new volume with the content of a seed. Layers of images never change, so they are hard links and take no time;
 * the engine's own databases are copied.
 */
export async function cloneVolume(image: string, seed: string, name: string, owner: Owner): Promise<void> {
  await docker('volume', 'create', '--label', `${label}=${owner}`, name);
  const volumes = `${await docker('info', '--format', '{{.DockerRootDir}}')}/volumes`;
  const script = `cd "/volumes/$1/_data"; for entry in *; do
    case "$entry" in overlay2) how=-al ;; *) how=-a ;; esac; cp "$how" "$entry" "/volumes/$2/_data/" || exit 1; done`;
  const mount = ['--volume', `${volumes}:/volumes`, '--cap-add', 'SYS_ADMIN', '--entrypoint', 'sh'];
  await docker('run', '--rm', ...mount, image, '-c', script, 'sh', seed, name);
}
