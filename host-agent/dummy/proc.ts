// The few files of /proc that tell how a machine is doing, with figures that vary gently.
import type { Tree } from './tree.ts';

const everyMs = 10_000;
const bootMs = Date.now() - 3 * 86_400_000;

/** Writes them now and every 10 s, until the tree is gone. Keeps no process alive. */
export function keepProc(tree: Tree): void {
  tree.makeFolder('/proc', 0o555 | 0o200);
  write(tree, Date.now());
  const timer = setInterval(() => {
    if (tree.has('/proc')) write(tree, Date.now());
    else clearInterval(timer);
  }, everyMs);
  timer.unref();
}

function write(tree: Tree, nowMs: number): void {
  const wave = (periodMs: number) => (1 + Math.sin((2 * Math.PI * nowMs) / periodMs)) / 2;
  const load = [60_000, 300_000, 900_000].map(periodMs => (0.1 + 0.6 * wave(periodMs)).toFixed(2));
  const totalKb = 8_000_000;
  const availableKb = Math.round(totalKb * (0.5 + 0.1 * wave(1_800_000)));
  const uptimeS = (nowMs - bootMs) / 1000;
  tree.write('/proc/loadavg', `${load.join(' ')} 1/214 4211\n`);
  tree.write('/proc/uptime', `${uptimeS.toFixed(2)} ${(uptimeS * 3.7).toFixed(2)}\n`);
  tree.write(
    '/proc/meminfo',
    Object.entries({
      MemTotal: totalKb,
      MemFree: Math.round(availableKb / 3),
      MemAvailable: availableKb,
      Buffers: 180_000,
      Cached: Math.round(availableKb / 2),
      SwapTotal: 1_000_000,
      SwapFree: 1_000_000,
    })
      .map(([name, kb]) => `${`${name}:`.padEnd(16)}${String(kb).padStart(8)} kB\n`)
      .join(''),
  );
}
