// The trash of deleted users: home folder and keys move by rename to where only root reads them, and back. Nothing in a home is opened.
import fs from 'node:fs';
import { z } from 'zod';
import { parseJson } from '../../allowlist/json.ts';
import { Refused } from '../../allowlist/refused.ts';
import { type FilesDeps, wordsOf } from './deps.ts';
import { destroyFolder } from './destroy.ts';
import { forgetGenerations } from './generations.ts';
import { type Folder, openFolder, refusedFor, stateFolder, trustedUid } from './paths.ts';

const recordSchema = z.strictObject({
  login: z.string(),
  uid: z.int().nonnegative(),
  fullName: z.string(),
  shell: z.string(),
  at: z.string(),
  /** Whether a home folder and a file of keys came along. */
  home: z.boolean(),
  keys: z.boolean(),
  /** `emptying`: a part may be destroyed, so nothing of it is put back any more. */
  state: z.enum(['kept', 'emptying']),
});
type TrashRecord = z.infer<typeof recordSchema>;

export type Trashed = Pick<TrashRecord, 'login' | 'uid' | 'fullName' | 'at' | 'home'>;

export interface TrashedUser {
  login: string;
  uid: number;
  fullName: string;
  shell: string;
  home: string;
}

const places = { home: '/home', keys: '/etc/gatehouse/keys' } as const;
// Beside what it takes in: a rename moves a whole home at once, and works on one file system only.
const trashName = '.gatehouse-trash';

/** Moves a user's home and keys to the trash. The account stays. Ended half-way by a crash, it is completed when repeated. */
export async function trash(deps: FilesDeps, user: TrashedUser): Promise<Trashed | Refused> {
  const { login, uid, fullName, shell } = user;
  let outcome = `The home and the keys of ${login} were not moved`;
  try {
    if (user.home !== `/home/${login}`)
      return notNow(`${outcome}: the home of ${login} must be /home/${login}, and is ${user.home}.`);
    const trash = open(deps);
    if (trash instanceof Refused) return trash;
    using opened = trash;
    const earlier = readRecord(opened.records, login);
    if (earlier instanceof Refused) return earlier;
    if (earlier && (earlier.uid !== uid || earlier.state === 'emptying'))
      return notNow(`${outcome}: the trash still keeps an earlier ${login} with uid ${earlier.uid}; empty that first.`);
    const fault = faultIn(deps, opened, user);
    if (fault) return notNow(`${outcome}: ${fault}.`);

    const has = (kind: Place['kind']) =>
      opened.places.some(({ kind: at, live, aside }) => at === kind && !!(live.lstat(login) ?? aside.lstat(login)));
    const record: TrashRecord = {
      login,
      uid,
      fullName,
      shell,
      at: deps.now().toISOString(),
      home: has('home'),
      keys: has('keys'),
      state: 'kept',
    };
    writeRecord(opened.records, record);
    const failed = moveAll(
      opened.places.map(({ live, aside }) => ({ from: live, to: aside })),
      login,
    );
    if (!failed) return shown(record);
    outcome = `The home and the keys of ${login} were not moved: a step failed, and what was done is undone`;
    if (!earlier) opened.records.remove(`${login}.json`);
    return refusedFor(failed, outcome);
  } catch (error) {
    return refusedFor(error, `${outcome}, or only in part; repeat it when the cause is gone`);
  }
}

