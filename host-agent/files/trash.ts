// The trash of deleted users: home folder and keys move by rename to where only root reads them, and back. Nothing in a home is opened.
import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { Refused } from '../../allowlist/refused.ts';
import { type Folder, openFolder } from '../folder.ts';
import { stateFile } from '../state-file.ts';
import { refusedFor, stop } from '../stop.ts';
import { type FilesDeps, wordsOf } from './deps.ts';
import { destroyFolder } from './destroy.ts';
import { Generations } from './generations.ts';

const recordSchema = z.strictObject({
  login: z.string(),
  uid: z.int().nonnegative(),
  fullName: z.string(),
  shell: z.string(),
  at: z.string(),
  /** Whether a home folder came along. */
  home: z.boolean(),
  /** A part may be destroyed, so nothing of it is put back any more. */
  emptying: z.boolean(),
});
export type Trashed = z.infer<typeof recordSchema>;

/** A user as passwd tells it. */
export type TrashUser = Pick<Trashed, 'login' | 'uid' | 'fullName' | 'shell'> & { home: string };

const paths = { home: '/home', keys: '/etc/gatehouse/keys' } as const;
// Beside what it takes in: a rename moves a whole home at once, and works on one file system only.
const trashName = '.gatehouse-trash';

/** Moves a user's home and keys to the trash. The account stays. After a crash it is completed when repeated. */
export function trash(deps: FilesDeps, user: TrashUser): Promise<Trashed | Refused> {
  const { login, uid, fullName, shell } = user;
  return inTrash(deps, login, async (places, earlier) => {
    if (user.home !== `/home/${login}`)
      stop(`The home of ${login} must be /home/${login}, and is ${user.home}; it was not moved.`);
    if (earlier && (earlier.uid !== uid || earlier.emptying))
      stop(`The trash still keeps an earlier ${login} with uid ${earlier.uid}; empty that first. Nothing was moved.`);
    refuseStrange(deps, places, user);
    const [{ live, aside }] = places;
    const home = (live.lstat(login) ?? aside.lstat(login)) !== undefined;
    const record = { login, uid, fullName, shell, at: deps.now().toISOString(), home, emptying: false };
    keep(deps, login, record);
    try {
      moveAll(places, login, 'live', 'aside');
      return record;
    } catch (error) {
      moveAll(places, login, 'aside', 'live');
      keep(deps, login);
      return refusedFor(error, `Home and keys of ${login} are where they were, since they could not be moved`);
    }
  });
}

/** Makes a deleted user again, with the same uid, and moves home and keys back; an account that is still there is left as it is. */
export function untrash(deps: FilesDeps, login: string): Promise<(Trashed & { made: boolean }) | Refused> {
  return inTrash(deps, login, async (places, kept) => {
    const record = kept ?? stop(`No user ${login} is in the trash.`);
    const { uid, shell, fullName } = record;
    if (record.emptying) stop(`The trash of ${login} is half destroyed and gives nothing back; empty it to the end.`);
    const account = (await accountOf(deps, login)) ?? (await accountOf(deps, String(uid)));
    if (account && (account.login !== login || account.uid !== uid))
      stop(`${login} with uid ${uid} was not put back: there is a ${account.login} with uid ${account.uid} now.`);
    refuseStrange(deps, places, record);
    if (!account) {
      const options = ['-M', '-u', String(uid), '-g', 'users', '-s', shell, '-c', fullName];
      const made = await deps.run(['/usr/sbin/useradd', ...options, login]);
      if (made.code !== 0)
        stop(`${login} was not put back and stays in the trash: useradd failed (${wordsOf(made)}).`, 'failed');
    }
    moveAll(places, login, 'aside', 'live');
    keep(deps, login);
    return { ...record, made: !account };
  });
}

