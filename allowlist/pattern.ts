// The pattern language: a SYNOPSIS line becomes the flat forms it stands for. Grammar and examples: docs/rules.md.
import { type SlotType, slotTypes } from './types.ts';

/** A piece of one argument: one of these texts to the letter (a literal is the only one), or a slot. */
export type Part = { oneOf: readonly string[] } | { slot: SlotType };
/** One whole argument (or one line of stdin), as parts glued together. */
export type Arg = readonly Part[];
/** What is left when every optional group and repetition is written out: a fixed number of arguments. */
export type Form = readonly Arg[];

/** Says why a pattern is not accepted; the loader adds file and line. */
export class PatternError extends Error {}

const maxForms = 64;
const maxRepeat = 16;

/** Parses the whole pattern of `run:`. Gives its forms; the first argument of each is the program. Throws PatternError. */
export function parsePattern(text: string): Form[] {
  const tokens = tokensOf(text);
  let forms: Form[] = [[]];
  for (const [i, { group, word }] of tokens.entries()) {
    const choices =
      group === undefined
        ? repeated(word, i === tokens.length - 1)
        : [[], tokensOf(group).flatMap(token => repeated(token.word, false).flat())];
    forms = forms.flatMap(form => choices.map(choice => [...form, ...choice]));
    if (forms.length > maxForms) throw new PatternError(`it stands for more than ${maxForms} forms`);
  }
  for (const form of forms) for (const [i, arg] of form.entries()) refuseOptionSlot(arg, form[i - 1]);
  return forms;
}

/** Parses one argument or one line of stdin. Throws PatternError. */
export function parseArg(text: string): Arg {
  if (text === '') return [{ oneOf: [''] }];
  const pieces = piecesOf(text, /<(?<slot>[^<>]*)>|\((?<choice>[^()]*)\)|(?<literal>[^<>()|*?]+)/gy);
  const parts = pieces.map(({ slot, choice, literal = '' }): Part => {
    if (slot !== undefined) return { slot: slotNamed(slot) };
    return { oneOf: choice === undefined ? [literal] : choicesOf(choice, pieces.length === 1) };
  });
  for (const [i, part] of parts.entries()) refuseAmbiguity(part, parts[i + 1], i + 2 === parts.length);
  return parts;
}

/** Blanks separate words; a word in double quotes keeps its blanks; a group may be glued to its neighbours. */
function tokensOf(text: string): { group?: string | undefined; word: string }[] {
  const grammar =
    /\s*(?:\[(?<group>(?:[^[\]"]|"[^"]*")*)\]|"(?<quoted>[^"]*)"(?=[\s[\]]|$)|(?<plain>[^\s"[\]]+)(?=[\s[\]]|$))\s*/gy;
  const tokens = piecesOf(text, grammar).map(({ group, quoted, plain = '' }) => ({ group, word: quoted ?? plain }));
  if (tokens.length === 0) throw new PatternError('it is empty, or a group in it is');
  return tokens;
}

/** The named groups of each match of `grammar`, which must take the text whole. */
function piecesOf(text: string, grammar: RegExp): Record<string, string | undefined>[] {
  const matches = [...text.matchAll(grammar)];
  const last = matches.at(-1);
  const at = last ? last.index + last[0].length : 0;
  const char = text[at];
  if (char === undefined) return matches.map(({ groups = {} }) => groups);
  if ('<(['.includes(char)) throw new PatternError(`a "${char}" is never closed in ${quoted(text)}`);
  if ('>)]|*?'.includes(char)) throw new PatternError(`"${char}" means nothing in ${quoted(text)}`);
  throw new PatternError(`cannot be read from ${quoted(text.slice(at, at + 20))} on`);
}

/** `<type>...8` as the last word stands for one to eight arguments, any other word for one. */
function repeated(word: string, isLast: boolean): Form[] {
  const [, slot, most] = /^(<[^<>]+>)\.\.\.(\d*)$/.exec(word) ?? [];
  if (slot === undefined) return [[parseArg(word)]];
  if (!isLast) throw new PatternError(`${quoted(word)} repeats, so it must be the last`);
  if (!(Number(most) >= 1 && Number(most) <= maxRepeat))
    throw new PatternError(`${quoted(word)} must state a maximum from 1 to ${maxRepeat}`);
  const arg = parseArg(slot);
  return Array.from({ length: Number(most) }, (_, n) => Array(n + 1).fill(arg));
}

function slotNamed(name: string): SlotType {
  const type = slotTypes.get(name);
  if (!type) throw new PatternError(`there is no type <${name}>`);
  return type;
}

/** A choice that is the `whole` argument may begin another one: the argument's end tells them apart. */
function choicesOf(inside: string, whole: boolean): string[] {
  const choices = inside.split('|');
  if (choices.length < 2 || choices.includes(''))
    throw new PatternError(`(${inside}) needs at least two choices, none empty`);
  if (/[<>[\]"*?]/.test(inside)) throw new PatternError(`(${inside}) holds nothing but literal text`);
  const unclear = choices.find(
    one => choices.filter(other => (whole ? other === one : other.startsWith(one))).length > 1,
  );
  if (unclear !== undefined)
    throw new PatternError(
      `in (${inside}) "${unclear}" is ${whole ? 'given twice' : 'the beginning of another choice'}`,
    );
  return choices;
}

/** Glued parts must split in one way only: after a slot comes a literal whose first character the slot can never hold. */
function refuseAmbiguity(left: Part, right: Part | undefined, rightIsLast: boolean): void {
  if (!('slot' in left) || !right) return;
  const { name, never } = left.slot;
  if ('slot' in right || right.oneOf.length > 1) throw new PatternError(`<${name}> must be followed by a literal`);
  const first = right.oneOf[0]?.[0] ?? '';
  if (!rightIsLast && !never.includes(first))
    throw new PatternError(`<${name}> could itself hold the "${first}" that ends it`);
}

/** Free text could pass for an option, unless a literal option stands right before it or a literal begins the argument. */
function refuseOptionSlot(arg: Arg, before: Arg | undefined): void {
  const [first] = arg;
  if (!first || !('slot' in first) || !first.slot.freeText) return;
  const [option, ...glued] = before ?? [];
  const texts = option && !('slot' in option) && glued.length === 0 ? option.oneOf : ['--'];
  if (!texts.every(text => text.startsWith('-') && text !== '--'))
    throw new PatternError(`<${first.slot.name}> may begin with "-", so it can only stand after a literal option`);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
