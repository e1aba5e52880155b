// The last hour of load and memory, for the charts of the overview: asked every half minute, kept in memory only.
import type { Reader } from '../agent/reader.ts';
import { hostSchema } from '../agent/results.ts';

interface Sample {
  load: number;
  /** Share of the memory that is used, 0 to 1. */
  memory: number;
}

export interface History {
  /** Oldest first. */
  samples(): readonly Sample[];
  close(): void;
}

const everyMs = 30_000;
const kept = 120;

export function keepHistory(reader: Reader): History {
  const samples: Sample[] = [];
  const timer = setInterval(sample, everyMs);
  timer.unref();
  sample();
  async function sample(): Promise<void> {
    const { value, stale } = await reader.read({ cmd: '@host', args: [] }, hostSchema);
    if (!value || stale) return;
    const { load, memory } = value;
    samples.push({ load: load[0], memory: 1 - memory.availableBytes / Math.max(1, memory.totalBytes) });
    if (samples.length > kept) samples.shift();
  }
  return { samples: () => samples, close: () => clearInterval(timer) };
}

/** A line through `values` for an SVG of 120 × 40, with `most` at its top; undefined where there is nothing to draw yet. */
export function lineThrough(values: readonly number[], most: number): string | undefined {
  if (values.length < 2) return undefined;
  const x = (index: number) => ((120 * index) / (values.length - 1)).toFixed(1);
  const y = (value: number) => (38 - 36 * Math.min(1, Math.max(0, value / most))).toFixed(1);
  return values.map((value, index) => `${x(index)},${y(value)}`).join(' ');
}
