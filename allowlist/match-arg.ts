// Matches one argument, or one line, against its parts. One pass, one way to split, nothing trimmed or folded.
import type { Arg } from './pattern.ts';
import { faultOf, type SlotType } from './types.ts';

export interface Slot {
  type: SlotType;
  value: string;
}

/** The slots' values in order where the whole text matches; otherwise undefined. Linear in the text. */
export function matchArg(arg: Arg, text: string): Slot[] | undefined {
  const slots: Slot[] = [];
  let at = 0;
  for (const [i, part] of arg.entries()) {
    if ('slot' in part) {
      const end = endOfSlot(arg, i, text, at);
      const value = text.slice(at, end);
      if (end < at || faultOf(part.slot, value) !== undefined) return undefined;
      slots.push({ type: part.slot, value });
      at = end;
    } else {
      const found = part.oneOf.find(one => (arg.length === 1 ? one === text : text.startsWith(one, at)));
      if (found === undefined) return undefined;
      at += found.length;
    }
  }
  return at === text.length ? slots : undefined;
}

/** A last slot takes the rest; one before a last literal all but that; any other ends at the first sign of the literal behind it. */
function endOfSlot(arg: Arg, i: number, text: string, at: number): number {
  const next = arg[i + 1];
  const literal = next && 'oneOf' in next ? (next.oneOf[0] ?? '') : '';
  return i + 2 < arg.length ? text.indexOf(literal, at) : text.length - literal.length;
}

/** An argument as its pattern writes it. */
export function textOf(arg: Arg): string {
  const texts = arg.map(part => {
    if ('slot' in part) return `<${part.slot.name}>`;
    return part.oneOf.length === 1 ? part.oneOf[0] : `(${part.oneOf.join('|')})`;
  });
  return texts.join('');
}

/** For people: what an argument must be. */
export function describeArg(arg: Arg): string {
  const [only, ...others] = arg;
  if (!only || !('slot' in only) || others.length > 0) return JSON.stringify(textOf(arg));
  return `${textOf(arg)}: ${only.slot.about}, such as ${only.slot.example}`;
}
