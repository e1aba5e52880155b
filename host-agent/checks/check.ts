// Asks the host whether the values of a request's slots may be used now. One function a type; each gives a sentence or nothing.
import type { Match } from '../../allowlist/match.ts';
import type { Host } from '../host.ts';
import type { Registry } from '../registry.ts';
import { emptyGroup } from './empty-group.ts';
import type { Facts } from './facts.ts';
import { group } from './group.ts';
import { hostAccount } from './host-account.ts';
import { hostName } from './host-name.ts';
import { leavingUser } from './leaving-user.ts';
import { newGroup } from './new-group.ts';
import { newLogin } from './new-login.ts';
import { nextGid } from './next-gid.ts';
import { nextUid } from './next-uid.ts';
import { sambaUser } from './samba-user.ts';
import { shadowStates } from './shadow.ts';
import { trashedUser } from './trashed-user.ts';
import { user } from './user.ts';

export interface Asking {
  host: Host;
  facts: Facts;
  registry: Registry;
  /** Logins whose home lies in the trash, with their uid. */
  trashed(): ReadonlyMap<string, number>;
}

/** Why this value may not be used now, as a sentence; undefined where it may. */
export type Check = (value: string, asking: Asking) => Promise<string | undefined>;

const checks: Readonly<Record<string, Check>> = {
  group,
  user,
  'empty-group': emptyGroup,
  'host-account': hostAccount,
  'host-name': hostName,
  'leaving-user': leavingUser,
  'new-group': newGroup,
  'new-login': newLogin,
  'next-gid': nextGid,
  'next-uid': nextUid,
  'samba-user': sambaUser,
  'trashed-user': trashedUser,
};

/** Whether some value is one that the host is asked about. */
export function asksHost({ slots }: Match): boolean {
  return slots.some(({ type }) => Object.hasOwn(checks, type.name));
}

/** All that is unmet, in the order of the slots. */
export async function unmetOf(match: Match, asking: Asking): Promise<string[]> {
  const unmet: string[] = [];
  for (const { type, value } of match.slots) {
    const sentence = Object.hasOwn(checks, type.name) ? await checks[type.name]?.(value, asking) : undefined;
    if (sentence !== undefined) unmet.push(sentence);
  }
  const self = match.rule.confirm === 'self' ? userOf(match) : undefined;
  // PAM would stop them after the password was found right; here nobody but us does.
  const shut = self !== undefined && shadowStates(asking.host.root)(self);
  if (shut && (shut.expired || (shut.locked && shut.hasPassword)))
    unmet.push(`${self} is locked out, and changes nothing until let in again.`);
  return unmet;
}

/** The user of Gatehouse that a request is about. */
export function userOf({ slots }: Match): string | undefined {
  return slots.find(({ type }) => ['user', 'samba-user', 'leaving-user'].includes(type.name))?.value;
}
