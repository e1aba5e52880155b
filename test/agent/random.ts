// Chance that can be had again by its seed, and what the kernel says of a process's memory.
import { readFileSync } from 'node:fs';

export interface Random {
  /** A whole number from 0, below `limit`. */
  below(limit: number): number;
  of<T>(choices: readonly T[]): T;
  bytes(count: number): Buffer;
}

/** mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    of: choices => choices[below(choices.length)] as (typeof choices)[number],
    bytes: count => Buffer.from(Array.from({ length: count }, () => below(256))),
  };
}

/** Anonymous memory that is resident. */
export function anonymousMb(pid: number): number {
  return Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