/** Destroys what the trash keeps of a deleted user. `say` is told now and then how far it came. After a crash or `cancelled` it goes on when repeated. */
export function empty(
  deps: FilesDeps,
  login: string,
  say: (line: string) => unknown,
  cancelled?: AbortSignal,
): Promise<{ login: string; destroyed: number } | Refused> {
  return inTrash(deps, login, async ([home, keys], kept) => {
    const record = kept ?? stop(`No user ${login} is in the trash.`);
    if ((await accountOf(deps, login))?.uid === record.uid)
      stop(`The trash of ${login} was not emptied: the account is still there. Delete it, or put the user back.`);
    keep(deps, login, { ...record, emptying: true });
    const destroyed = await destroyFolder(home.aside, login, done => say(`${done} entries destroyed\n`), cancelled);
    keys?.aside.remove(login);
    if (!keys?.live.lstat(login)) new Generations(deps.stateDir, `${paths.keys}/${login}`).forget();
    keep(deps, login);
    return { login, destroyed };
  });
}

/** Who is in the trash. */
export function trashed(deps: FilesDeps): Trashed[] {
  return recordsOf(deps).read() ?? [];
}

/** Where something of a user lies, and the trash for it. */
type Place = Record<'live' | 'aside', Folder>;
type Places = readonly [home: Place, keys?: Place];

/** Opens the trash and finds what it says of one user; a system error on the way becomes a refusal. */
async function inTrash<T>(
  deps: FilesDeps,
  login: string,
  use: (places: Places, record: Trashed | undefined) => Promise<T | Refused>,
): Promise<T | Refused> {
  try {
    using opened = new DisposableStack();
    const place = (path: string): Place => {
      const live = opened.use(openFolder(deps.host, path));
      return { live, aside: opened.use(live.own(trashName)) };
    };
    const record = trashed(deps).find(one => one.login === login);
    const home = place(paths.home);
    return await use(existsSync(deps.host.root + paths.keys) ? [home, place(paths.keys)] : [home], record);
  } catch (error) {
    return refusedFor(error, `What was asked for ${login} is not done, or not all; repeat it when the cause is gone`);
  }
}

/** Stops where something of the user is not what may be moved, or lies where it would be moved over. */
function refuseStrange({ host }: FilesDeps, places: Places, { login, uid }: { login: string; uid: number }): void {
  for (const { live, aside } of places.filter(place => place !== undefined)) {
    const entry = live.lstat(login);
    if (!entry) continue;
    const refuse = (fault: string) => stop(`${live.shown}/${login} ${fault}; nothing was moved.`);
    if (aside.lstat(login)) refuse('is there and in the trash as well');
    const isHome = live.shown === paths.home;
    if (isHome ? !entry.isDirectory() : !entry.isFile()) refuse('is a link, or not what it should be');
    // Simulated homes may be owned by whoever runs the simulation.
    if (isHome && host.mode === 'real' && entry.uid !== uid) refuse(`belongs to uid ${entry.uid} and not to ${uid}`);
  }
}

/** Moves what is not there yet: after a failure again, or back. */
function moveAll(places: Places, login: string, from: keyof Place, to: keyof Place): void {
  for (const place of places) if (place?.[from].lstat(login)) place[from].move(login, place[to]);
}

/** The account with this login or uid, by the host's own word. */
async function accountOf(deps: FilesDeps, key: string): Promise<{ login: string; uid: number } | undefined> {
  const ran = await deps.run(['/usr/bin/getent', 'passwd', key]);
  if (ran.code === 2) return undefined;
  if (ran.code !== 0)
    stop(`The host did not say whether there is an account ${key} (${wordsOf(ran)}); nothing was changed.`, 'failed');
  const [login = '', , uid] = ran.stdout.split(':');
  return { login, uid: Number(uid) };
}

function recordsOf({ stateDir }: FilesDeps) {
  return stateFile(stateDir, 'trash.json', z.array(recordSchema), 'bring it back from a backup');
}

/** Replaces what is said of one user, or says nothing more. */
function keep(deps: FilesDeps, login: string, record?: Trashed): void {
  const others = trashed(deps).filter(one => one.login !== login);
  recordsOf(deps).write(record ? [...others, record] : others);
}
