// The trash of deleted users: home folder and key files move by rename to where only root reads them, and back. Nothing in a home is opened.
import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { Refused } from '../../allowlist/refused.ts';
import { type Folder, openFolder } from '../folder.ts';
import { wordsOf } from '../run.ts';
import { stateFile } from '../state-file.ts';
import { refusedFor, stop } from '../stop.ts';
import type { FilesDeps } from './deps.ts';
import { destroyFolder } from './destroy.ts';
import { Generations } from './generations.ts';
import { keyFilesOf, keyFolders } from './key-files.ts';

const homes = '/home';
// Beside what it takes in: a rename moves a whole home at once, and works on one file system only.
const trashName = '.gatehouse-trash';

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
type User = Pick<Trashed, 'login' | 'uid' | 'fullName' | 'shell'> & { home: string };

/** Moves a user's home and keys to the trash. The account stays. After a crash it is completed when repeated. */
export function trash(deps: FilesDeps, user: User): Promise<Trashed | Refused> {
  const { login, uid, fullName, shell } = user;
  return inTrash(deps, login, async ({ live, aside }, earlier) => {
    if (user.home !== `${homes}/${login}`)
      stop(`The home of ${login} must be ${homes}/${login}, and is ${user.home}; it was not moved.`);
    if (earlier && (earlier.uid !== uid || earlier.emptying))
      stop(`The trash still keeps an earlier ${login} with uid ${earlier.uid}; empty that first. Nothing was moved.`);
    refuseStrange(deps, { live, aside }, user);
    const home = [live, aside].some(([folder]) => folder?.lstat(login));
    const record = { login, uid, fullName, shell, at: deps.now().toISOString(), home, emptying: false };
    keep(deps, login, record);
    try {
      move(login, live, aside);
      return record;
    } catch (error) {
      move(login, aside, live);
      keep(deps, login);
      return refusedFor(error, `Home and keys of ${login} are where they were, since they could not be moved`);
    }
  });
}

/** Makes a deleted user again, with the same uid, and moves home and keys back; an account that is still there is left as it is. */
export function untrash(deps: FilesDeps, login: string): Promise<(Trashed & { made: boolean }) | Refused> {
  return inTrash(deps, login, async (folders, kept) => {
    const record = kept ?? stop(`No user ${login} is in the trash.`);
    const { uid, shell, fullName } = record;
    if (record.emptying) stop(`The trash of ${login} is half destroyed and gives nothing back; empty it to the end.`);
    const account = (await accountOf(deps, login)) ?? (await accountOf(deps, String(uid)));
    if (account && (account.login !== login || account.uid !== uid))
      stop(`${login} with uid ${uid} was not put back: there is a ${account.login} with uid ${account.uid} now.`);
    refuseStrange(deps, folders, record);
    if (!account) {
      const options = ['-M', '-u', String(uid), '-g', 'users', '-s', shell, '-c', fullName];
      const made = await deps.run(['/usr/sbin/useradd', ...options, login]);
      if (made.code !== 0)
        stop(`${login} was not put back and stays in the trash: useradd failed (${wordsOf(made)}).`, 'failed');
    }
    move(login, folders.aside, folders.live);
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
  return inTrash(deps, login, async ({ aside: [home, ...keys] }, kept) => {
    const record = kept ?? stop(`No user ${login} is in the trash.`);
    if ((await accountOf(deps, login))?.uid === record.uid)
      stop(`The trash of ${login} was not emptied: the account is still there. Delete it, or put the user back.`);
    keep(deps, login, { ...record, emptying: true });
    const destroyed = await destroyFolder(home!, login, done => say(`${done} entries destroyed\n`), cancelled);
    for (const folder of keys) folder.remove(login);
    for (const path of keyFilesOf(login))
      if (!existsSync(deps.host.root + path)) new Generations(deps.stateDir, path).forget();
    keep(deps, login);
    return { login, destroyed };
  });
}

/** Who is in the trash. */
export function trashed(deps: FilesDeps): Trashed[] {
  return records(deps).read() ?? [];
}

/** The folders where something of a user lies, first that of the homes, and in the same order the trash in each. */
type Folders = Record<'live' | 'aside', Folder[]>;

/** Opens the trash and finds what it says of one user; a system error on the way becomes a refusal. */
async function inTrash<T>(
  deps: FilesDeps,
  login: string,
  use: (folders: Folders, record: Trashed | undefined) => Promise<T | Refused>,
): Promise<T | Refused> {
  try {
    using opened = new DisposableStack();
    const paths = [homes, ...keyFolders.filter(path => existsSync(deps.host.root + path))];
    const live = paths.map(path => opened.use(openFolder(deps.host, path)));
    const aside = live.map(folder => opened.use(folder.own(trashName)));
    const record = trashed(deps).find(one => one.login === login);
    return await use({ live, aside }, record);
  } catch (error) {
    return refusedFor(error, `What was asked for ${login} is not done, or not all; repeat it when the cause is gone`);
  }
}

/** Stops where something of the user is not what may be moved, or lies where it would be moved over. */
function refuseStrange({ host }: FilesDeps, { live, aside }: Folders, { login, uid }: Pick<User, 'login' | 'uid'>) {
  for (const [i, folder] of live.entries()) {
    const entry = folder.lstat(login);
    if (!entry) continue;
    const refuse = (fault: string) => stop(`${folder.shown}/${login} ${fault}; nothing was moved.`);
    if (aside[i]?.lstat(login)) refuse('is there and in the trash as well');
    const isHome = folder.shown === homes;
    if (isHome ? !entry.isDirectory() : !entry.isFile()) refuse('is a link, or not what it should be');
    // Simulated homes may be owned by whoever runs the simulation.
    if (isHome && host.mode === 'real' && entry.uid !== uid) refuse(`belongs to uid ${entry.uid} and not to ${uid}`);
  }
}

/** Moves what is not there yet: after a failure again, or back. */
function move(login: string, from: readonly Folder[], to: readonly Folder[]): void {
  for (const [i, folder] of from.entries()) if (folder.lstat(login)) folder.move(login, to[i]!);
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

const records = ({ stateDir }: FilesDeps) =>
  stateFile(stateDir, 'trash.json', z.array(recordSchema), 'bring it back from a backup');

/** Replaces what is said of one user, or says nothing more. */
function keep(deps: FilesDeps, login: string, ...record: Trashed[]): void {
  const others = trashed(deps).filter(one => one.login !== login);
  records(deps).write([...others, ...record]);
}
