// @host: how the machine is doing, read from /proc and /sys. Sizes in bytes, temperatures in °C.
import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';

export function hostNow(root: string): object {
  const read = (path: string) => readFileSync(root + path, 'utf8');
  const memory = new Map(
    read('/proc/meminfo')
      .split('\n')
      .map(line => line.split(/:?\s+/, 2) as [string, string]),
  );
  return {
    hostname: read('/etc/hostname').trim(),
    system:
      /^PRETTY_NAME="?([^"\n]*)/m.exec(existsSync(`${root}/etc/os-release`) ? read('/etc/os-release') : '')?.[1] ?? '',
    kernel: read('/proc/sys/kernel/osrelease').trim(),
    uptimeMs: Math.round(Number(read('/proc/uptime').split(' ', 1)[0]) * 1000),
    cores: read('/proc/cpuinfo').match(/^processor\s*:/gm)?.length ?? 1,
    load: read('/proc/loadavg').split(' ', 3).map(Number),
    memory: {
      totalBytes: Number(memory.get('MemTotal')) * 1024,
      availableBytes: Number(memory.get('MemAvailable')) * 1024,
    },
    disks: disks(root, read('/proc/mounts')),
    temperatures: temperatures(`${root}/sys/class/thermal`),
  };
}

/** File systems that lie on a disk, each once; where none does (a container, the simulated host) that of the root. */
function disks(root: string, mounts: string): { path: string; totalBytes: number; freeBytes: number }[] {
  const byDevice = new Map<string, string>();
  for (const [device = '', path = ''] of mounts.split('\n').map(line => line.split(' ')))
    if (device.startsWith('/dev/') && !device.startsWith('/dev/loop') && !byDevice.has(device))
      byDevice.set(device, plainPath(path));
  const paths = [...byDevice.values()].filter(path => path === '/' || !/^\/(?:etc|run|proc|sys|dev)\//.test(path));
  return [...new Set(['/', ...paths])].flatMap(path => {
    try {
      const { bsize, blocks, bavail } = statfsSync(root + path);
      return [{ path, totalBytes: blocks * bsize, freeBytes: bavail * bsize }];
    } catch {
      return []; // Gone since it was listed.
    }
  });
}

/** /proc/mounts writes blanks in paths as octal. */
function plainPath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function temperatures(folder: string): { name: string; celsius: number }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(zone => zone.startsWith('thermal_zone'))
    .flatMap(zone => {
      try {
        const celsius = Number(readFileSync(`${folder}/${zone}/temp`, 'utf8')) / 1000;
        return [{ name: readFileSync(`${folder}/${zone}/type`, 'utf8').trim(), celsius }];
      } catch {
        return []; // A sensor that cannot be read has no temperature to tell.
      }
    });
}
