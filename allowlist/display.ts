// A request as one line for people. For eyes only: nothing is ever run from it.
import { quote } from 'shell-quote';
import type { Match } from './match.ts';
import { matchArg } from './match-arg.ts';
import type { Arg } from './pattern.ts';

/** The argv quoted as a shell would want it, and what goes to stdin with secrets as •••. */
export function displayOf({ argv, rule }: Match, stdin: string | undefined): string {
  const [program = '', ...args] = argv;
  const command = [program, ...(args.length > 0 ? [quote(args)] : [])].join(' ');
  if (stdin === undefined || !rule.stdin) return command;
  const lines = stdin.split('\n');
  return `${command}   ← ${rule.stdin.map((pattern, i) => displayLine(pattern, lines[i] ?? '')).join(' ⏎ ')}`;
}

function displayLine(pattern: Arg, line: string): string {
  const slots = matchArg(pattern, line) ?? [];
  const texts = pattern.map(part => {
    if ('oneOf' in part) return part.oneOf.length === 1 ? part.oneOf[0] : '•••';
    const slot = slots.shift();
    return slot && !slot.type.secret ? slot.value : '•••';
  });
  return texts.join('');
}
