// Figures for people, as the reader's language writes them: sizes, spans of time, shares of a whole.
import { language } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** 2.1 GB; powers of 1,000, as on the box of the disk. */
export function size(bytes: number): string {
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1_000 ** step;
  return `${number(value, { maximumFractionDigits: value < 10 && step > 0 ? 1 : 0 })} ${units[step]}`;
}

export const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

export const percent = (part: number): string => number(part, { style: 'percent' });
export const plain = (value: number): string => number(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
export const celsius = (degrees: number): string =>
  number(degrees, { style: 'unit', unit: 'celsius', maximumFractionDigits: 0 });

const minuteMs = 60_000;

/** In the largest unit that fits: 12 days, 3 hours, 5 minutes. */
export function span(ms: number): string {
  const minutes = Math.floor(ms / minuteMs);
  const long = (value: number, unit: string) => number(Math.floor(value), { style: 'unit', unit, unitDisplay: 'long' });
  if (minutes >= 2 * 24 * 60) return long(minutes / (24 * 60), 'day');
  if (minutes >= 2 * 60) return long(minutes / 60, 'hour');
  return minutes < 1 ? t('overview.moment') : long(minutes, 'minute');
}

const number = (value: number, options: Intl.NumberFormatOptions) => value.toLocaleString(language(), options);
