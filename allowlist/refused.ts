// A refusal as a value: the closed list of problems, and one sentence for people.
export const problems = [
  'bad-request',
  'not-allowed',
  'not-permitted-now',
  'needs-confirmation',
  'busy',
  'timed-out',
  'too-much-output',
  'cancelled',
  'audit-unavailable',
  'not-installed',
  'failed',
] as const;
export type Problem = (typeof problems)[number];

/** What is answered in place of a result. `message` names the argument at fault and what would be allowed; it never holds a secret. */
export class Refused {
  readonly problem: Problem;
  readonly message: string;

  constructor(problem: Problem, message: string) {
    this.problem = problem;
    this.message = message;
  }
}
