// Writes a file that is wholly ours and that a rule names: checked before it is in place, put back where what follows fails (contract §3).
import fs from 'node:fs';
import { basename, dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Refused } from '../../allowlist/refused.ts';
import { maxFileBytes, type Owner, openFolder } from '../folder.ts';
import { type Answer, wordsOf } from '../run.ts';
import { refusedFor, stop } from '../stop.ts';
import type { FilesDeps } from './deps.ts';
import { unifiedDiff } from './diff.ts';
import { type Generation, Generations } from './generations.ts';

export interface WriteTarget {
  /** On the host, its slots filled. */
  path: string;
  mode: number;
  /** root's where it says none. */
  owner?: Owner;
  secret: boolean;
  /** `<staged>` in it stands for the path of the staged copy. */
  check?: readonly string[] | undefined;
  then?: readonly string[] | undefined;
  /** What another hand wrote may be replaced; it is kept as a generation first. */
  takeOver?: true;
}

export interface WritePlan {
  /** Absent where the file is secret. */
  diff?: string;
  /** Why it would be refused now. */
  unmet: string[];
}

/** What a file holds, where there is one, and what is kept of it, oldest first. */
interface Kept {
  file: string;
  content?: string;
  generations: Partial<Generation>[];
}

const stagingName = '.gatehouse-staged';

/** What a write would change. Changes and starts nothing, so `check` has no say in it. */
export function planWrite(deps: FilesDeps, target: WriteTarget, content: string): WritePlan {
  const unmet: string[] = [];
  let before: Buffer | undefined;
  try {
    using folder = openFolder(deps.host, dirname(target.path));
    before = folder.read(basename(target.path));
    refuseWrite(new Generations(deps.stateDir, target.path), target, before, content);
  } catch (error) {
    unmet.push(refusedFor(error, `${target.path} could not be read`).message);
  }
  return { unmet, ...(!target.secret && { diff: unifiedDiff(target.path, before?.toString(), content) }) };
}

/**
 * Writes the file. The caller holds its lock. A crash at any moment leaves the old content or the new, whole, and the next write
 * works. Another hand is known by the content alone: mode and owner are the rule's to set, and a file that is gone is no loss.
 */
export async function runWrite(
  deps: FilesDeps,
  target: WriteTarget,
  content: string,
): Promise<{ generation: number; then?: Answer } | Refused> {
  const { path, then } = target;
  const name = basename(path);
  const saved = `${name}~old`;
  const bytes = Buffer.from(content);
  const generations = new Generations(deps.stateDir, path);
  let outcome = `${path} was not changed`;
  try {
    using folder = openFolder(deps.host, dirname(path));
    const before = folder.read(name);
    refuseWrite(generations, target, before, content);
    generations.settle(before);
    using staging = folder.own(stagingName);
    using tidying = new DisposableStack();
    for (const left of [name, saved]) tidying.defer(() => staging.remove(left));
    staging.create(name, bytes, target.mode, target.owner);
    await check(deps, target);
    if (!isDeepStrictEqual(folder.read(name), before))
      stop(`${path} was changed by another hand while its new content was checked; it was left as it is.`);
    if (before && !generations.wrote(before)) {
      generations.keep(before, deps.now());
      generations.settle(before);
    }
    const generation = generations.keep(bytes, deps.now());
    // A second name for the old file puts it back as it was, with no need for room.
    staging.remove(saved);
    if (before) fs.linkSync(folder.at(name), staging.at(saved));
    fs.renameSync(staging.at(name), folder.at(name));
    outcome = `${path} holds the new content, but what should follow was not done`;
    fs.fsyncSync(folder.fd);
    const ran = then && (await deps.run(then));
    if (ran && ran.code !== 0) {
      outcome = `${path} holds new content that failed; the old could not be put back, but is kept as a generation`;
      if (before) staging.move(saved, folder, name);
      else folder.remove(name);
      stop(bothOutcomes(target, before !== undefined, ran, await deps.run(then)), 'failed');
    }
    outcome = `${path} holds the new content, but not all was tidied up`;
    generations.settle(bytes);
    return { generation, ...(ran && { then: ran }) };
  } catch (error) {
    return refusedFor(error, outcome);
  }
}

/** The content of a kept generation, to be planned or written like any other. What the rule refuses today stays out. */
export function restorable(
  deps: FilesDeps,
  { path }: WriteTarget,
  generation: number,
  validate: (content: string) => Refused | undefined,
): string | Refused {
  try {
    const content = new Generations(deps.stateDir, path).read(generation);
    if (content === undefined)
      stop(`Generation ${generation} of ${path} is not kept, or not whole; @generations lists what is kept.`);
    return validate(content) ?? content;
  } catch (error) {
    return refusedFor(error, `Generation ${generation} of ${path} could not be read`);
  }
}

/** Of a secret file neither content nor hash: a short secret can be guessed from it. */
export function listGenerations(deps: FilesDeps, { path, secret }: WriteTarget): Kept | Refused {
  try {
    using folder = openFolder(deps.host, dirname(path));
    const now = folder.read(basename(path));
    const generations = new Generations(deps.stateDir, path).list();
    if (secret) return { file: path, generations: generations.map(({ sha256: _, ...rest }) => rest) };
    return { file: path, generations, ...(now && { content: now.toString() }) };
  } catch (error) {
    return refusedFor(error, `${path} could not be read`);
  }
}

function refuseWrite(kept: Generations, target: WriteTarget, before: Buffer | undefined, content: string): void {
  const { path, secret, takeOver } = target;
  if (Buffer.byteLength(content) > maxFileBytes)
    stop(`The content of ${path} must be at most ${maxFileBytes} bytes; nothing was changed.`, 'not-allowed');
  const last = kept.list().at(-1)?.generation;
  // What never was ours is taken over; it is kept as the first generation.
  if (takeOver || !before || !last || kept.wrote(before)) return;
  const diff = unifiedDiff(path, kept.read(last), before.toString());
  const hand = secret ? '' : ` What the other hand did:\n${diff.slice(0, 4096)}`;
  stop(
    `${path} was changed by another hand since generation ${last}, and was left as it is; undo that on the host and try again.${hand}`,
  );
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

function bothOutcomes(target: WriteTarget, wasThere: boolean, first: Answer, second: Answer): string {
  const { path, secret, then } = target;
  const program = then?.join(' ');
  const words = (ran: Answer) => (secret ? '' : ` (${wordsOf(ran)})`);
  const back = wasThere ? 'its old content was put back' : 'it was removed again, as there was none before';
  const again = second.code === 0 ? 'succeeded' : `failed as well${words(second)}: look at it on the host`;
  return `${path} was written, but ${program} failed${words(first)}; ${back}, and ${program} ${again}.`;
}