/** Makes a deleted user again, with the same uid, and moves home and keys back. An account that is still there keeps what it has. */
export async function untrash(deps: FilesDeps, login: string): Promise<(Trashed & { made: boolean }) | Refused> {
  let outcome = `${login} was not put back`;
  try {
    const trash = open(deps);
    if (trash instanceof Refused) return trash;
    using opened = trash;
    const record = readRecord(opened.records, login) ?? notNow(`${outcome}: no user of that name is in the trash.`);
    if (record instanceof Refused) return record;
    if (record.state === 'emptying')
      return notNow(`${outcome}: the trash of ${login} is half destroyed; empty it to the end.`);
    const account = await accountOf(deps, login);
    if (account instanceof Refused) return account;
    if (account && account.uid !== record.uid)
      return notNow(`${outcome}: another account with uid ${account.uid} has that name now.`);
    const holder = await accountOf(deps, String(record.uid));
    if (holder instanceof Refused) return holder;
    if (holder && holder.login !== login)
      return notNow(`${outcome}: the account ${holder.login} has its uid ${record.uid} now.`);
    const fault = faultIn(deps, opened, record);
    if (fault) return notNow(`${outcome}: ${fault}.`);

    if (!account) {
      const { uid, shell, fullName } = record;
      const made = await deps.run([
        '/usr/sbin/useradd',
        '-M',
        '-u',
        String(uid),
        '-g',
        'users',
        '-s',
        shell,
        '-c',
        fullName,
        login,
      ]);
      if (made.code !== 0)
        return new Refused('failed', `${outcome}, and its home stays in the trash: useradd failed (${wordsOf(made)}).`);
      outcome = `The account ${login} was made again, but not all came back from the trash`;
    }
    const failed = moveAll(
      opened.places.map(({ live, aside }) => ({ from: aside, to: live })),
      login,
    );
    if (failed) return await undone(deps, login, !account, failed);
    opened.records.remove(`${login}.json`);
    return { ...shown(record), made: !account };
  } catch (error) {
    return refusedFor(error, `${outcome}; repeat it when the cause is gone`);
  }
}

/** Destroys what the trash keeps of a deleted user. `say` is told how far it came, a line at a time. */
export async function empty(
  deps: FilesDeps,
  login: string,
  say: (line: string) => unknown,
  cancelled?: AbortSignal,
): Promise<{ login: string; destroyed: number } | Refused> {
  const outcome = `The trash of ${login} was not emptied`;
  try {
    const trash = open(deps);
    if (trash instanceof Refused) return trash;
    using opened = trash;
    const record = readRecord(opened.records, login) ?? notNow(`${outcome}: no user of that name is in the trash.`);
    if (record instanceof Refused) return record;
    const account = await accountOf(deps, login);
    if (account instanceof Refused) return account;
    if (account?.uid === record.uid)
      return notNow(`${outcome}: the account is still there; delete it or put the user back.`);
    writeRecord(opened.records, { ...record, state: 'emptying' });
    let destroyed = 0;
    for (const { kind, live, aside } of opened.places) {
      if (kind === 'home') {
        const count = await destroyFolder(aside, login, done => say(`${done} entries destroyed\n`), cancelled);
        if (count instanceof Refused) return count;
        destroyed = count;
      } else {
        aside.remove(login);
        if (!live.lstat(login)) forgetGenerations(deps.stateDir, `${places.keys}/${login}`);
      }
    }
    opened.records.remove(`${login}.json`);
    return { login, destroyed };
  } catch (error) {
    return refusedFor(error, `${outcome}, or only in part; repeat it when the cause is gone`);
  }
}

/** Who is in the trash, by login. A record that cannot be read is left out; the verbs say what is wrong with it. */
export function trashed(deps: FilesDeps): Trashed[] {
  const opened = stateFolder(deps.stateDir, 'trash');
  if (opened instanceof Refused) return [];
  using records = opened;
  const logins = records.names().flatMap(name => /^([^.]+)\.json$/.exec(name)?.[1] ?? []);
  return logins.sort().flatMap(login => {
    const record = readRecord(records, login);
    return record && !(record instanceof Refused) ? shown(record) : [];
  });
}

interface Place {
  kind: keyof typeof places;
  live: Folder;
  aside: Folder;
}

interface Opened extends Disposable {
  records: Folder;
  places: Place[];
}

