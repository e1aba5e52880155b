// Finds whether one argv could satisfy two rules. Errs on the side of "yes": what cannot be told apart for sure overlaps.
import type { Rule } from './load.ts';
import { matchArg } from './match-arg.ts';
import type { Arg, Form, Part } from './pattern.ts';

/** The first of `rules` that overlaps `rule`; also `rule` itself where two of its own forms overlap. */
export function overlapOf(rule: Rule, rules: readonly Rule[]): Rule | undefined {
  if (rule.forms.some((form, i) => rule.forms.slice(i + 1).some(other => formsOverlap(form, other)))) return rule;
  return rules.find(other => other.cmd === rule.cmd && rule.forms.some(a => other.forms.some(b => formsOverlap(a, b))));
}

function formsOverlap(a: Form, b: Form): boolean {
  return a.length === b.length && a.every((arg, i) => argsOverlap(arg, b[i] as Arg));
}

/** Two slots always may agree; texts are tried; of the rest, edges that are literal and differ tell two arguments apart. */
function argsOverlap(a: Arg, b: Arg): boolean {
  const [texts, others] = [textsOf(a), textsOf(b)];
  if (texts) return texts.some(text => matchArg(b, text) !== undefined);
  if (others) return others.some(text => matchArg(a, text) !== undefined);
  return edgesAgree(a[0], b[0], 'startsWith') && edgesAgree(a.at(-1), b.at(-1), 'endsWith');
}

/** Every text an argument without slots can be; undefined where it has a slot. */
function textsOf(arg: Arg): string[] | undefined {
  let texts = [''];
  for (const part of arg) {
    if ('slot' in part) return undefined;
    texts = texts.flatMap(text => part.oneOf.map(one => text + one));
  }
  return texts;
}

function edgesAgree(a: Part | undefined, b: Part | undefined, how: 'startsWith' | 'endsWith'): boolean {
  if (!a || !b || 'slot' in a || 'slot' in b) return true;
  return a.oneOf.some(one => b.oneOf.some(other => one[how](other) || other[how](one)));
}
