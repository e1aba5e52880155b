// What was so of a user when a change was planned, and will be so after it: drift is found by these.
import type { Change, Fact, Subject } from '../changes/change.ts';

export const subject = (name: string): Subject => ({ kind: 'user', name });

export function turning(
  login: string,
  what: Fact['what'],
  was: string,
  becomes: string,
): Pick<Change, 'touches' | 'expects' | 'leaves'> {
  const fact = (value: string): Fact => ({ subject: subject(login), what, value });
  return { touches: [subject(login)], expects: [fact(was)], leaves: [fact(becomes)] };
}
