// The filter of the audit log as it stands in the URL.
import type { RowOutcome } from './entry.ts';
import type { Filter } from './find.ts';

export const outcomes = ['ok', 'failed', 'refused', 'unknown', 'open', 'note'] as const satisfies RowOutcome[];
const hourMs = 3_600_000;
export const spans = { '1h': hourMs, '24h': 24 * hourMs, '7d': 7 * 24 * hourMs, '30d': 30 * 24 * hourMs } as const;

const filters = ['q', 'when', 'from', 'to', 'outcome', 'rule', 'account', 'user', 'change'] as const;
const names = [...filters, 'before', 'log', 'live'] as const;
/** What was asked for, trimmed; '' where it is absent. */
export type Asked = Record<(typeof names)[number], string>;

export function askedOf(query: Record<string, unknown>): Asked {
  const one = (name: string) => (typeof query[name] === 'string' ? query[name].trim().slice(0, 200) : '');
  return Object.fromEntries(names.map(name => [name, one(name)])) as Asked;
}

export const isFiltered = (asked: Asked): boolean => filters.some(name => asked[name] !== '');

export function hrefOf(asked: Asked, path = '/audit'): string {
  const said = new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== ''));
  return said.size === 0 ? path : `${path}?${said}`;
}

export function filterOf(asked: Asked, log: number, now: number): Filter {
  const span = Object.hasOwn(spans, asked.when) ? now - spans[asked.when as keyof typeof spans] : undefined;
  const from = momentOf(asked.from)?.start;
  return {
    log,
    text: asked.q,
    rule: asked.rule,
    account: asked.account,
    user: asked.user,
    change: asked.change,
    outcome: outcomes.find(outcome => outcome === asked.outcome) ?? '',
    since: from === undefined || span === undefined ? (from ?? span) : Math.max(from, span),
    until: momentOf(asked.to)?.end,
    before: /^[1-9][0-9]{0,14}$/.test(asked.before) ? Number(asked.before) : undefined,
  };
}

/** "2026-11-21" is that day, "2026-11-21T10:02" that minute, in the time zone that pages show. */
function momentOf(text: string): { start: number; end: number } | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d))?$/.exec(text);
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, ...clock] = found.slice(1).map(Number);
  const isDay = found[4] === undefined;
  const [hour = 0, minute = 0] = isDay ? [] : clock;
  const start = new Date(year, month - 1, day, hour, minute);
  const end = new Date(year, month - 1, day + (isDay ? 1 : 0), hour, minute + (isDay ? 0 : 1));
  return { start: start.getTime(), end: end.getTime() };
}
