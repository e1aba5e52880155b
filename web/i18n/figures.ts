// Moments, spans of time, sizes and shares for people, as the reader's language writes them; moments in the server's time zone.
import { locale } from './language.ts';
import { t } from './text.ts';

/** How a kind of figure is written; the charts of the overview write it in the browser by the same. */
export const shapes = {
  plain: { minimumFractionDigits: 2, maximumFractionDigits: 2 },
  percent: { style: 'percent' },
  celsius: { style: 'unit', unit: 'celsius', maximumFractionDigits: 0 },
} as const satisfies Record<string, Intl.NumberFormatOptions>;

export const plain = (value: number): string => number(value, shapes.plain);
export const percent = (part: number): string => number(part, shapes.percent);
export const celsius = (degrees: number): string => number(degrees, shapes.celsius);
export const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

const sizes = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** 2.1 GB; powers of 1,000, as on the box of the disk. */
export function size(bytes: number): string {
  const step = Math.min(sizes.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1_000 ** step;
  return `${number(value, { maximumFractionDigits: value < 10 && step > 0 ? 1 : 0 })} ${sizes[step]}`;
}

/** The time zone in which moments are told, on pages and in charts: that of the machine that serves them. */
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** 21 Nov 2026, 10:02:31. Databases give big integers as text; what is no moment is a dash. */
export function time(ms: number | string): string {
  const moment = new Date(Number(ms));
  if (Number.isNaN(moment.getTime())) return '–';
  return made(Intl.DateTimeFormat, { dateStyle: 'medium', timeStyle: 'medium' }).format(moment);
}

const units = [
  ['day', dayMs],
  ['hour', hourMs],
  ['minute', minuteMs],
  ['second', secondMs],
] as const;

/** "10 minutes ago", "yesterday". */
export function ago(ms: number | string, now: number): string {
  const passed = Number(ms) - now;
  const [unit, size] = units.find(([, size]) => Math.abs(passed) >= size) ?? units[3];
  return made(Intl.RelativeTimeFormat, { numeric: 'auto' }).format(Math.trunc(passed / size), unit);
}

/** How long something took: 240 ms, 3.2 secs, 12 mins. */
export function took(ms: number): string {
  const [value, unit] =
    ms < secondMs ? [ms, 'millisecond'] : ms < minuteMs ? [ms / secondMs, 'second'] : [ms / minuteMs, 'minute'];
  return number(value, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 });
}

/** How long something lasts, in the largest unit that fits: 12 days, 3 hours, 5 minutes. */
export function span(ms: number): string {
  const long = (value: number, unit: string) => number(Math.floor(value), { style: 'unit', unit, unitDisplay: 'long' });
  if (ms >= 2 * dayMs) return long(ms / dayMs, 'day');
  if (ms >= 2 * hourMs) return long(ms / hourMs, 'hour');
  return ms < minuteMs ? t('figure.moment') : long(ms / minuteMs, 'minute');
}

const number = (value: number, options: Intl.NumberFormatOptions) => made(Intl.NumberFormat, options).format(value);

const kept = new Map<string, object>();

/** Making a format takes longer than writing a whole list with it. */
function made<O, F extends object>(Format: new (locale: string, options: O) => F, options: O): F {
  const key = `${Format.name} ${locale()} ${JSON.stringify(options)}`;
  const format = (kept.get(key) as F | undefined) ?? new Format(locale(), options);
  kept.set(key, format);
  return format;
}
