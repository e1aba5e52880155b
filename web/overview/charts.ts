// What the charts of the overview show: which figures stand in which, drawn small for whoever has no scripts, and the same as a table.
import { visible } from '../changes/command.ts';
import { celsius, percent, plain } from '../i18n/figures.ts';
import { t } from '../i18n/text.ts';
import { diskFigure, type History, type Line } from './history.ts';

export interface Chart {
  id: 'load' | 'memory' | 'disks' | 'temperature';
  lines: { figure: string; label: string; path: string }[];
  /** What stands at the bottom and at the top. */
  least: number;
  most: number;
  /** How a value is written. */
  kind: 'plain' | 'percent' | 'celsius';
}

const write = { plain, percent, celsius } as const;
const drawn = 120;
const rows = 12;
const diskPrefix = diskFigure('');

export function chartsOf(history: History): Chart[] {
  const coarse = pooled(history, drawn);
  const disks = Object.keys(history.lines).filter(name => name.startsWith(diskPrefix));
  const kinds = [
    { id: 'load', kind: 'plain', figures: ['load'], least: 0, most: 1 },
    { id: 'memory', kind: 'percent', figures: ['memory'], least: 0, most: 1 },
    { id: 'disks', kind: 'percent', figures: disks, least: 0, most: 1 },
    { id: 'temperature', kind: 'celsius', figures: ['temperature'], least: 20, most: 60 },
  ] as const;
  return kinds.flatMap(({ figures, ...chart }) => {
    const there = figures.filter(figure => history.lines[figure]);
    if (there.length === 0) return [];
    const values = there.flatMap(figure => [
      ...(history.lines[figure]?.low ?? []),
      ...(history.lines[figure]?.high ?? []),
    ]);
    const known = values.filter(value => value !== null);
    const least = known.reduce((a, b) => Math.min(a, b), chart.least);
    const most = known.reduce((a, b) => Math.max(a, b), chart.most);
    const lines = there.map(figure => ({
      figure,
      label: labelOf(figure),
      path: pathThrough(coarse.lines[figure]?.mean ?? [], least, most),
    }));
    return [{ ...chart, lines, least, most }];
  });
}

const fewest = 30;

/** Begins at the first that is known, where that comes later: of a new dashboard a year would be a speck at the right edge. */
export function fromFirst({ from, width, lines }: History): History & { since?: number } {
  const all = Object.values(lines).map(({ mean }) => mean);
  const length = Math.max(0, ...all.map(mean => mean.length));
  const first = Math.min(length, ...all.map(mean => mean.findIndex(value => value !== null)).filter(at => at >= 0));
  const cut = Math.min(first, length - fewest);
  if (cut <= 0 || first === length) return { from, width, lines };
  const later = ({ mean, low, high }: Line) => ({ mean: mean.slice(cut), low: low.slice(cut), high: high.slice(cut) });
  return {
    ...{ from: from + cut * width, since: from + first * width, width },
    lines: Object.fromEntries(Object.entries(lines).map(([name, line]) => [name, later(line)])),
  };
}

export interface HistoryTable {
  heads: string[];
  /** When each row begins and ends, in ms, and what stands in it. */
  rows: { from: number; to: number; cells: string[] }[];
}

/** Newest first; a span in which nothing was heard has dashes. */
export function tableOf(history: History, charts: readonly Chart[]): HistoryTable {
  const few = pooled(history, rows);
  const shown = charts.flatMap(({ kind, lines }) => lines.map(line => ({ ...line, kind })));
  const count = few.lines[shown[0]?.figure ?? '']?.mean.length ?? 0;
  const cell = ({ figure, kind }: (typeof shown)[number], at: number) => {
    const line = few.lines[figure];
    const [mean, low, high] = [line?.mean[at], line?.low[at], line?.high[at]];
    if (mean == null || low == null || high == null) return '–';
    const [is, from, to] = [mean, low, high].map(write[kind]);
    return from === to ? `${is}` : t('overview.range-of', { is: `${is}`, from: `${from}`, to: `${to}` });
  };
  const indices = [...Array(count).keys()].reverse();
  return {
    heads: shown.map(({ label }) => label),
    rows: indices.map(at => ({
      from: few.from + at * few.width,
      to: few.from + (at + 1) * few.width,
      cells: shown.map(one => cell(one, at)),
    })),
  };
}

function labelOf(figure: string): string {
  if (figure === 'load') return t('overview.load');
  if (figure === 'memory') return t('overview.memory');
  if (figure === 'temperature') return t('overview.temperature');
  return diskName(figure.slice(diskPrefix.length));
}

/** Paths are the host's words: what cannot be seen in them is written out. */
export const diskName = (path: string): string =>
  path === '/' ? t('overview.system-disk') : t('overview.disk', { path: visible(path) });

/** The same in at most `spans` spans, several put together. */
export function pooled({ from, width, lines }: History, spans: number): History {
  const length = Math.max(0, ...Object.values(lines).map(({ mean }) => mean.length));
  const many = Math.max(1, Math.ceil(length / spans));
  const pool = (values: readonly (number | null)[], join: (known: number[]) => number) =>
    Array.from({ length: Math.ceil(length / many) }, (_, at) => {
      const known = values.slice(at * many, (at + 1) * many).filter(value => value !== null);
      return known.length > 0 ? join(known) : null;
    });
  const each = ({ mean, low, high }: Line): Line => ({
    mean: pool(mean, known => known.reduce((sum, value) => sum + value, 0) / known.length),
    low: pool(low, known => Math.min(...known)),
    high: pool(high, known => Math.max(...known)),
  });
  return {
    from,
    width: width * many,
    lines: Object.fromEntries(Object.entries(lines).map(([name, line]) => [name, each(line)])),
  };
}

/** The `d` of an SVG path in a box of 600 × 100; where nothing is known the line is broken. */
export function pathThrough(values: readonly (number | null)[], least: number, most: number): string {
  const x = (at: number) => Math.round((600 * at) / Math.max(1, values.length - 1));
  const y = (value: number) => Math.round(98 - (96 * (value - least)) / Math.max(0.001, most - least));
  return values
    .map((value, at) => {
      if (value === null) return '';
      const alone = values[at - 1] == null && values[at + 1] == null;
      return `${values[at - 1] == null ? 'M' : 'L'}${x(at)} ${y(value)}${alone ? 'h1' : ''}`;
    })
    .join('');
}
