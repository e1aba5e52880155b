// For tests: the shipped rules, and rules written on the spot.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadRules } from './load.ts';
import { matcherOf } from './match.ts';

const folder = join(import.meta.dirname, 'rules');

export function shippedRules() {
  return loadRules(
    readdirSync(folder).map(name => ({ file: name, text: readFileSync(join(folder, name), 'utf8'), layer: 0 })),
  );
}

export function rulesFrom(...texts: string[]) {
  return loadRules(texts.map((text, layer) => ({ file: `layer${layer}.yaml`, text, layer })));
}

/** A matcher with one rule of this pattern, for a program of the table. */
export function matcherFor(pattern: string, more = '') {
  return matcherOf(rulesFrom(`- id: test.rule\n  run: ${pattern}\n  why: only for this test\n${more}`));
}
