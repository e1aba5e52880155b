// What a change was planned for, held against the host as it is now: what differs was changed by another hand.
import type { Reader } from '../agent/reader.ts';
import { generationsSchema, hostSchema, usersSchema } from '../agent/results.ts';
import type { Fact } from './change.ts';

export interface Drift extends Fact {
  /** undefined: the subject is not there any more. */
  now: string | undefined;
}

/** Nothing is said of what the host does not tell now. */
export async function driftOf(reader: Reader, facts: readonly Fact[]): Promise<Drift[]> {
  const told = await Promise.all(
    facts.map(async fact => {
      const now = await askFor(reader, fact);
      return now === 'not told' || now.value === fact.value ? [] : [{ ...fact, now: now.value }];
    }),
  );
  return told.flat();
}

type Told = { value: string | undefined } | 'not told';

async function askFor(reader: Reader, { subject: { name }, what }: Fact): Promise<Told> {
  if (what === 'keys') {
    const file = { cmd: '@generations', args: [`/etc/gatehouse/keys/${name}`] };
    const { value, stale } = await reader.read(file, generationsSchema);
    return stale || !value ? 'not told' : { value: value.content ?? '' };
  }
  if (what === 'hostName') {
    const { value, stale } = await reader.read({ cmd: '@host', args: [] }, hostSchema);
    return stale || !value ? 'not told' : { value: value.hostname };
  }
  const { value, stale } = await reader.read({ cmd: '@users', args: [] }, usersSchema);
  if (stale || !value) return 'not told';
  const user = value.users.find(({ login }) => login === name);
  if (!user) return { value: undefined };
  if (what === 'groups') return { value: user.groups.toSorted().join(', ') };
  if (what === 'locked') return user.expired === null ? 'not told' : { value: user.expired ? 'yes' : 'no' };
  return { value: user[what] };
}
