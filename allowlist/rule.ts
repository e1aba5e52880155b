// What a loaded rule is. Fields and their meaning: contract §3, docs/rules.md.
import type { Arg, Form } from './pattern.ts';
import type { ConfirmLevel } from './wire.ts';

export interface Rule {
  id: string;
  /** For people: what it allows. */
  why: string;
  /** The pattern as written. */
  pattern: string;
  /** The command name a request uses: a program's bare name or a verb. */
  cmd: string;
  /** Absolute path of the program; undefined for verbs and files. */
  program?: string;
  forms: readonly Form[];
  /** The lines of stdin, each by its pattern, in order; undefined where the rule takes no stdin. */
  stdin?: readonly Arg[];
  /** A file that is wholly ours. */
  write?: WriteRule;
  confirm: ConfirmLevel;
  danger: string | null;
  /** Id of the rule that takes it back. */
  undo: string | null;
  /** Changes nothing: not locked, and cancelled with its connection. */
  reads: boolean;
  cancels: boolean;
  deadlineMs: number;
  outputBytes: number;
  env: Readonly<Record<string, string>>;
  /** Requests of rules with the same lock run one after the other. */
  lock: string;
  off: boolean;
  /** Where it stands, and whether the owner of the host changed it. */
  file: string;
  line: number;
  by: 'shipped' | 'owner';
}

export interface WriteRule {
  file: Arg;
  /** Each line of the content matches one of these. */
  lines: readonly Arg[];
  mode: number;
  owner: string;
  secret: boolean;
  /** Run on the staged copy, whose path stands for `<staged>`; its exit status and stderr decide. */
  check: readonly string[] | null;
  /** Run after the file is in place. */
  then: readonly string[] | null;
}

/** Verbs that every write rule answers to. */
export type WriteVerb = '@write' | '@restore' | '@generations';
