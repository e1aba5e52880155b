// The decision: which rule, if any, allows this request by its shape. Compares whole arguments and denies by default.
import type { Rule } from './load.ts';
import { describeArg, matchArg, type Slot } from './match-arg.ts';
import { type Arg, type Form, parseArg } from './pattern.ts';
import { Refused } from './refused.ts';
import { type Command, limits } from './wire.ts';

/** A request that a rule allows by its shape. Whether the host allows it now is asked later. */
export interface Match {
  rule: Rule;
  cmd: string;
  /** What is run, recorded and shown: an absolute program or a verb, then the arguments as they came. */
  argv: readonly string[];
  /** The values of all slots, those of stdin included, in order. */
  slots: readonly Slot[];
}

export interface Matcher {
  rules: readonly Rule[];
  match(command: Command): Match | Refused;
}

interface Candidate {
  rule: Rule;
  form: Form;
}

/** Makes the matcher of a set of loaded rules. A file that a rule writes also answers to @restore and @generations. */
export function matcherOf(rules: readonly Rule[]): Matcher {
  const byCommand = new Map<string, Candidate[]>();
  const add = (cmd: string, rule: Rule, ...forms: Form[]) =>
    byCommand.set(cmd, [...(byCommand.get(cmd) ?? []), ...forms.map(form => ({ rule, form }))]);
  for (const rule of rules.filter(({ off }) => !off)) {
    add(rule.cmd, rule, ...rule.forms);
    if (!rule.write) continue;
    add('@restore', rule, ...rule.forms.map(form => [...form, parseArg('<generation>')]));
    add('@generations', { ...rule, reads: true, confirm: 'none', danger: null }, ...rule.forms);
  }
  return { rules, match: command => decide(byCommand.get(command.cmd), command) };
}

function decide(candidates: readonly Candidate[] | undefined, { cmd, args, stdin }: Command): Match | Refused {
  if (!candidates) return notAllowed(`No rule allows the program ${shown(cmd)}.`);
  const tried = candidates
    .filter(({ form }) => form.length === args.length)
    .map(({ rule, form }) => {
      const found = form.map((arg, i) => matchArg(arg, args[i] as string));
      return { rule, form, found, faultAt: found.indexOf(undefined) };
    });
  const [only, second] = tried.filter(({ faultAt }) => faultAt < 0);
  if (second) return notAllowed(`Two rules match, ${only?.rule.id} and ${second.rule.id}; neither is taken.`);
  if (only) {
    const { rule, found } = only;
    const given = cmd === '@write' ? contentSlots(rule, stdin) : stdinSlots(rule, stdin);
    if (given instanceof Refused) return given;
    return {
      rule,
      cmd,
      argv: [rule.program ?? cmd, ...args],
      slots: [...found.flatMap(slots => slots ?? []), ...given],
    };
  }
  const [nearest] = tried.sort((a, b) => b.faultAt - a.faultAt);
  if (nearest) {
    const { form, faultAt: at } = nearest;
    const expected = describeArg(form[at] as Arg);
    return notAllowed(`Argument ${at + 1} of ${cmd}, ${shown(args[at] as string)}, must be ${expected}.`);
  }
  const lengths = [...new Set(candidates.map(({ form }) => form.length))].sort((a, b) => a - b).join(' or ');
  return notAllowed(`${cmd} has ${args.length} arguments here; a rule allows it with exactly ${lengths}.`);
}

/** stdin is given in whole lines, each ending in exactly one LF, as many as the rule has patterns. */
function stdinSlots({ id, stdin: patterns }: Rule, stdin: string | undefined): Slot[] | Refused {
  if (!patterns) return stdin === undefined ? [] : notAllowed(`${id} takes no stdin.`);
  const lines = stdin?.split('\n');
  if (lines?.pop() !== '' || lines.length !== patterns.length)
    return notAllowed(`stdin of ${id} must be exactly ${patterns.length} line(s), each ending in one line feed.`);
  return slotsOfLines(lines, i => patterns.slice(i, i + 1), 'stdin');
}

/** The content of a file: any number of lines, each matching one of the rule's patterns. */
function contentSlots({ write }: Rule, content: string | undefined): Slot[] | Refused {
  const lines = content?.split('\n');
  if (lines?.pop() !== '')
    return notAllowed('stdin must be the whole content of the file: empty, or ending in a line feed.');
  if (lines.length > limits.fileLines) return notAllowed(`A file holds at most ${limits.fileLines} lines.`);
  return slotsOfLines(lines, () => write?.lines ?? [], 'line');
}

/** Also asked before a kept generation is put back: does every line still match the rule? */
export function contentFault(rule: Rule, content: string): Refused | undefined {
  const slots = contentSlots(rule, content);
  return slots instanceof Refused ? slots : undefined;
}

function slotsOfLines(lines: string[], patternsOf: (i: number) => readonly Arg[], what: string): Slot[] | Refused {
  const slots: Slot[] = [];
  for (const [i, line] of lines.entries()) {
    const patterns = patternsOf(i);
    const found = patterns.map(pattern => matchArg(pattern, line)).find(match => match !== undefined);
    if (!found) return notAllowed(`${what} ${i + 1} must be ${patterns.map(describeArg).join(', or ')}.`);
    slots.push(...found);
  }
  return slots;
}

/** A caller's text inside a sentence: cut, and without a character that could mislead a reader. */
export function shown(text: string): string {
  return visible(JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text));
}

/** Whole, without a character that a terminal would obey, or that is not seen or hides what stands beside it. */
export function visible(text: string): string {
  const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;
  return text.replace(unseen, char => `\\u${char.codePointAt(0)?.toString(16).padStart(4, '0')}`);
}

function notAllowed(message: string): Refused {
  return new Refused('not-allowed', message);
}
