// The trash of deleted users: home folder and keys move by rename to where only root reads them, and back. Nothing in a home is opened.
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { parseJson } from '../../allowlist/json.ts';
import type { Refused } from '../../allowlist/refused.ts';
import { type FilesDeps, wordsOf } from './deps.ts';
import { destroyFolder } from './destroy.ts';
import { openGenerations } from './generations.ts';
import { type Folder, openFolder, stateFolder, trustedUid } from './paths.ts';
import { refusedFor, stop } from './stop.ts';

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

/** A user as passwd tells it. */
export type TrashUser = Pick<TrashRecord, 'login' | 'uid' | 'fullName' | 'shell'> & { home: string };

const paths = { home: '/home', keys: '/etc/gatehouse/keys' } as const;
// Beside what it takes in: a rename moves a whole home at once, and works on one file system only.
const trashName = '.gatehouse-trash';

/** Moves a user's home and keys to the trash. The account stays. After a crash it is completed when repeated. */
export function trash(deps: FilesDeps, user: TrashUser): Promise<Trashed | Refused> {
  return inTrash(deps, user.login, async ({ records, record: earlier, places }) => {
    const { login, uid, fullName, shell, home } = user;
    if (home !== `/home/${login}`)
      stop(`The home of ${login} must be /home/${login}, and is ${home}; it was not moved.`);
    if (earlier && (earlier.uid !== uid || earlier.state === 'emptying'))
      stop(`The trash still keeps an earlier ${login} with uid ${earlier.uid}; empty that first. Nothing was moved.`);
    refuseStrange(deps, places, user);
    const has = (kind: Place['kind']) =>
      places.some(place => place.kind === kind && (place.live.lstat(login) ?? place.aside.lstat(login)) !== undefined);
    const at = deps.now().toISOString();
    const record = { login, uid, fullName, shell, at, home: has('home'), keys: has('keys'), state: 'kept' } as const;
    writeRecord(records, record);
    const failure = moveAll(
      places.map(({ live, aside }) => [live, aside]),
      login,
    );
    if (!failure) return shown(record);
    if (!earlier) records.remove(`${login}.json`);
    return refusedFor(
      failure.error,
      `Home and keys of ${login} are where they were, since they could not be moved to the trash`,
    );
  });
}

/** Makes a deleted user again, with the same uid, and moves home and keys back; an account that is still there is left as it is. */
export function untrash(deps: FilesDeps, login: string): Promise<(Trashed & { made: boolean }) | Refused> {
  return inTrash(deps, login, async trash => {
    const { records, places } = trash;
    const record = recordIn(trash, login);
    const { uid, shell, fullName } = record;
    if (record.state === 'emptying')
      stop(`The trash of ${login} is half destroyed and gives nothing back; empty it to the end.`);
    const account = (await accountOf(deps, login)) ?? (await accountOf(deps, String(uid)));
    if (account && (account.login !== login || account.uid !== uid))
      stop(`${login} with uid ${uid} was not put back: there is a ${account.login} with uid ${account.uid} now.`);
    refuseStrange(deps, places, record);
    if (!account) {
      const made = await deps.run([
        '/usr/sbin/useradd',
        '-M',
        '-u',
        `${uid}`,
        '-g',
        'users',
        '-s',
        shell,
        '-c',
        fullName,
        login,
      ]);
      if (made.code !== 0)
        stop(`${login} was not put back and stays in the trash: useradd failed (${wordsOf(made)}).`, 'failed');
    }
    const failure = moveAll(
      places.map(({ live, aside }) => [aside, live]),
      login,
    );
    if (failure) {
      const removed = account ? undefined : await deps.run(['/usr/sbin/userdel', login]);
      const again = !removed
        ? ''
        : removed.code === 0
          ? ', its account removed again'
          : `, but its account remains (${wordsOf(removed)})`;
      return refusedFor(failure.error, `${login} was not put back: home and keys are in the trash as before${again}`);
    }
    records.remove(`${login}.json`);
    return { ...shown(record), made: !account };
  });
}

/** Destroys what the trash keeps of a deleted user. `say` is told now and then how far it came. After a crash or `cancelled` it goes on when repeated. */
export function empty(
  deps: FilesDeps,
  login: string,
  say: (line: string) => unknown,
  cancelled?: AbortSignal,
): Promise<{ login: string; destroyed: number } | Refused> {
  return inTrash(deps, login, async trash => {
    const { records, places } = trash;
    const record = recordIn(trash, login);
    if ((await accountOf(deps, login))?.uid === record.uid)
      stop(`The trash of ${login} was not emptied: the account is still there. Delete it, or put the user back.`);
    writeRecord(records, { ...record, state: 'emptying' });
    let destroyed = 0;
    for (const { kind, live, aside } of places) {
      if (kind === 'home')
        destroyed = await destroyFolder(aside, login, done => say(`${done} entries destroyed\n`), cancelled);
      else {
        aside.remove(login);
        using generations = openGenerations(deps.stateDir, `${paths.keys}/${login}`, false);
        if (!live.lstat(login)) generations.forget();
      }
    }
    records.remove(`${login}.json`);
    return { login, destroyed };
  });
}

