// The agent cannot be reached: a value, never an exception, never an endless wait.

/** `unreachable`: nothing was sent. `lost`, `silent`: the request had left and may have run; the audit log knows. */
export type How = 'unreachable' | 'lost' | 'silent';

export class AgentAway {
  readonly event = 'away';
  readonly how: How;
  /** One short phrase for logs and pages. */
  readonly why: string;

  constructor(how: How, why: string) {
    this.how = how;
    this.why = why;
  }
}
