// Moments as pages show them, in the time zone of the machine that serves them.
const second = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });

/** 2026-11-21 10:02:31. Databases give big integers as text; what is no moment is a dash. */
export function time(ms: number | string): string {
  const moment = new Date(Number(ms));
  return Number.isNaN(moment.getTime()) ? '–' : second.format(moment);
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
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
  return relative.format(Math.trunc(passed / size), unit);
}
