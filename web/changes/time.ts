// Moments as pages show them, in the reader's language and in the time zone of the machine that serves them.
import { type Language, language } from '../i18n/language.ts';

/** Neither can be read as another day: English has the month as a word. */
const locales = { en: 'en-GB', de: 'de-DE' } as const satisfies Record<Language, string>;
const formats = Object.fromEntries(
  Object.entries(locales).map(([name, locale]) => [
    name,
    {
      moment: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }),
      relative: new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }),
    },
  ]),
) as Record<Language, { moment: Intl.DateTimeFormat; relative: Intl.RelativeTimeFormat }>;

/** 21 Nov 2026, 10:02:31. Databases give big integers as text; what is no moment is a dash. */
export function time(ms: number | string): string {
  const moment = new Date(Number(ms));
  return Number.isNaN(moment.getTime()) ? '–' : formats[language()].moment.format(moment);
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** "10 minutes ago", "yesterday". */
export function ago(ms: number | string, now: number): string {
  const passed = Number(ms) - now;
  const [unit, size] = units.find(([, size]) => Math.abs(passed) >= size) ?? units[3];
  return formats[language()].relative.format(Math.trunc(passed / size), unit);
}

/** "240ms", "3.2s", "12m", as long as a change took. */
export function took(ms: number): string {
  const [value, unit] =
    ms < 1_000 ? [ms, 'millisecond'] : ms < 60_000 ? [ms / 1_000, 'second'] : [ms / 60_000, 'minute'];
  return new Intl.NumberFormat(locales[language()], {
    style: 'unit',
    unit,
    unitDisplay: 'narrow',
    maximumFractionDigits: 1,
  }).format(value);
}
