// getopt(3) for short options: glued or separate values, options after operands, `--`, and the messages of glibc.
export interface Options {
  /** In the order given; an option without a value has ''. */
  given: [letter: string, value: string][];
  operands: string[];
  /** The sentence of glibc where an option is wrong; parsing ended there. */
  error: string | null;
  has(letter: string): boolean;
  /** The last value given, as most tools take it. */
  value(letter: string): string | undefined;
}

/** `spec` as in getopt: each letter, with `:` after those that take a value. */
export function getopt(spec: string, path: string, args: readonly string[]): Options {
  const given: [string, string][] = [];
  const operands: string[] = [];
  const options = (error: string | null): Options => ({
    given,
    operands,
    error: error === null ? null : `${path}: ${error}`,
    has: letter => given.some(([each]) => each === letter),
    value: letter => given.findLast(([each]) => each === letter)?.[1],
  });
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (arg.startsWith('--')) return options(`unrecognized option '${arg}'`);
    if (!arg.startsWith('-') || arg === '-') {
      operands.push(arg);
      continue;
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg[at]!;
      const found = letter === ':' ? -1 : spec.indexOf(letter);
      if (found < 0) return options(`invalid option -- '${letter}'`);
      if (spec[found + 1] !== ':') {
        given.push([letter, '']);
        continue;
      }
      const value = at + 1 < arg.length ? arg.slice(at + 1) : args[++i];
      if (value === undefined) return options(`option requires an argument -- '${letter}'`);
      given.push([letter, value]);
      break;
    }
  }
  return options(null);
}
