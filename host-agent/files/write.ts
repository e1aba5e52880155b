// Writes a file that is wholly ours and that a rule names: checked before it is in place, put back where what follows fails (contract §3).
import fs from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Refused } from '../../allowlist/refused.ts';
import { type FilesDeps, type Ran, wordsOf } from './deps.ts';
import { unifiedDiff } from './diff.ts';
import { type Generation, type Generations, openGenerations, sha256Of } from './generations.ts';
import { type Folder, maxFileBytes, type Owner, openFolder, type Plain, trustedUid } from './paths.ts';
import { refusedFor, stop } from './stop.ts';

export interface WriteTarget {
  /** On the host, its slots filled. */
  path: string;
  mode: number;
  /** root's where it says none. A process without root leaves owners alone. */
  owner?: Owner;
  secret: boolean;
  /** `<staged>` in it stands for the path of the staged copy. */
  check?: readonly string[] | null;
  then?: readonly string[] | null;
  /** What another hand wrote may be replaced; it is kept as a generation first. */
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
export function planWrite(deps: FilesDeps, target: WriteTarget, content: string): WritePlan {
  const unmet: string[] = [];
  let before: Plain | undefined;
  try {
    using place = look(deps, target, false);
    before = place.before;
    refuseLong(target, content);
    if (!target.takeOver) refuseOtherHand(target, place);
  } catch (error) {
    unmet.push(refusedFor(error, `${target.path} could not be read`).message);
  }
  return target.secret ? { unmet } : { diff: unifiedDiff(target.path, before?.bytes.toString(), content), unmet };
}

/**
 * Writes the file. The caller holds its lock. A crash at any moment leaves the old content or the new, whole, and the next write
 * works. Another hand is known by the content alone: mode and owner are the rule's to set, and a file that is gone is no loss.
 */
export async function runWrite(deps: FilesDeps, target: WriteTarget, content: string): Promise<Written | Refused> {
  let outcome = `${target.path} was not changed`;
  try {
    refuseLong(target, content);
    using place = look(deps, target, true);
    if (!target.takeOver) refuseOtherHand(target, place);
    const { folder, name, generations, before } = place;
    const saved = `${name}~old`;
    using staging = folder.own(stagingName);
    const tidy = () => {
      for (const left of [name, saved]) staging.remove(left);
    };
    tidy();
    const bytes = Buffer.from(content);
    const interrupted = generations.settle(hashOf(before));
    const newest = generations.newest();
    if (
      !interrupted &&
      newest?.sha256 === sha256Of(bytes) &&
      before?.bytes.equals(bytes) &&
      isAsRuled(before.stats, target)
    )
      return { generation: newest.generation, changed: false };

    staging.create(name, bytes, target.mode, ownerOf(target));
    let generation: number;
    let then: Ran | undefined;
    try {
      await check(deps, target);
      // A second name for the old file puts it back as it was, with no need for room; it also shows what the check's time brought.
      if (before) fs.linkSync(folder.at(name), staging.at(saved));
      const now = before ? staging.read(saved, target.path) : folder.read(name, target.path);
      if (now && !before?.bytes.equals(now.bytes))
        stop(`${outcome}: another hand changed it at this moment; look at it and try again.`);
      if (before && !generations.wrote(sha256Of(before.bytes))) {
        generations.keep(before.bytes, deps.now());
        generations.settle(hashOf(before));
      }
      generation = generations.keep(bytes, deps.now());
      fs.renameSync(staging.at(name), folder.at(name));
      outcome = `${target.path} holds the new content, but what should follow was not done`;
      folder.sync();
      then = target.then ? await deps.run(target.then) : undefined;
      if (then && then.code !== 0) {
        outcome = `${target.path} holds new content that failed; the old could not be put back, but is kept as a generation`;
        if (before) staging.move(saved, folder, name);
        else folder.remove(name);
        outcome = `${target.path} was put back as it was, after what should follow its change had failed`;
        generations.settle(hashOf(before));
        stop(bothOutcomes(target, before, then, await deps.run(target.then!)), 'failed');
      }
      outcome = `${target.path} holds the new content, but not all was tidied up`;
    } finally {
      tidy();
    }
    // Last, so that a crash before it makes the next write do all again.
    generations.settle(sha256Of(bytes));
    return { generation, changed: true, ...(then && { then }) };
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
    using generations = openGenerations(deps.stateDir, target.path, false);
    const content = generations.read(generation);
    if (content === undefined)
      stop(`Generation ${generation} of ${target.path} is not kept, or not whole; @generations lists what is kept.`);
    return validate(content) ?? content;
  } catch (error) {
    return refusedFor(error, `Generation ${generation} of ${target.path} could not be read`);
  }
}

export interface KeptFile {
  file: string;
  content?: string;
  generations: Partial<Generation>[];
}

/** What a file holds and what is kept of it, oldest first. Of a secret file neither content nor hash: a short secret can be guessed from it. */
export function listGenerations(deps: FilesDeps, target: WriteTarget): KeptFile | Refused {
  try {
    using place = look(deps, target, false);
    const generations = place.generations.list();
    if (target.secret) return { file: target.path, generations: generations.map(({ sha256: _, ...rest }) => rest) };
    return { file: target.path, ...(place.before && { content: place.before.bytes.toString() }), generations };
  } catch (error) {
    return refusedFor(error, `${target.path} could not be read`);
  }
}

/** Where a file of ours lies, what is kept of it, and what it holds now. */
interface Place extends Disposable {
  folder: Folder;
  name: string;
  generations: Generations;
  before: Plain | undefined;
}

function look(deps: FilesDeps, target: WriteTarget, make: boolean): Place {
  using opened = new DisposableStack();
  const folder = opened.use(openFolder(deps.host.root, dirname(target.path), trustedUid(deps.host)));
  const generations = opened.use(openGenerations(deps.stateDir, target.path, make));
  const name = basename(target.path);
  const before = folder.read(name, target.path);
  const kept = opened.move();
  return { folder, name, generations, before, [Symbol.dispose]: () => kept.dispose() };
}

function refuseLong(target: WriteTarget, content: string): void {
  if (Buffer.byteLength(content) > maxFileBytes)
    stop(`The content of ${target.path} must be at most ${maxFileBytes} bytes; nothing was changed.`, 'not-allowed');
}

function refuseOtherHand({ path, secret }: WriteTarget, { generations, before }: Place): void {
  if (!before || generations.wrote(sha256Of(before.bytes))) return;
  const newest = generations.newest()?.generation;
  const since =
    newest === undefined ? 'was made by another hand' : `was changed by another hand since generation ${newest}`;
  const diff = unifiedDiff(path, newest === undefined ? undefined : generations.read(newest), before.bytes.toString());
  const shown = secret ? '' : ` What the other hand did:\n${diff.slice(0, 4096)}`;
  stop(`${path} ${since}, and was left as it is; undo that on the host and try again.${shown}`);
}

/** Lets the rule's tool read the staged copy. A word on stderr counts as a fault: many tools complain and exit 0. */
async function check(deps: FilesDeps, { path, secret, check }: WriteTarget): Promise<void> {
  if (!check) return;
  const staged = `${dirname(path)}/${stagingName}/${basename(path)}`;
  const ran = await deps.run(check.map(arg => arg.replaceAll('<staged>', () => staged)));
  if (ran.code === 0 && ran.stderr === '') return;
  const words = secret ? 'its words are not shown, as the file is secret' : wordsOf(ran).replaceAll(staged, () => path);
  stop(`${check[0]} found a fault in the new content, so ${path} was not changed: ${words}`, 'failed');
}

function bothOutcomes({ path, secret, then }: WriteTarget, before: Plain | undefined, first: Ran, second: Ran): string {
  const program = then?.join(' ');
  const words = (ran: Ran) => (secret ? '' : ` (${wordsOf(ran)})`);
  const back = before ? 'its old content was put back' : 'it was removed again, as there was none before';
  const again = second.code === 0 ? 'succeeded' : `failed as well${words(second)}: look at it on the host`;
  return `${path} was written, but ${program} failed${words(first)}; ${back}, and ${program} ${again}.`;
}

function hashOf(plain: Plain | undefined): string | undefined {
  return plain && sha256Of(plain.bytes);
}

function isAsRuled(stats: fs.Stats, target: WriteTarget): boolean {
  const owner = ownerOf(target) ?? stats;
  return (stats.mode & 0o7777) === target.mode && stats.uid === owner.uid && stats.gid === owner.gid;
}

function ownerOf(target: WriteTarget): Owner | undefined {
  return process.geteuid?.() === 0 ? (target.owner ?? { uid: 0, gid: 0 }) : undefined;
}
