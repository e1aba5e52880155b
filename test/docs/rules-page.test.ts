import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadRules } from '../../allowlist/load.ts';
import { parsePattern } from '../../allowlist/pattern.ts';
import { examples, fields, grammar, pagePath, rulesPage } from './rules-page.ts';

describe('docs/rules.md', () => {
  it('is what the rules say; otherwise run node test/docs/rules-page.ts', () => {
    expect(readFileSync(pagePath, 'utf8')).toBe(rulesPage());
  });

  it.each(grammar)('shows how %s is written, with a pattern that loads', (_, __, pattern) => {
    expect(parsePattern(pattern).length).toBeGreaterThan(0);
  });

  it('has examples that load, with every field it names and no other', () => {
    expect(() => loadRules([{ file: 'examples', text: examples, layer: 0 }])).not.toThrow();
    const used = new Set([...examples.matchAll(/^[- ] (\w+):/gm)].map(([, name]) => name));
    expect([...used].sort()).toEqual(fields.map(([name]) => name).sort());
  });
});
