// Writes a file that is wholly ours and that a rule names: checked before it is in place, put back where what follows fails (contract §3).
import fs from 'node:fs';
import { basename, dirname } from 'node:path';
import { Refused } from '../../allowlist/refused.ts';
import { type FilesDeps, type Ran, wordsOf } from './deps.ts';
import { unifiedDiff } from './diff.ts';
import { type Generation, type Generations, openGenerations, sha256Of } from './generations.ts';
import { type Folder, maxFileBytes, openFolder, type Plain, refusedFor, trustedUid } from './paths.ts';

export interface WriteTarget {
  /** On the host, its slots filled. */
  path: string;
  mode: number;
  /** root's where it says none. A process without root leaves owners alone. */
  owner?: { uid: number; gid: number };
  secret: boolean;
  /** `<staged>` in it stands for the path of the staged copy. */
  check?: readonly string[] | null;
  then?: readonly string[] | null;
}

/** `takeOver`: what another hand wrote may be replaced; it is kept as a generation first. */
export interface WriteOptions {
  takeOver?: true;
}

export interface WritePlan {
  /** Absent where the file is secret. */
  diff?: string;
  /** Why it would be refused now. */
  unmet: string[];
}

export interface Written {
  generation: number;
  /** False where the file was as asked already; then nothing was run either. */
  changed: boolean;
  then?: Ran;
}

const stagingName = '.gatehouse-staged';

/** What a write would change. Changes and starts nothing, so `check` has no say in it. */
export function planWrite(
  deps: FilesDeps,
  target: WriteTarget,
  content: string,
  options: WriteOptions = {},
): WritePlan {
  const found = look(deps, target);
  const isPlace = !(found instanceof Refused);
  using place = isPlace ? found : undefined;
  const unmet = [
    tooLong(target, content),
    place && !options.takeOver ? place.foreign : undefined,
    isPlace ? undefined : found,
  ];
  const messages = unmet.flatMap(refused => refused?.message ?? []);
  return target.secret
    ? { unmet: messages }
    : { diff: unifiedDiff(target.path, place?.before?.bytes.toString(), content), unmet: messages };
}

/**
 * Writes the file. The caller holds its lock. A crash at any moment leaves the old content or the new, whole, and the next write
 * works. Another hand is known by the content alone: mode and owner are the rule's to set, and a file that is gone is no loss.
 */
export async function runWrite(
  deps: FilesDeps,
  target: WriteTarget,
  content: string,
  options: WriteOptions = {},
): Promise<Written | Refused> {
  const found = tooLong(target, content) ?? look(deps, target);
  if (found instanceof Refused) return found;
  using place = found;
  const { folder, generations, before, foreign } = place;
  if (foreign && !options.takeOver) return foreign;
  const bytes = Buffer.from(content);
  const name = basename(target.path);
  const saved = `${name}~old`;
  let outcome = `${target.path} was not changed`;
  try {
    const sha256 = sha256Of(bytes);
    const interrupted = generations.settle(before && sha256Of(before.bytes));
    const newest = generations.list().at(-1);
    if (!interrupted && newest?.sha256 === sha256 && before?.bytes.equals(bytes) && isAsRuled(before.stats, target))
      return { generation: newest.generation, changed: false };

    const opened = folder.own(stagingName);
    if (opened instanceof Refused) return opened;
    using staging = opened;
    try {
      for (const left of [name, saved]) staging.remove(left);
      staging.create(name, bytes, target.mode, ownerOf(target));
      const faulty = await check(deps, target);
      if (faulty) return faulty;
      // A second name for the old file puts it back as it was, with no need for room; it also shows what the check's time brought.
      if (before) fs.linkSync(folder.at(name), staging.at(saved));
      const now = before ? staging.read(saved, target.path) : folder.read(name, target.path);
      if (now instanceof Refused) return now;
      if (now ? !before?.bytes.equals(now.bytes) : before)
        return new Refused(
          'not-permitted-now',
          `${outcome}: another hand changed it at this moment; look at it and try again.`,
        );

      if (before && !generations.wrote(sha256Of(before.bytes))) {
        generations.keep(before.bytes, deps.now());
        generations.settle(sha256Of(before.bytes));
      }
      const generation = generations.keep(bytes, deps.now());
      fs.renameSync(staging.at(name), folder.at(name));
      outcome = `${target.path} holds the new content, but what should follow was not done`;
      folder.sync();
      const then = target.then ? await deps.run(target.then) : undefined;
      if (then && then.code !== 0) {
        outcome = `${target.path} holds the new content, what should follow failed, and the old content could not be put back`;
        if (before) staging.move(saved, folder, name);
        else folder.remove(name);
        outcome = `${target.path} was put back as it was`;
        generations.settle(before && sha256Of(before.bytes));
        return bothOutcomes(target, before !== undefined, then, await deps.run(target.then!));
      }
      generations.settle(sha256);
      return { generation, changed: true, ...(then && { then }) };
    } finally {
      for (const left of [name, saved]) staging.remove(left);
      folder.removeFolder(stagingName);
    }
  } catch (error) {
    return refusedFor(error, outcome);
  }
}

