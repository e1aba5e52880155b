// Reads the rule folders and, in real mode, trusts only files that root alone can write.
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { loadRules, type Rule, type RuleFile } from '../allowlist/load.ts';
import { askPrograms, programs } from '../allowlist/programs.ts';

/** Loads the rules of all folders in order; the first is the shipped one. Throws an Error with a sentence. */
export function readRules(folders: readonly string[], mode: 'real' | 'dummy'): Rule[] {
  const trust = mode === 'real' ? refuseUntrusted : () => {};
  const rules = loadRules(folders.flatMap((folder, layer) => readFolder(folder, layer, trust)));
  [...programs.values(), ...Object.values(askPrograms)].filter(path => existsSync(path)).forEach(trust);
  return rules;
}

function readFolder(folder: string, layer: number, trust: (path: string) => void): RuleFile[] {
  if (layer > 0 && !existsSync(folder)) return [];
  trust(folder);
  const names = readdirSync(folder).sort();
  const other = names.find(name => name.endsWith('.yml'));
  if (other) throw new Error(`${join(folder, other)} would not be read: the name of a rule file ends in .yaml.`);
  return names
    .filter(name => name.endsWith('.yaml'))
    .map(name => {
      const path = join(folder, name);
      trust(path);
      const near = relative(process.cwd(), path);
      return { file: near.startsWith('..') ? path : near, text: readFileSync(path, 'utf8'), layer };
    });
}

/** A file, every folder above it, and all that a link among them leads to, must be root's, and no one else's to write. */
export function refuseUntrusted(path: string): void {
  for (let part = path; ; part = dirname(part)) {
    const stats = lstatSync(part);
    const sticky = (stats.mode & 0o1000) !== 0 && part !== path;
    const isLink = stats.isSymbolicLink();
    if (stats.uid !== 0 || (!isLink && !sticky && (stats.mode & 0o022) !== 0))
      throw new Error(`${part} must belong to root and be writable by root only; it decides what runs as root.`);
    if (isLink) refuseUntrusted(resolve(realpathSync(dirname(part)), readlinkSync(part)));
    if (part === dirname(part)) break;
  }
}
