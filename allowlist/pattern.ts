// The pattern language: a SYNOPSIS line becomes the flat forms it stands for. Grammar and examples: docs/rules.md.
import { type SlotType, slotTypes } from './types.ts';

/** A piece of one argument: text to the letter, one of several texts, or a slot. */
export type Part = { literal: string } | { oneOf: readonly string[] } | { slot: SlotType };
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
  const tokens = tokenize(text);
  let forms: Arg[][] = [[]];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as string;
    if (token === ']') throw new PatternError('a "]" closes nothing');
    const end = token === '[' ? tokens.indexOf(']', at) : at;
    if (end < 0) throw new PatternError('a "[" is never closed');
    const choices = token === '[' ? [[], tokens.slice(at + 1, end).map(parseArg)] : expandRepeat(token, at, tokens);
    if (token === '[' && end === at + 1) throw new PatternError('"[]" holds nothing');
    forms = forms.flatMap(form => choices.map(choice => [...form, ...choice]));
    if (forms.length > maxForms) throw new PatternError(`it stands for more than ${maxForms} forms`);
    at = end;
  }
  for (const form of forms) for (let i = 1; i < form.length; i++) refuseOptionSlot(form[i] as Arg, form[i - 1] as Arg);
  return forms;
}

/** Parses one argument or one line of stdin. Throws PatternError. */
export function parseArg(token: string): Arg {
  const parts: Part[] = [];
  let literal = '';
  const flush = () => {
    if (literal !== '') parts.push({ literal });
    literal = '';
  };
  for (let at = 0; at < token.length; at++) {
    const close = token[at] === '<' ? '>' : token[at] === '(' ? ')' : undefined;
    if (close === undefined) {
      if ('>)|*?'.includes(token[at] as string))
        throw new PatternError(`"${token[at]}" means nothing in ${quoted(token)}`);
      literal += token[at];
      continue;
    }
    flush();
    const end = token.indexOf(close, at);
    if (end < 0) throw new PatternError(`a "${token[at]}" is never closed in ${quoted(token)}`);
    const inside = token.slice(at + 1, end);
    parts.push(close === '>' ? { slot: slotNamed(inside) } : { oneOf: choicesOf(inside) });
    at = end;
  }
  flush();
  if (parts.length === 0) parts.push({ literal: '' });
  for (let i = 0; i + 1 < parts.length; i++)
    refuseAmbiguity(parts[i] as Part, parts[i + 1] as Part, i + 2 === parts.length);
  return parts;
}

/** Tokens are split at blanks; a token in double quotes keeps its blanks; "[" and "]" stand alone, also when glued to a neighbour. */
function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const scanner = /\s+|"([^"]*)"(?=\s|\]|$)|([[\]])|([^\s"[\]]+)(?=[\s[\]]|$)/gy;
  while (scanner.lastIndex < text.length) {
    const from = scanner.lastIndex;
    const found = scanner.exec(text);
    if (!found) throw new PatternError(`cannot be read from ${quoted(text.slice(from, from + 20))} on`);
    const token = found[1] ?? found[2] ?? found[3];
    if (token !== undefined) tokens.push(token);
  }
  if (tokens.length === 0) throw new PatternError('it is empty');
  return tokens;
}

/** `<type>...8` as the last token stands for one to eight arguments. */
function expandRepeat(token: string, at: number, tokens: string[]): Arg[][] {
  const repeat = /^(<[^<>]+>)\.\.\.(\d*)$/.exec(token);
  if (!repeat) return [[parseArg(token)]];
  const most = Number(repeat[2]);
  if (at !== tokens.length - 1) throw new PatternError(`${quoted(token)} repeats, so it must be the last`);
  if (!(most >= 1 && most <= maxRepeat))
    throw new PatternError(`${quoted(token)} must state a maximum from 1 to ${maxRepeat}`);
  const arg = parseArg(repeat[1] as string);
  return Array.from({ length: most }, (_, n) => Array.from({ length: n + 1 }, () => arg));
}

function slotNamed(name: string): SlotType {
  const type = slotTypes.get(name);
  if (!type) throw new PatternError(`there is no type <${name}>`);
  return type;
}

function choicesOf(inside: string): string[] {
  const choices = inside.split('|');
  if (choices.length < 2 || choices.includes(''))
    throw new PatternError(`(${inside}) needs at least two choices, none empty`);
  for (const a of choices)
    for (const b of choices)
      if (a !== b && b.startsWith(a)) throw new PatternError(`in (${inside}) "${a}" is the beginning of "${b}"`);
  if (new Set(choices).size !== choices.length) throw new PatternError(`(${inside}) names a choice twice`);
  return choices;
}

/** Glued parts must split in one way only: after a slot comes a literal whose first character the slot can never hold. */
function refuseAmbiguity(left: Part, right: Part, rightIsLast: boolean): void {
  if (!('slot' in left)) return;
  if (!('literal' in right)) throw new PatternError(`<${left.slot.name}> must be followed by a literal`);
  if (rightIsLast) return;
  const first = right.literal[0] as string;
  if (!left.slot.never.includes(first))
    throw new PatternError(`<${left.slot.name}> could itself hold the "${first}" that ends it`);
}

/** Free text could pass for an option, unless a literal option stands right before it or a literal begins the argument. */
function refuseOptionSlot(arg: Arg, before: Arg): void {
  const first = arg[0] as Part;
  if (!('slot' in first) || !first.slot.freeText) return;
  const option =
    before.length === 1 && 'literal' in (before[0] as Part) ? (before[0] as { literal: string }).literal : '';
  if (!option.startsWith('-') || option === '--')
    throw new PatternError(`<${first.slot.name}> may begin with "-", so it can only stand after a literal option`);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
