// The closed table of slot types. Each is a named kind of value; types/ holds one file a subject, which exports nothing else.
import * as comment from './types/comment.ts';
import * as fullName from './types/full-name.ts';
import * as group from './types/group.ts';
import * as hostName from './types/host-name.ts';
import * as login from './types/login.ts';
import * as number from './types/number.ts';
import * as password from './types/password.ts';
import * as sshPublicKey from './types/ssh-public-key.ts';

export interface SlotType {
  name: string;
  /** Anchored; linear in its input: no quantifier inside a quantified group, no back-reference, no two ways to match one text. */
  pattern: RegExp;
  maxBytes: number;
  /** For people: completes "must be …". */
  about: string;
  example: string;
  /** Characters no value holds, so that a pattern may end a slot with them. */
  never: string;
  /** May begin with "-", so it stands only after a literal option, on stdin or in a file. */
  freeText?: true;
  /** Never shown, logged or recorded. */
  secret?: true;
  /** What a pattern cannot say of the value alone: why it is not one, or undefined. Pure. */
  fault?: (value: string) => string | undefined;
}

const subjects = [comment, fullName, group, hostName, login, number, password, sshPublicKey];

/** By name. */
export const slotTypes: ReadonlyMap<string, SlotType> = new Map(
  subjects.flatMap(types => Object.values<SlotType>(types)).map(type => [type.name, type]),
);

/** Why `value` is not of this type, as the end of "must be …", or undefined where it is one. */
export function faultOf(type: SlotType, value: string): string | undefined {
  if (Buffer.byteLength(value) > type.maxBytes) return `${type.about}, at most ${type.maxBytes} bytes`;
  if (!type.pattern.test(value)) return `${type.about}, such as ${type.example}`;
  return type.fault?.(value);
}