function open(deps: FilesDeps): Opened | Refused {
  using stack = new DisposableStack();
  const records = stateFolder(deps.stateDir, 'trash');
  if (records instanceof Refused) return records;
  stack.use(records);
  const found: Place[] = [];
  for (const kind of ['home', 'keys'] as const) {
    const path = places[kind];
    if (kind === 'keys' && !fs.existsSync(deps.host.root + path)) continue;
    const live = openFolder(deps.host.root, path, trustedUid(deps.host));
    if (live instanceof Refused) return live;
    stack.use(live);
    const aside = live.own(trashName);
    if (aside instanceof Refused) return aside;
    found.push({ kind, live, aside: stack.use(aside) });
  }
  const kept = stack.move();
  return { records, places: found, [Symbol.dispose]: () => kept.dispose() };
}

/** What of the user lies where it must not be moved from or over. */
function faultIn(
  deps: FilesDeps,
  { places: all }: Opened,
  { login, uid }: { login: string; uid: number },
): string | undefined {
  for (const { kind, live, aside } of all) {
    const path = `${places[kind]}/${login}`;
    const entry = live.lstat(login);
    if (!entry) continue;
    if (aside.lstat(login)) return `${path} is there and in the trash as well; move the one there away`;
    if (kind === 'keys' && !entry.isFile()) return `${path} is not a plain file`;
    if (kind === 'keys') continue;
    if (!entry.isDirectory()) return `${path} is a link or not a folder`;
    if (entry.dev !== fs.fstatSync(live.fd).dev) return `${path} is a mount point; unmount it first`;
    if (trustedUid(deps.host) !== undefined && entry.uid !== uid)
      return `${path} belongs to uid ${entry.uid} and not to ${uid}`;
  }
  return undefined;
}

/** Moves what is there. Where one move fails, those before are taken back and the error is given. */
function moveAll(moves: readonly { from: Folder; to: Folder }[], login: string): unknown {
  const done: (typeof moves)[number][] = [];
  try {
    for (const move of moves) {
      if (!move.from.lstat(login)) continue;
      move.from.move(login, move.to);
      done.push(move);
    }
    return undefined;
  } catch (error) {
    for (const { from, to } of done.reverse()) to.move(login, from);
    return error;
  }
}

async function undone(deps: FilesDeps, login: string, made: boolean, cause: unknown): Promise<Refused> {
  const removed = made ? await deps.run(['/usr/sbin/userdel', login]) : undefined;
  const account =
    removed &&
    (removed.code === 0
      ? ', and the account was removed again'
      : `, but the account could not be removed again (${wordsOf(removed)})`);
  return refusedFor(
    cause,
    `${login} was not put back: a step failed, what had moved is in the trash as before${account ?? ''}`,
  );
}

/** The account with this login or uid, by the host's own word. */
async function accountOf(deps: FilesDeps, key: string): Promise<{ login: string; uid: number } | undefined | Refused> {
  const ran = await deps.run(['/usr/bin/getent', 'passwd', key]);
  if (ran.code === 2) return undefined;
  const [login, , uid] = ran.stdout.split(':');
  if (ran.code === 0 && login && uid && /^[0-9]+$/.test(uid)) return { login, uid: Number(uid) };
  return new Refused(
    'failed',
    `The host did not say whether the account ${key} exists (${wordsOf(ran)}); nothing was changed.`,
  );
}

function readRecord(records: Folder, login: string): TrashRecord | undefined | Refused {
  const file = records.read(`${login}.json`, `The trash record of ${login}`);
  if (!file || file instanceof Refused) return file;
  try {
    const record = recordSchema.parse(parseJson(file.bytes.toString()));
    if (record.login === login) return record;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
  }
  return new Refused(
    'failed',
    `The trash record of ${login} is damaged, so nothing was changed; restore trash/${login}.json in the agent's state.`,
  );
}

function writeRecord(records: Folder, record: TrashRecord): void {
  records.replace(`${record.login}.json`, Buffer.from(`${JSON.stringify(record)}\n`));
}

function shown({ login, uid, fullName, at, home }: TrashRecord): Trashed {
  return { login, uid, fullName, at, home };
}

function notNow(message: string): Refused {
  return new Refused('not-permitted-now', message);
}
