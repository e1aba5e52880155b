// What @host reads of a machine below /proc and /sys, with figures that vary gently.
import { lines } from './program.ts';
import type { Tree } from './tree.ts';

const everyMs = 10_000;
const bootedMs = Date.now() - 3 * 86_400_000;
const cores = 4;

/** Writes the files now and every 10 s. Keeps no process alive. */
export function keepProc(tree: Tree): void {
  for (const folder of ['/proc/sys/kernel', '/sys/class/thermal/thermal_zone0']) tree.makeFolder(folder, 0o755);
  const update = () => {
    for (const [path, text] of Object.entries(vitalSigns(Date.now()))) tree.write(path, text);
  };
  update();
  const updateIfPossible = () => {
    try {
      update();
    } catch {
      // A full disk, or a tree that is gone, is no reason to end the agent: the figures stay as they are.
    }
  };
  setInterval(updateIfPossible, everyMs).unref();
}

function vitalSigns(nowMs: number): Record<string, string> {
  const wave = (periodMs: number) => (1 + Math.sin((2 * Math.PI * nowMs) / periodMs)) / 2;
  const load = [60_000, 300_000, 900_000].map(periodMs => (0.1 + 0.6 * wave(periodMs)).toFixed(2));
  const availableKb = Math.round(4_000_000 + 800_000 * wave(1_800_000));
  const memory = { MemTotal: 8_000_000, MemFree: availableKb >> 1, MemAvailable: availableKb };
  const upSeconds = (nowMs - bootedMs) / 1000;
  return {
    '/proc/cpuinfo': lines(Array.from({ length: cores }, (_, core) => `processor\t: ${core}\n`)),
    '/proc/loadavg': `${load.join(' ')} 1/214 4211\n`,
    '/proc/meminfo': lines(Object.entries(memory).map(([name, kb]) => `${`${name}:`.padEnd(16)}${kb} kB`)),
    '/proc/mounts': 'simulated / simulated rw 0 0\n',
    '/proc/sys/kernel/osrelease': '6.1.0-27-amd64\n',
    '/proc/uptime': `${upSeconds.toFixed(2)} ${(upSeconds * cores * 0.9).toFixed(2)}\n`,
    '/sys/class/thermal/thermal_zone0/type': 'cpu-thermal\n',
    '/sys/class/thermal/thermal_zone0/temp': `${Math.round(44_000 + 6000 * wave(600_000))}\n`,
  };
}
