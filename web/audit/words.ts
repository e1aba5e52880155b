// What an entry says, in words.
import { shownArgv } from '../changes/command.ts';
import { took } from '../i18n/figures.ts';
import { sentence, t } from '../i18n/text.ts';
import { type AuditRow, type Entry, partsOf, textually } from './entry.ts';

export const toneOf = { ok: 'ok', failed: 'warn', refused: 'bad', unknown: 'warn', open: 'busy', note: 'off' } as const;

/** What an entry that is no command says, in words where there are some. */
export function nameOf({ kind, line }: AuditRow): string | undefined {
  if (line !== kind) return undefined;
  const name = sentence(`audit.kind.${kind}`);
  return name.startsWith('audit.kind.') ? kind : name;
}

/** How it ended, in words. */
export function wordOf({ outcome, problem, code, ms }: AuditRow): string {
  if (outcome === 'refused' && problem) return t('audit.word.refused', { problem: problemOf(problem) });
  if (outcome === 'ok') return t('audit.word.ok', { took: took(ms ?? 0) });
  if (outcome === 'failed' && code !== null) return t('audit.word.exit', { code, took: took(ms ?? 0) });
  return t(`audit.outcome.${outcome}`);
}

/** A problem of the contract in words; another one, of a newer agent, as it is. */
export function problemOf(problem: string): string {
  const words = sentence(`audit.problem.${problem}`);
  return words.startsWith('audit.problem.') ? problem : words;
}

/** Whole, argument by argument, from the entry itself. */
export function argvOf(entry: Entry): string[] | undefined {
  const { argv, cmd, args } = partsOf(entry);
  const words = argv ?? (cmd === undefined ? undefined : [cmd, ...(args ?? [])]);
  return words && shownArgv(words.map(textually));
}
