// What the agent remembers of the users and groups it made: the next number, and which name has which. Durable before it counts.
import { z } from 'zod';
import { type StateFile, stateFile } from './state-file.ts';

const numbers = z.record(z.string(), z.int());
const schema = z.strictObject({
  /** Counts up only: a number is never used twice, neither for users nor for groups. */
  nextUid: z.number().int().min(1000).max(60_000),
  users: numbers,
  groups: numbers.default({}),
  /** Being made: settled when the command ends, or at the next start. */
  pending: numbers,
  pendingGroups: numbers.default({}),
});
type Kept = z.infer<typeof schema>;

const advice = 'bring it back from a backup, for it says which users Gatehouse made';

export const uidRange = { first: 1000, last: 59_999 } as const;

export class Registry {
  readonly #file: StateFile<Kept>;
  readonly #keeps: boolean;
  #kept: Kept;

  /** `keeps`: what changes is written. Only the serving agent may; another process would write over what it counts. */
  constructor(stateDir: string, keeps: boolean, usedUids: () => Iterable<number>) {
    this.#file = stateFile(stateDir, 'users.json', schema, advice);
    this.#keeps = keeps;
    const kept = this.#file.read();
    this.#kept = kept ?? { nextUid: afterAll(usedUids()), users: {}, groups: {}, pending: {}, pendingGroups: {} };
    if (!kept) this.#keep({});
  }

  get nextUid(): number {
    return this.#kept.nextUid;
  }

  /** The uid that this login was made with, here. */
  uidOf(login: string): number | undefined {
    return Object.hasOwn(this.#kept.users, login) ? this.#kept.users[login] : undefined;
  }

  /** The number that this group was made with, here. */
  gidOf(group: string): number | undefined {
    return Object.hasOwn(this.#kept.groups, group) ? this.#kept.groups[group] : undefined;
  }

  /** Passes over uids that somebody else has taken meanwhile. */
  skipTo(uid: number): void {
    if (uid > this.nextUid) this.#keep({ nextUid: uid });
  }

  /** An account that another hand made is Gatehouse's from now on; the owner said so at the host's terminal. */
  adopt(login: string, uid: number): void {
    this.#keep({ users: { ...this.#kept.users, [login]: uid }, nextUid: Math.max(this.nextUid, uid + 1) });
  }

  /** Nothing of this user is left: whoever has this login next is somebody else. */
  forget(login: string): void {
    const { [login]: _, ...users } = this.#kept.users;
    this.#keep({ users });
  }

  /** Uses up the uid, before the account is made. settle() then finds out how that went. */
  begin(login: string, uid: number): void {
    this.#keep({ nextUid: Math.max(this.nextUid, uid + 1), pending: { ...this.#kept.pending, [login]: uid } });
  }

  beginGroup(group: string, gid: number): void {
    const pendingGroups = { ...this.#kept.pendingGroups, [group]: gid };
    this.#keep({ nextUid: Math.max(this.nextUid, gid + 1), pendingGroups });
  }

  /** What was being made belongs to Gatehouse if it is there with its number, whatever the tool said. Also after a crash. */
  async settle(uidOnHost: NumberOf, gidOnHost: NumberOf = async () => undefined): Promise<void> {
    for (const [login, uid] of Object.entries(this.#kept.pending)) {
      const made = (await uidOnHost(login)) === uid;
      const { [login]: _, ...pending } = this.#kept.pending;
      this.#keep({ pending, ...(made && { users: { ...this.#kept.users, [login]: uid } }) });
    }
    for (const [group, gid] of Object.entries(this.#kept.pendingGroups)) {
      const made = (await gidOnHost(group)) === gid;
      const { [group]: _, ...pendingGroups } = this.#kept.pendingGroups;
      this.#keep({ pendingGroups, ...(made && { groups: { ...this.#kept.groups, [group]: gid } }) });
    }
  }

  #keep(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change };
    if (this.#keeps) this.#file.write(this.#kept);
  }
}

type NumberOf = (name: string) => Promise<number | undefined>;

function afterAll(uids: Iterable<number>): number {
  const inRange = [...uids].filter(uid => uid >= uidRange.first && uid <= uidRange.last);
  return 1 + inRange.reduce((a, b) => Math.max(a, b), uidRange.first - 1);
}
