// What the agent remembers of the users it made: the next uid, and which login has which. Durable before it counts.
import { z } from 'zod';
import { type StateFile, stateFile } from './state-file.ts';

const schema = z.strictObject({
  /** Counts up only: a uid is never used twice. */
  nextUid: z.number().int().min(1000).max(60_000),
  users: z.record(z.string(), z.number().int()),
  /** Being made: settled when the command ends, or at the next start. */
  pending: z.record(z.string(), z.number().int()),
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
    this.#kept = kept ?? { nextUid: afterAll(usedUids()), users: {}, pending: {} };
    if (!kept) this.#keep({});
  }

  get nextUid(): number {
    return this.#kept.nextUid;
  }

  /** The uid that this login was made with, here. */
  uidOf(login: string): number | undefined {
    return Object.hasOwn(this.#kept.users, login) ? this.#kept.users[login] : undefined;
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

  /** What was being made belongs to Gatehouse if it is there with its uid, whatever the tool said. Also after a crash. */
  async settle(uidOnHost: (login: string) => Promise<number | undefined>): Promise<void> {
    for (const [login, uid] of Object.entries(this.#kept.pending)) {
      const made = (await uidOnHost(login)) === uid;
      const { [login]: _, ...pending } = this.#kept.pending;
      this.#keep({ pending, ...(made && { users: { ...this.#kept.users, [login]: uid } }) });
    }
  }

  #keep(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change };
    if (this.#keeps) this.#file.write(this.#kept);
  }
}

function afterAll(uids: Iterable<number>): number {
  const inRange = [...uids].filter(uid => uid >= uidRange.first && uid <= uidRange.last);
  return 1 + inRange.reduce((a, b) => Math.max(a, b), uidRange.first - 1);
}
