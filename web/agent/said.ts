// What the agent said, in the language of whoever reads it. Either all of a sentence is known, or it stands as it came: the words of
// a host's tool, or of another version. To be escaped, and made visible, by whoever shows it.
import { language } from '../i18n/language.ts';
import { german } from './said.de.ts';

interface Template {
  /** What stands between the slots, one more than these. */
  pieces: string[];
  slots: string[];
  german: string;
}

const slot = /\{(\w+)\}/;
const kinds = new Map(
  Object.entries(german).map(([kind, templates]) => [kind, Object.entries(templates).map(parsed)] as const),
);
/** Of phrases within phrases; a longer list than any rule makes. */
const deepest = 40;

export function said(text: string): string {
  return (language() === 'de' && phrase('sentence', text, 0)) || text;
}

function parsed([english, german]: [string, string]): Template {
  const parts = english.split(slot);
  return { pieces: parts.filter((_, i) => i % 2 === 0), slots: parts.filter((_, i) => i % 2 === 1), german };
}

/** Of a slot that is named like no kind, any value is as it should be. */
function phrase(kind: string, text: string, depth: number): string | undefined {
  const templates = kinds.get(kind.replace(/\d$/, ''));
  if (!templates) return text;
  if (depth > deepest) return undefined;
  for (const { pieces, slots, german } of templates) {
    const values = valuesIn(text, pieces)?.map((value, i) => phrase(slots[i]!, value, depth + 1));
    if (values?.every(value => value !== undefined))
      return german.replace(/\{(\w+)\}/g, (_, name: string) => values[slots.indexOf(name)]!);
  }
  return undefined;
}

/** What stands in the slots where the whole text fits. Each ends at the first sign of what follows it, but not within its quotes. Linear. */
function valuesIn(text: string, pieces: readonly string[]): string[] | undefined {
  const [first = '', ...others] = pieces;
  const last = others.pop();
  if (last === undefined) return text === first ? [] : undefined;
  if (!text.startsWith(first)) return undefined;
  const values: string[] = [];
  let from = first.length;
  for (const piece of others) {
    const to = text.indexOf(piece, afterQuotes(text, from));
    if (to < 0) return undefined;
    values.push(text.slice(from, to));
    from = to + piece.length;
  }
  const end = text.length - last.length;
  return end >= from && text.endsWith(last) ? [...values, text.slice(from, end)] : undefined;
}

/** Whatever somebody typed stands in sentences as a JSON string. */
function afterQuotes(text: string, from: number): number {
  const quoted = /"(?:[^"\\]|\\.)*"/y;
  quoted.lastIndex = from;
  return quoted.test(text) ? quoted.lastIndex : from;
}
