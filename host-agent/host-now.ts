// @host: how the machine is doing, read from /proc and /sys. Sizes in bytes, temperatures in °C.
import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';

export function hostNow(root: string): object {
  const read = (path: string) => readFileSync(root + path, 'utf8');
  const memory = read('/proc/meminfo');
  const bytesOf = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(memory)?.[1]) * 1024;
  return {
    // A host whose name comes from the network has no such file.
    hostname: read(existsSync(`${root}/etc/hostname`) ? '/etc/hostname' : '/proc/sys/kernel/hostname').trim(),
    system:
      /^PRETTY_NAME="?([^"\n]*)/m.exec(existsSync(`${root}/etc/os-release`) ? read('/etc/os-release') : '')?.[1] ?? '',
    kernel: read('/proc/sys/kernel/osrelease').trim(),
    uptimeMs: Math.round(Number(read('/proc/uptime').split(' ', 1)[0]) * 1000),
    cores: read('/proc/cpuinfo').match(/^processor\s*:/gm)?.length ?? 1,
    load: read('/proc/loadavg').split(' ', 3).map(Number),
    memory: { totalBytes: bytesOf('MemTotal'), availableBytes: bytesOf('MemAvailable') },
    disks: disks(root, read('/proc/mounts')),
    temperatures: temperatures(`${root}/sys/class/thermal`),
  };
}

/** File systems that lie on a disk, each once, and none that a user's own program serves (FUSE): it need not answer, and may call itself /dev/x; where none does (a container, the simulated host) that of the root. */
function disks(root: string, mounts: string): { path: string; totalBytes: number; freeBytes: number }[] {
  const byDevice = new Map<string, string>();
  for (const [device = '', path = '', type = ''] of mounts.split('\n').map(line => line.split(' ')))
    if (/^\/dev\/(?!loop)/.test(device) && !/^fuse(?:\.|$)/.test(type) && !byDevice.has(device))
      byDevice.set(device, plainPath(path));
  const paths = [...byDevice.values()].filter(path => path === '/' || !/^\/(?:etc|run|proc|sys|dev)\//.test(path));
  return eachThatIsThere([...new Set(['/', ...paths])], path => {
    const { bsize, blocks, bavail } = statfsSync(root + path);
    return { path, totalBytes: blocks * bsize, freeBytes: bavail * bsize };
  });
}

/** /proc/mounts writes blanks in paths as octal. */
function plainPath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function temperatures(folder: string): { name: string; celsius: number }[] {
  if (!existsSync(folder)) return [];
  const zones = readdirSync(folder).filter(zone => zone.startsWith('thermal_zone'));
  return eachThatIsThere(zones, zone => {
    const read = (file: string) => readFileSync(`${folder}/${zone}/${file}`, 'utf8').trim();
    return { name: read('type'), celsius: Number(read('temp')) / 1000 };
  });
}

/** A disk that went since it was listed, or a sensor that cannot be read, has nothing to tell. */
function eachThatIsThere<T>(names: readonly string[], about: (name: string) => T): T[] {
  return names.flatMap(name => {
    try {
      return [about(name)];
    } catch {
      return [];
    }
  });
}