/** Who is in the trash, by login. A damaged record is left out; the verbs refuse that user. */
export function trashed(deps: FilesDeps): Trashed[] {
  using records = stateFolder(deps.stateDir, 'trash');
  const logins = records.names().flatMap(name => /^([^.]+)\.json$/.exec(name)?.[1] ?? []);
  return logins.sort().flatMap(login => {
    const record = readRecord(records, login);
    return record && record !== 'damaged' ? shown(record) : [];
  });
}

/** Where something of a user lies, and the trash for it. */
interface Place {
  kind: keyof typeof paths;
  live: Folder;
  aside: Folder;
}

interface Trash {
  records: Folder;
  record: TrashRecord | undefined;
  places: readonly Place[];
}

/** Opens the trash and what it says of one user; a system error on the way becomes a refusal. */
async function inTrash<T>(
  deps: FilesDeps,
  login: string,
  use: (trash: Trash) => Promise<T | Refused>,
): Promise<T | Refused> {
  try {
    using opened = new DisposableStack();
    const records = opened.use(stateFolder(deps.stateDir, 'trash'));
    const record = readRecord(records, login);
    if (record === 'damaged')
      stop(`The record trash/${login}.json of the agent is damaged; nothing was changed.`, 'failed');
    const places = (['home', 'keys'] as const)
      .filter(kind => kind === 'home' || existsSync(deps.host.root + paths.keys))
      .map(kind => {
        const live = opened.use(openFolder(deps.host.root, paths[kind], trustedUid(deps.host)));
        return { kind, live, aside: opened.use(live.own(trashName)) };
      });
    return await use({ records, record, places });
  } catch (error) {
    return refusedFor(
      error,
      `What was asked for ${login} is not done, or only in part; repeat it when the cause is gone`,
    );
  }
}

/** Stops where something of the user is not what may be moved, or lies where it would be moved over. */
function refuseStrange(
  deps: FilesDeps,
  places: readonly Place[],
  { login, uid }: { login: string; uid: number },
): void {
  for (const { kind, live, aside } of places) {
    const path = `${paths[kind]}/${login}`;
    const entry = live.lstat(login);
    if (!entry) continue;
    const refuse = (fault: string) => stop(`${path} ${fault}; nothing was moved.`);
    if (aside.lstat(login)) refuse('is there and in the trash as well');
    if (kind === 'keys' ? !entry.isFile() : !entry.isDirectory()) refuse('is a link, or not what it should be');
    // Simulated homes may be owned by whoever runs the simulation.
    if (kind === 'home' && trustedUid(deps.host) === 0 && entry.uid !== uid)
      refuse(`belongs to uid ${entry.uid} and not to ${uid}`);
  }
}

/** Moves what is there. Where one move fails, those before are taken back. */
function moveAll(
  moves: readonly (readonly [from: Folder, to: Folder])[],
  login: string,
): { error: unknown } | undefined {
  const done: (typeof moves)[number][] = [];
  try {
    for (const [from, to] of moves) {
      if (!from.lstat(login)) continue;
      done.push([from, to]);
      from.move(login, to);
    }
    return undefined;
  } catch (error) {
    // The last may have failed before its rename or after it.
    for (const [from, to] of done.reverse()) if (to.lstat(login)) to.move(login, from);
    return { error };
  }
}

/** The account with this login or uid, by the host's own word. */
async function accountOf(deps: FilesDeps, key: string): Promise<{ login: string; uid: number } | undefined> {
  const ran = await deps.run(['/usr/bin/getent', 'passwd', key]);
  if (ran.code === 2) return undefined;
  const [login, , uid] = ran.stdout.split(':');
  if (ran.code === 0 && login && uid && /^[0-9]+$/.test(uid)) return { login, uid: Number(uid) };
  return stop(
    `The host did not say whether there is an account ${key} (${wordsOf(ran)}); nothing was changed.`,
    'failed',
  );
}

function recordIn({ record }: Trash, login: string): TrashRecord {
  return record ?? stop(`No user ${login} is in the trash.`);
}

function readRecord(records: Folder, login: string): TrashRecord | undefined | 'damaged' {
  const file = records.read(`${login}.json`, `The trash record of ${login}`);
  if (!file) return undefined;
  try {
    const record = recordSchema.parse(parseJson(file.bytes.toString()));
    return record.login === login ? record : 'damaged';
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return 'damaged';
    throw error;
  }
}

/** A crash leaves the record before or this one. */
function writeRecord(records: Folder, record: TrashRecord): void {
  records.remove('.new');
  records.create('.new', Buffer.from(`${JSON.stringify(record)}\n`));
  records.move('.new', records, `${record.login}.json`);
}

function shown({ login, uid, fullName, at, home }: TrashRecord): Trashed {
  return { login, uid, fullName, at, home };
}
