// Figures for people: sizes, spans of time, shares of a whole.
import { t } from '../i18n/text.ts';

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** 2.1 GB; powers of 1,000, as on the box of the disk. */
export function size(bytes: number): string {
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1_000 ** step;
  return `${value.toLocaleString('en', { maximumFractionDigits: value < 10 && step > 0 ? 1 : 0 })} ${units[step]}`;
}

export const percent = (part: number, whole: number): number => (whole > 0 ? Math.round((100 * part) / whole) : 0);

const minuteMs = 60_000;

/** In the largest unit that fits: 12 days, 3 hours, 5 minutes. */
export function span(ms: number): string {
  const minutes = Math.floor(ms / minuteMs);
  if (minutes >= 2 * 24 * 60) return t('overview.days', { n: Math.floor(minutes / (24 * 60)) });
  if (minutes >= 2 * 60) return t('overview.hours', { n: Math.floor(minutes / 60) });
  if (minutes < 1) return t('overview.moment');
  return t('overview.minutes', { n: minutes });
}
