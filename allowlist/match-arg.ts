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
  for (let i = 0; i < arg.length; i++) {
    const part = arg[i] as Arg[number];
    if ('slot' in part) {
      const end = endOfSlot(arg, i, text, at);
      if (end < at) return undefined;
      const value = text.slice(at, end);
      if (faultOf(part.slot, value) !== undefined) return undefined;
      slots.push({ type: part.slot, value });
      at = end;
    } else {
      const found =
        'literal' in part
          ? text.startsWith(part.literal, at)
            ? part.literal
            : undefined
          : part.oneOf.find(choice => text.startsWith(choice, at));
      if (found === undefined) return undefined;
      at += found.length;
    }
  }
  return at === text.length ? slots : undefined;
}

/** A last slot takes the rest; one before a last literal all but that; any other ends at the first sign of the literal behind it. */
function endOfSlot(arg: Arg, i: number, text: string, at: number): number {
  const next = arg[i + 1];
  if (!next || !('literal' in next)) return text.length;
  if (i + 2 === arg.length) return text.endsWith(next.literal) ? text.length - next.literal.length : -1;
  return text.indexOf(next.literal, at);
}

/** For people: what an argument must be. */
export function describeArg(arg: Arg): string {
  const only = arg.length === 1 ? arg[0] : undefined;
  if (only && 'slot' in only) return `<${only.slot.name}>: ${only.slot.about}, such as ${only.slot.example}`;
  return JSON.stringify(
    arg
      .map(part =>
        'slot' in part ? `<${part.slot.name}>` : 'literal' in part ? part.literal : `(${part.oneOf.join('|')})`,
      )
      .join(''),
  );
}
