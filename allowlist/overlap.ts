// Finds whether one argv could satisfy two rules. Errs on the side of "yes": what cannot be told apart for sure overlaps.
import { matchArg } from './match-arg.ts';
import type { Arg, Form } from './pattern.ts';
import type { Rule } from './rule.ts';

/** The first of `rules` that overlaps `rule`; also `rule` itself where two of its own forms overlap. */
export function overlapOf(rule: Rule, rules: readonly Rule[]): Rule | undefined {
  const own = rule.forms.some((form, i) => rule.forms.slice(i + 1).some(other => formsOverlap(form, other)));
  if (own) return rule;
  return rules.find(other => other.cmd === rule.cmd && rule.forms.some(a => other.forms.some(b => formsOverlap(a, b))));
}

function formsOverlap(a: Form, b: Form): boolean {
  return a.length === b.length && a.every((arg, i) => argsOverlap(arg, b[i] as Arg));
}

function argsOverlap(a: Arg, b: Arg): boolean {
  const texts = textsOf(a);
  if (texts) return texts.some(text => matchArg(b, text) !== undefined);
  const others = textsOf(b);
  if (others) return others.some(text => matchArg(a, text) !== undefined);
  if (a.length === 1 && b.length === 1) return slotsOverlap(a, b);
  return edgesAgree(a[0], b[0], 'startsWith') && edgesAgree(a.at(-1), b.at(-1), 'endsWith');
}

/** Every text an argument without slots can be; undefined where it has a slot. */
function textsOf(arg: Arg): string[] | undefined {
  let texts = [''];
  for (const part of arg) {
    if ('slot' in part) return undefined;
    const pieces = 'literal' in part ? [part.literal] : part.oneOf;
    texts = texts.flatMap(text => pieces.map(piece => text + piece));
  }
  return texts;
}

function slotsOverlap(a: Arg, b: Arg): boolean {
  const [left, right] = [a[0], b[0]];
  if (!left || !right || !('slot' in left) || !('slot' in right)) return true;
  return !(left.slot.disjoint?.includes(right.slot.name) || right.slot.disjoint?.includes(left.slot.name));
}

/** Two literal edges tell two arguments apart where neither continues the other. */
function edgesAgree(a: Arg[number] | undefined, b: Arg[number] | undefined, how: 'startsWith' | 'endsWith'): boolean {
  if (!a || !b || !('literal' in a) || !('literal' in b)) return true;
  return a.literal[how](b.literal) || b.literal[how](a.literal);
}