/** The content of a kept generation, to be planned or written like any other. What the rule refuses today stays out. */
export function restorable(
  deps: FilesDeps,
  target: WriteTarget,
  generation: number,
  validate: (content: string) => Refused | undefined,
): string | Refused {
  try {
    const opened = openGenerations(deps.stateDir, target.path);
    if (opened instanceof Refused) return opened;
    using kept = opened;
    const content = kept.read(generation);
    return content instanceof Refused ? content : (validate(content) ?? content);
  } catch (error) {
    return refusedFor(error, `Generation ${generation} of ${target.path} was not put back`);
  }
}

/** What is kept of a file, oldest first, and what it holds now. Of a secret file neither content nor hash: a short secret could be guessed from it. */
export function listGenerations(
  deps: FilesDeps,
  target: WriteTarget,
): { file: string; content?: string; generations: (Omit<Generation, 'sha256'> & { sha256?: string })[] } | Refused {
  const found = look(deps, target);
  if (found instanceof Refused) return found;
  using place = found;
  const kept = place.generations
    .list()
    .map(({ generation, at, sha256, bytes }) => ({ generation, at, bytes, ...(!target.secret && { sha256 }) }));
  const content = !target.secret && place.before ? { content: place.before.bytes.toString() } : {};
  return { file: target.path, ...content, generations: kept };
}

/** Where a file of ours lies: its folder, what is kept of it, what it holds now, and why not to touch that. */
interface Place extends Disposable {
  folder: Folder;
  generations: Generations;
  before: Plain | undefined;
  foreign: Refused | undefined;
}

function look(deps: FilesDeps, target: WriteTarget): Place | Refused {
  using opened = new DisposableStack();
  try {
    const folder = openFolder(deps.host.root, dirname(target.path), trustedUid(deps.host));
    if (folder instanceof Refused) return folder;
    opened.use(folder);
    const generations = openGenerations(deps.stateDir, target.path);
    if (generations instanceof Refused) return generations;
    opened.use(generations);
    const before = folder.read(basename(target.path), target.path);
    if (before instanceof Refused) return before;
    const foreign =
      before && !generations.wrote(sha256Of(before.bytes)) ? otherHand(target, generations, before) : undefined;
    const kept = opened.move();
    return { folder, generations, before, foreign, [Symbol.dispose]: () => kept.dispose() };
  } catch (error) {
    return refusedFor(error, `${target.path} was not changed`);
  }
}

function otherHand(target: WriteTarget, generations: Generations, before: Plain): Refused {
  const newest = generations.list().at(-1)?.generation;
  const ours = newest === undefined ? undefined : generations.read(newest);
  const diff = unifiedDiff(target.path, ours instanceof Refused ? undefined : ours, before.bytes.toString());
  const since =
    newest === undefined ? 'was made by another hand' : `was changed by another hand since generation ${newest}`;
  const shown = target.secret ? '' : ` What the other hand did:\n${diff.slice(0, 4096)}`;
  return new Refused(
    'not-permitted-now',
    `${target.path} ${since}, and was left as it is; undo that on the host and try again.${shown}`,
  );
}

function tooLong(target: WriteTarget, content: string): Refused | undefined {
  if (Buffer.byteLength(content) <= maxFileBytes) return undefined;
  return new Refused(
    'not-allowed',
    `The content of ${target.path} must be at most ${maxFileBytes} bytes; nothing was changed.`,
  );
}

/** Lets the rule's tool read the staged copy: a word on stderr counts as a fault, since many tools exit 0 after complaining. */
async function check(deps: FilesDeps, target: WriteTarget): Promise<Refused | undefined> {
  if (!target.check) return undefined;
  const staged = `${dirname(target.path)}/${stagingName}/${basename(target.path)}`;
  const ran = await deps.run(target.check.map(arg => arg.replaceAll('<staged>', () => staged)));
  if (ran.code === 0 && ran.stderr === '') return undefined;
  const words = target.secret
    ? 'its words are not shown, since the file is secret'
    : wordsOf(ran).replaceAll(staged, () => target.path);
  return new Refused(
    'failed',
    `${target.check[0]} found a fault in the new content, so ${target.path} was not changed: ${words}`,
  );
}

function bothOutcomes(target: WriteTarget, hadContent: boolean, first: Ran, second: Ran): Refused {
  const then = target.then?.join(' ');
  const words = target.secret ? '' : ` (${wordsOf(first)})`;
  const back = hadContent ? 'its old content was put back' : 'it was removed again, as there was none before';
  const again =
    second.code === 0
      ? 'succeeded'
      : `failed as well${target.secret ? '' : ` (${wordsOf(second)})`}: look at it on the host`;
  return new Refused(
    'failed',
    `${target.path} was written, but ${then} failed${words}; ${back}, and ${then} ${again}.`,
  );
}

function isAsRuled(stats: fs.Stats, target: WriteTarget): boolean {
  const owner = ownerOf(target) ?? stats;
  return (stats.mode & 0o7777) === target.mode && stats.uid === owner.uid && stats.gid === owner.gid;
}

function ownerOf(target: WriteTarget): { uid: number; gid: number } | undefined {
  return process.geteuid?.() === 0 ? (target.owner ?? { uid: 0, gid: 0 }) : undefined;
}
