// What a simulated program is: a function from a call to what it prints and its exit code; its effects are in the tree.
import type { Behaviour } from './behaviour.ts';
import type { Options } from './getopt.ts';
import type { Tree } from './tree.ts';

export interface Call {
  /** argv[0], which many tools print before their errors. */
  path: string;
  args: readonly string[];
  stdin: string;
  tree: Tree;
  behaviour: Behaviour;
}

export interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

export type Program = (call: Call) => Output;

export function succeed(stdout = '', stderr = ''): Output {
  return { code: 0, stdout, stderr };
}

/** `message` is one or more lines without the last LF. */
export function fail(code: number, message = '', stdout = ''): Output {
  return { code, stdout, stderr: message === '' ? '' : message + '\n' };
}

/** How a tool answers wrong options or operands: what glibc says of them, if anything, and its usage. */
export function misuse(code: number, { error }: Options, usage: string): Output {
  return fail(code, error ? `${error}\n${usage}` : usage);
}

export function lines(texts: readonly string[]): string {
  return texts.map(text => text + '\n').join('');
}
