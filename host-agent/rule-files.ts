// Reads the rule folders and, in real mode, trusts only files that root alone can write.
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Rule } from '../allowlist/load.ts';
import { loadRules, type RuleFile } from '../allowlist/load.ts';
import { programs } from '../allowlist/programs.ts';

/** Loads the rules of all folders in order; the first is the shipped one. Throws an Error with a sentence. */
export function readRules(folders: readonly string[], mode: 'real' | 'dummy'): Rule[] {
  const files = folders.flatMap((folder, layer) => readFolder(folder, layer, mode));
  const rules = loadRules(files);
  if (mode === 'real') for (const path of programs.values()) if (existsSync(path)) refuseUntrusted(path);
  return rules;
}

function readFolder(folder: string, layer: number, mode: 'real' | 'dummy'): RuleFile[] {
  if (!existsSync(folder)) {
    if (layer > 0) return [];
    throw new Error(`The folder of the rules is missing: ${folder}`);
  }
  if (mode === 'real') refuseUntrusted(folder);
  return readdirSync(folder)
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .map(name => {
      const path = join(folder, name);
      if (mode === 'real') refuseUntrusted(path);
      return {
        file: relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path),
        text: readFileSync(path, 'utf8'),
        layer,
      };
    });
}

/** A file and every folder above it must be root's, and no one else's to write. */
export function refuseUntrusted(path: string): void {
  for (let part = path; ; part = dirname(part)) {
    const { uid, mode } = lstatSync(part);
    const link = (mode & 0o170000) === 0o120000;
    const sticky = (mode & 0o1000) !== 0 && part !== path;
    if (uid !== 0 || (!link && !sticky && (mode & 0o022) !== 0))
      throw new Error(`${part} must belong to root and be writable by root only; it decides what runs as root.`);
    if (part === dirname(part)) return;
  }
}
