// The decision: which rule, if any, allows this request by its shape. Compares whole arguments and denies by default.
import { describeArg, matchArg, type Slot } from './match-arg.ts';
import { type Arg, type Form, parseArg, parsePattern } from './pattern.ts';
import { tellingVerbs } from './programs.ts';
import { Refused } from './refused.ts';
import type { Rule, WriteVerb } from './rule.ts';
import type { Command } from './wire.ts';

/** A request that a rule allows by its shape. Whether the host allows it now is asked later. */
export interface Match {
  rule: Rule;
  cmd: string;
  /** What is run, recorded and shown: an absolute program or a verb, then the arguments as they came. */
  argv: readonly string[];
  /** The values of all slots, those of stdin included, in order. */
  slots: readonly Slot[];
  write?: WriteVerb;
}

interface Entry {
  rule: Rule;
  args: readonly Arg[];
  write?: WriteVerb;
}

export interface Matcher {
  rules: readonly Rule[];
  match(command: Command): Match | Refused;
}

/** Makes the matcher of a set of loaded rules. */
export function matcherOf(rules: readonly Rule[]): Matcher {
  const entries = new Map<string, Entry[]>();
  const add = (cmd: string, entry: Entry) => entries.set(cmd, [...(entries.get(cmd) ?? []), entry]);
  for (const rule of rules) {
    if (rule.off) continue;
    for (const args of rule.forms) add(rule.cmd, rule.write ? { rule, args, write: '@write' } : { rule, args });
    if (!rule.write) continue;
    const reading: Rule = { ...rule, reads: true, confirm: 'none', danger: null };
    add('@restore', { rule, args: [rule.write.file, parseArg('<generation>')], write: '@restore' });
    add('@generations', { rule: reading, args: [rule.write.file], write: '@generations' });
  }
  for (const pattern of tellingVerbs) {
    const cmd = pattern.split(' ', 1)[0] as string;
    add(cmd, { rule: tellingRule(cmd, pattern), args: (parsePattern(pattern)[0] as Form).slice(1) });
  }
  return { rules, match: command => decide(entries.get(command.cmd), command) };
}

function decide(entries: readonly Entry[] | undefined, command: Command): Match | Refused {
  if (!entries) return new Refused('not-allowed', `No rule allows the program ${shown(command.cmd)}.`);
  const matches = entries.flatMap(entry => slotsOf(entry, command.args) ?? []);
  const [found, second] = matches;
  if (!found) return nearest(entries, command);
  if (second)
    return new Refused(
      'not-allowed',
      `Two rules match, ${found.entry.rule.id} and ${second.entry.rule.id}; neither is taken.`,
    );
  const { rule, write } = found.entry;
  const lines = write === '@write' ? contentSlots(rule, command.stdin) : stdinSlots(rule, write, command.stdin);
  if (lines instanceof Refused) return lines;
  return {
    rule,
    cmd: command.cmd,
    argv: [rule.program ?? command.cmd, ...command.args],
    slots: [...found.slots, ...lines],
    ...(write ? { write } : {}),
  };
}

function slotsOf(entry: Entry, args: readonly string[]): { entry: Entry; slots: Slot[] }[] | undefined {
  if (entry.args.length !== args.length) return undefined;
  const slots: Slot[] = [];
  for (let i = 0; i < args.length; i++) {
    const found = matchArg(entry.args[i] as Arg, args[i] as string);
    if (!found) return undefined;
    slots.push(...found);
  }
  return [{ entry, slots }];
}

/** stdin is given in whole lines, each ending in exactly one LF, as many as the rule has patterns. */
function stdinSlots(rule: Rule, write: WriteVerb | undefined, stdin: string | undefined): Slot[] | Refused {
  if (write || !rule.stdin) return stdin === undefined ? [] : new Refused('not-allowed', `${rule.id} takes no stdin.`);
  const lines = stdin?.split('\n');
  if (lines?.pop() !== '' || lines.length !== rule.stdin.length)
    return new Refused(
      'not-allowed',
      `stdin of ${rule.id} must be exactly ${rule.stdin.length} line(s), each ending in one line feed.`,
    );
  return slotsOfLines(lines, i => [rule.stdin?.[i] as Arg], 'stdin');
}

/** The content of a file: any number of lines, each matching one of the rule's patterns. */
function contentSlots(rule: Rule, content: string | undefined): Slot[] | Refused {
  if (content === undefined) return new Refused('not-allowed', `@write takes the whole content of the file on stdin.`);
  const lines = content.split('\n');
  if (lines.pop() !== '') return new Refused('not-allowed', 'The content must end in a line feed, or be empty.');
  return slotsOfLines(lines, () => rule.write?.lines ?? [], 'line');
}

/** Also used before a kept generation is put back: does every line still match the rule? */
export function contentFault(rule: Rule, content: string): Refused | undefined {
  const slots = contentSlots(rule, content);
  return slots instanceof Refused ? slots : undefined;
}

function slotsOfLines(
  lines: readonly string[],
  patternsOf: (i: number) => readonly Arg[],
  what: string,
): Slot[] | Refused {
  const slots: Slot[] = [];
  for (const [i, line] of lines.entries()) {
    const found = patternsOf(i)
      .map(pattern => matchArg(pattern, line))
      .find(match => match !== undefined);
    if (!found)
      return new Refused('not-allowed', `${what} ${i + 1} must be ${patternsOf(i).map(describeArg).join(', or ')}.`);
    slots.push(...found);
  }
  return slots;
}

/** Names the argument at fault, in the form of the right length that fits furthest. */
function nearest(entries: readonly Entry[], { cmd, args }: Command): Refused {
  let best: { at: number; arg: Arg } | undefined;
  for (const entry of entries.filter(candidate => candidate.args.length === args.length)) {
    const at = entry.args.findIndex((arg, i) => matchArg(arg, args[i] as string) === undefined);
    if (!best || at > best.at) best = { at, arg: entry.args[at] as Arg };
  }
  if (best)
    return new Refused(
      'not-allowed',
      `Argument ${best.at + 1} of ${cmd}, ${shown(args[best.at] as string)}, must be ${describeArg(best.arg)}.`,
    );
  const lengths = [...new Set(entries.map(entry => entry.args.length))].sort((a, b) => a - b).join(' or ');
  return new Refused(
    'not-allowed',
    `${cmd} has ${args.length} arguments here; a rule allows it with exactly ${lengths}.`,
  );
}

/** A caller's text inside a sentence: cut, and without a character that could mislead a reader. */
export function shown(text: string): string {
  const cut = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(cut).replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    char => `\\u${(char.codePointAt(0) as number).toString(16).padStart(4, '0')}`,
  );
}

function tellingRule(cmd: string, pattern: string): Rule {
  const none = {
    danger: null,
    undo: null,
    off: false,
    file: '',
    line: 0,
    env: {},
    cancels: false,
    confirm: 'none',
  } as const;
  return {
    ...none,
    id: cmd,
    why: 'what the agent tells of itself',
    pattern,
    cmd,
    forms: [],
    reads: true,
    deadlineMs: 0,
    outputBytes: 0,
    lock: '',
    by: 'shipped',
  };
}
