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
  return pattern
    .map(part => {
      if ('literal' in part) return part.literal;
      const slot = 'slot' in part ? slots.shift() : undefined;
      return slot && !slot.type.secret ? slot.value : '•••';
    })
    .join('');
}
