// The state of a test host as data, and what changed between two of them.
//   node test/host/snapshot.ts NAME > before.json
//   node test/host/snapshot.ts before.json after.json      exit 1 where they differ
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dockerRun } from './run.ts';

/** Section (accounts, files, units …) → key (a login, a path, a unit …) → all about it on one line. */
export type Snapshot = Record<string, Record<string, string>>;

export interface Difference {
  section: string;
  key: string;
  /** Absent: it was not there before. */
  before?: string;
  /** Absent: it is gone. */
  after?: string;
}

const collector = join(import.meta.dirname, 'collect.ts');

export async function takeSnapshot(name: string): Promise<Snapshot> {
  const node = ['/usr/local/bin/node', '--input-type=module-typescript', '-'];
  const { code, stdout, stderr } = await dockerRun(['exec', '-i', name, ...node], { input: readFileSync(collector) });
  if (code !== 0) throw new Error(`No snapshot of ${name}: ${stderr.trim()}`);
  return JSON.parse(stdout);
}

/** Every difference, in order of section and key; empty where nothing changed. */
export function diff(before: Snapshot, after: Snapshot): Difference[] {
  const found: Difference[] = [];
  for (const section of keysOf(before, after)) {
    const [old = {}, now = {}] = [before[section], after[section]];
    for (const key of keysOf(old, now)) {
      if (old[key] === now[key]) continue;
      const was = old[key] === undefined ? {} : { before: old[key] };
      found.push({ section, key, ...was, ...(now[key] === undefined ? {} : { after: now[key] }) });
    }
  }
  return found;
}

/** For people: `+` is new, `-` is gone, `~` is other than it was. */
export function describe(differences: readonly Difference[]): string {
  return differences
    .map(({ section, key, before, after }) => {
      if (before === undefined) return `+ ${section} ${key}: ${after}`;
      if (after === undefined) return `- ${section} ${key}: ${before}`;
      return `~ ${section} ${key}: ${before} => ${after}`;
    })
    .join('\n');
}

const keysOf = (a: object, b: object): string[] => [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();

if (import.meta.main) {
  const [first = '', second] = process.argv.slice(2);
  if (second === undefined) console.log(JSON.stringify(await takeSnapshot(first), null, 1));
  else {
    const differences = diff(JSON.parse(readFileSync(first, 'utf8')), JSON.parse(readFileSync(second, 'utf8')));
    console.log(describe(differences) || 'no difference');
    process.exitCode = differences.length > 0 ? 1 : 0;
  }
}
