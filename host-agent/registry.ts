// What the agent remembers of the users it made: the next uid, and which login has which. Durable before it counts.
import { z } from 'zod';
import { inStateFolder } from './confirmation/state-folder.ts';

const schema = z.strictObject({
  /** Counts up only: a uid is never used twice. */
  nextUid: z.number().int().min(1000).max(60_000),
  users: z.record(z.string(), z.number().int()),
  /** Being made: settled when the command ends, or at the next start. */
  pending: z.record(z.string(), z.number().int()),
});

const fileName = 'users.json';
export const uidRange = { first: 1000, last: 59_999 } as const;

export class Registry {
  readonly #stateDir: string;
  readonly #keeps: boolean;
  #kept: z.infer<typeof schema>;

  /** `keeps`: what changes is written. Only the serving agent may; another process would write over what it counts. */
  constructor(stateDir: string, keeps: boolean, usedUids: () => Iterable<number>) {
    this.#stateDir = stateDir;
    this.#keeps = keeps;
    const kept = this.#read();
    this.#kept = kept ?? { nextUid: afterAll(usedUids()), users: {}, pending: {} };
    if (!kept) this.#keep(this.#kept);
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
    if (uid > this.#kept.nextUid) this.#keep({ ...this.#kept, nextUid: uid });
  }

  /** Uses up the uid, before the account is made. settle() then finds out how that went. */
  begin(login: string, uid: number): void {
    const { users, pending } = this.#kept;
    this.#keep({ users, nextUid: Math.max(this.#kept.nextUid, uid + 1), pending: { ...pending, [login]: uid } });
  }

  /** What was being made belongs to Gatehouse if it is there with its uid, whatever the tool said. Also after a crash. */
  async settle(uidOnHost: (login: string) => Promise<number | undefined>): Promise<void> {
    for (const [login, uid] of Object.entries(this.#kept.pending)) {
      const made = (await uidOnHost(login)) === uid;
      const { [login]: _, ...pending } = this.#kept.pending;
      this.#keep({ ...this.#kept, pending, users: made ? { ...this.#kept.users, [login]: uid } : this.#kept.users });
    }
  }

  #read(): z.infer<typeof schema> | undefined {
    const text = inStateFolder(this.#stateDir, folder => folder.read(fileName));
    try {
      return text === null ? undefined : schema.parse(JSON.parse(text));
    } catch (cause) {
      throw new Error(
        `${this.#stateDir}/${fileName} cannot be read; bring it back from a backup, for it says which users Gatehouse made`,
        { cause },
      );
    }
  }

  #keep(next: z.infer<typeof schema>): void {
    this.#kept = next;
    if (this.#keeps) inStateFolder(this.#stateDir, folder => folder.write(fileName, JSON.stringify(next)));
  }
}

function afterAll(uids: Iterable<number>): number {
  return (
    1 +
    [...uids]
      .filter(uid => uid >= uidRange.first && uid <= uidRange.last)
      .reduce((a, b) => Math.max(a, b), uidRange.first - 1)
  );
}
