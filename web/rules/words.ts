// A typed command line as arguments, for people's comfort. What only a shell could do is refused with a sentence; no shell ever sees it.
import { parse } from 'shell-quote';
import type { PlainKey } from '../i18n/text.ts';

export type Words = { ok: true; words: string[] } | { ok: false; why: PlainKey };

export function wordsOf(line: string): Words {
  const refuse = (why: PlainKey): Words => ({ ok: false, why });
  if (/\p{Cc}/u.test(line)) return refuse('rules.try.control');
  if (!isClosed(line)) return refuse('rules.try.unclosed');
  const words: string[] = [];
  for (const part of partsOf(line)) {
    if (typeof part === 'string') words.push(part);
    else if ('comment' in part) return refuse('rules.try.comment');
    else
      return refuse(
        part.op === 'glob' ? 'rules.try.glob' : part.op === '$' ? 'rules.try.variable' : 'rules.try.operator',
      );
  }
  return words.length === 0 ? refuse('rules.try.empty') : { ok: true, words };
}

type Part = string | { comment: string } | { op: string };

function partsOf(line: string): Part[] {
  try {
    return parse(line, name => (name === '' ? '$' : { op: '$' })) as Part[];
  } catch {
    return [{ op: '$' }];
  }
}

/** Every quote is closed, and no backslash stands at the end. */
const isClosed = (line: string): boolean => /^(?:[^'"\\]|\\.|'[^']*'|"(?:\\.|[^"\\])*")*$/u.test(line);
