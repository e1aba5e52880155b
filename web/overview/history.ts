// How the host was over a time, for the charts: asked every ten seconds, read back as one line a figure, with null where nobody was there to ask.
import type { Knex } from 'knex';
import type { z } from 'zod';
import type { HostDeps } from '../agent/host-deps.ts';
import { hostSchema } from '../agent/results.ts';
import { addSample, type Figures, kept, readSpans, sampleMs } from './store.ts';

const hourMs = 3_600_000;
export const ranges = { hour: hourMs, day: 24 * hourMs, month: 30 * 24 * hourMs, year: 365 * 24 * hourMs } as const;
export type Range = keyof typeof ranges;

export interface Line {
  mean: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
}

export interface History {
  /** When the first span begins, and how long each is, in ms. */
  from: number;
  width: number;
  /** By figure, each with as many values as there are spans. */
  lines: Record<string, Line>;
}

const mostDisks = 16;
const longestName = 128;

/** What the host tells as figures: load, and shares of a whole from 0 to 1. */
export function figuresOf({ load, memory, disks, temperatures }: z.infer<typeof hostSchema>): Figures {
  const share = (free: number, total: number) => 1 - free / Math.max(1, total);
  return {
    load: load[0],
    memory: share(memory.availableBytes, memory.totalBytes),
    ...Object.fromEntries(
      disks
        .slice(0, mostDisks)
        .map(disk => [diskFigure(disk.path), share(disk.freeBytes, disk.totalBytes)] as const)
        .filter(([name]) => name.length <= longestName),
    ),
    ...(temperatures.length > 0 && { temperature: Math.max(...temperatures.map(({ celsius }) => celsius)) }),
  };
}

export const diskFigure = (path: string): string => `disk ${path}`;

/** Asks the host at every full ten seconds; what it does not answer is a gap. */
export function keepHistory({ db, reader, now, log }: HostDeps): { close(): Promise<void> } {
  let timer: NodeJS.Timeout;
  let running: Promise<void> | undefined;
  let failing = false;
  let closed = false;

  async function sample(): Promise<void> {
    const { value, stale } = await reader.read({ cmd: '@host', args: [] }, hostSchema);
    if (!value || stale || closed) return;
    try {
      await addSample(db, now(), figuresOf(value));
      failing = false;
    } catch (error) {
      if (!failing) log.error('the history of the host cannot be kept', { error });
      failing = true;
    }
  }

  function next(): void {
    timer = setTimeout(
      () => {
        running ??= sample().finally(() => {
          running = undefined;
        });
        next();
      },
      sampleMs - (now() % sampleMs),
    ).unref();
  }
  next();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}

const mostSpans = 730;

/** From the finest of what is still kept that gives at most some hundred spans; of a year they are twelve hours long. */
export async function readHistory(db: Knex, from: number, to: number, now: number): Promise<History> {
  const fits = ({ step, forMs }: (typeof kept)[number]) => (to - from) / step <= mostSpans && from >= now - forMs;
  const { step } = kept.find(fits) ?? kept[2];
  const width = step * Math.ceil((to - from) / step / mostSpans);
  const first = from - (from % width);
  const length = Math.floor((to - first) / width) + 1;
  const lines: Record<string, Line> = {};
  for (const { begins, figure, mean, low, high } of await readSpans(db, step, width, first, to + 1)) {
    lines[figure] ??= { mean: nothing(length), low: nothing(length), high: nothing(length) };
    const index = (begins - first) / width;
    for (const [name, value] of Object.entries({ mean, low, high }))
      lines[figure][name as keyof Line][index] = short(value);
  }
  return { from: first, width, lines };
}

const nothing = (length: number) => new Array<number | null>(length).fill(null);
const short = (value: number) => Math.round(value * 1_000) / 1_000;
