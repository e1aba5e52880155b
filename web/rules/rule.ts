// A rule as the agent tells it (`@rules`), and what the page makes of it. Pure.
import { basename } from 'node:path';
import { z } from 'zod';

const level = z.enum(['none', 'code', 'self', 'host']);
const seen = z.string().nullable().default(null);

const ruleSchema = z.object({
  id: z.string(),
  why: z.string(),
  /** A command line, or the path of a file: one of the two. */
  run: z.string().optional(),
  write: z.string().optional(),
  confirm: level,
  danger: seen,
  undo: seen,
  cmd: z.string(),
  file: z.string(),
  line: z.number(),
  by: z.enum(['shipped', 'owner']),
  off: z.boolean(),
  reads: z.boolean().default(false),
  /** The patterns of stdin, and of the lines of a file. */
  stdin: z.array(z.string()).optional(),
  lines: z.array(z.string()).optional(),
  /** Of a file: what it is given, and the commands that check it before and run after it. */
  mode: z.string().default(''),
  owner: z.string().default(''),
  secret: z.boolean().default(false),
  check: z.array(z.string()).optional(),
  then: z.array(z.string()).optional(),
  /** Where the owner changed it, what Gatehouse ships. */
  shipped: z.object({ confirm: level }).optional(),
  changedIn: z.object({ file: z.string(), line: z.number() }).optional(),
  uses: z.number(),
  lastUsed: seen,
});
export type Rule = z.infer<typeof ruleSchema>;

export const rulesSchema = z.object({ rules: z.array(ruleSchema) });

const idleMs = 90 * 24 * 60 * 60 * 1000;

/** `uncounted`: it only tells, and no use of it is recorded. */
export type Use = 'uncounted' | 'off' | 'never' | 'idle' | 'used';

export function useOf({ off, reads, cmd, lastUsed }: Rule, now: number): Use {
  if (off) return 'off';
  if (reads && cmd.startsWith('@')) return 'uncounted';
  if (lastUsed === null) return 'never';
  return now - Date.parse(lastUsed) > idleMs ? 'idle' : 'used';
}

export const patternOf = ({ run, write }: Rule): string => write ?? run ?? '';

/** The subject is the file that the rule stands in: `users.yaml` is `users`. */
export const subjectOf = ({ file }: Rule): string => basename(file, '.yaml');

export const levels = level.options;
export const shows = ['idle', 'off', 'owner', 'danger'] as const;
export const sorts = ['subject', 'confirm', 'uses', 'last'] as const;

export interface Wanted {
  text: string;
  confirm: string;
  show: string;
  sort: string;
  direction: 'asc' | 'desc';
}

/** The rules that are asked for, in order. */
export function choose(rules: readonly Rule[], { text, confirm, show, sort, direction }: Wanted, now: number): Rule[] {
  const words = text.toLowerCase();
  const says = (rule: Rule) =>
    [rule.id, rule.why, patternOf(rule), rule.danger ?? '', rule.file].some(one => one.toLowerCase().includes(words));
  const found = rules.filter(
    rule => says(rule) && (confirm === '' || rule.confirm === confirm) && isShown(rule, show, now),
  );
  const sorted = found.toSorted((a, b) => compare(a, b, sort) || a.id.localeCompare(b.id, 'en'));
  return direction === 'desc' ? sorted.reverse() : sorted;
}

function isShown(rule: Rule, show: string, now: number): boolean {
  if (show === 'idle') return ['never', 'idle'].includes(useOf(rule, now));
  if (show === 'off') return rule.off;
  if (show === 'owner') return rule.by === 'owner';
  return show !== 'danger' || rule.danger !== null;
}

function compare(a: Rule, b: Rule, sort: string): number {
  if (sort === 'confirm') return levels.indexOf(a.confirm) - levels.indexOf(b.confirm);
  if (sort === 'uses') return a.uses - b.uses;
  if (sort === 'last') return (a.lastUsed ?? '').localeCompare(b.lastUsed ?? '', 'en');
  return subjectOf(a).localeCompare(subjectOf(b), 'en') || a.file.localeCompare(b.file, 'en') || a.line - b.line;
}
