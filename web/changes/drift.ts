// What a change was planned for, held against the host as it is now: what differs was changed by another hand.
import type { Reader } from '../agent/reader.ts';
import { generationsSchema, type HostUsers, hostSchema, usersSchema } from '../agent/results.ts';
import type { Change, Fact, HostCommand } from './change.ts';

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

/**
 * A login may be given again, a uid never is. So a change that can be taken back, and what takes one back, is bound to the users who have its
 * logins now, in the trash too.
 */
export async function boundToUids(reader: Reader, change: Change): Promise<Change> {
  const { touches, inverse, expects = [], leaves = [] } = change;
  const users = touches.filter(({ kind }) => kind === 'user');
  if (!inverse || users.length === 0) return change;
  const { value, stale } = await reader.read({ cmd: '@users', args: [] }, usersSchema);
  if (stale || !value) return change;
  const facts = users.flatMap((subject): Fact[] => {
    const uid = uidOf(value, subject.name);
    return uid === undefined ? [] : [{ subject, what: 'uid', value: String(uid) }];
  });
  return { ...change, expects: [...facts, ...expects], leaves: [...facts, ...leaves] };
}

function uidOf({ users, trash }: HostUsers, name: string): number | undefined {
  return [...users, ...trash].find(({ login }) => login === name)?.uid;
}

/** A step of a way back, for the host as it is now: what came into a file since stays in it. */
export async function asNow(reader: Reader, { edit, ...step }: HostCommand): Promise<HostCommand> {
  if (!edit) return step;
  const { value, stale } = await reader.read({ cmd: '@generations', args: step.args }, generationsSchema);
  if (stale || !value) return step;
  const content = value.content ?? '';
  if ('out' in edit) return { ...step, stdin: content.replace(edit.out, '') };
  return { ...step, stdin: content.includes(edit.back) ? content : content + edit.back };
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
  if (what === 'uid') {
    const uid = uidOf(value, name);
    return uid === undefined ? 'not told' : { value: String(uid) };
  }
  const user = value.users.find(({ login }) => login === name);
  if (!user) return { value: undefined };
  if (what === 'groups') return { value: user.groups.toSorted().join(', ') };
  if (what === 'locked') return user.expired === null ? 'not told' : { value: user.expired ? 'yes' : 'no' };
  return { value: user[what] };
}
