// What the policy of ui.md forbids would fail silently in a browser; what is unreadable, nobody would say.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'static/app.css'), 'utf8');
const views = globSync('**/*.pug', { cwd: import.meta.dirname });

describe('the views', () => {
  it('have no inline style or script, and nothing that needs eval', () => {
    expect(views.length).toBeGreaterThan(8);
    for (const name of views) {
      const text = readFileSync(join(import.meta.dirname, name), 'utf8');
      expect(text, name).not.toMatch(
        /\bstyle=|(?<![\w-])on[a-z]+=|hx-on|js:|^\s*script\.|^\s*script(?!\()|[\w)]!= |^\s*!= |!\{/m,
      );
      expect(text, name).not.toMatch(/hx-trigger=['"][^'"]*\[/);
    }
  });

  it('use only icons that there are', () => {
    const icons = readFileSync(join(import.meta.dirname, 'static/icons.svg'), 'utf8');
    const all = views.map(name => readFileSync(join(import.meta.dirname, name), 'utf8')).join('\n');
    const named = [...all.matchAll(/\+icon\('([\w-]+)'\)|\bicon: '([\w-]+)'|\+(?:status|note)\('([\w-]+)'/g)];
    expect(named.length).toBeGreaterThan(10);
    for (const [, a, b, c] of named) expect(icons).toContain(`<symbol id="${a ?? b ?? c}"`);
  });
});

describe('the colours', () => {
  const tokens = new Map(
    [...css.matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\)/g)].map(([, name, light, dark]) => [
      name!,
      [light!, dark!],
    ]),
  );
  const ratio = (name: string, ground: string, theme: number) => {
    const [a, b] = [name, ground].map(token => luminance(tokens.get(token)![theme]!)) as [number, number];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const text = ['text', 'muted', 'accent', 'ok', 'warn', 'bad'];
  const pairs = [
    ...text.flatMap(name => ['bg', 'surface', 'hover'].map(ground => [name, ground] as const)),
    ['text', 'sunken'],
    ['ok', 'ok-soft'],
    ['warn', 'warn-soft'],
    ['bad-on-soft', 'bad-soft'],
    ['text', 'accent-soft'],
    ['on-accent', 'accent'],
    ['on-accent', 'accent-strong'],
  ] as const;

  it.each([0, 1])('keep text at 6:1 and controls at 3.4:1 in theme %i', theme => {
    const weak = pairs.filter(([name, ground]) => ratio(name, ground, theme) < 6);
    const told = weak.map(([name, ground]) => `${name} on ${ground}: ${ratio(name, ground, theme).toFixed(2)}`);
    expect(told).toEqual([]);
    expect(ratio('control', 'surface', theme)).toBeGreaterThanOrEqual(3.4);
  });

  it('are all tokens: no rule outside that layer names one', () => {
    const rules = css.slice(css.indexOf('@layer base {'));
    expect(rules.match(/#[0-9a-f]{3,8}\b|rgb\(|hsl\(/g)).toBeNull();
  });
});

function luminance(hex: string): number {
  const full = hex.length === 4 ? [...hex.slice(1)].map(digit => digit + digit) : hex.slice(1).match(/../g)!;
  const [r, g, b] = full.map(pair => {
    const part = Number.parseInt(pair, 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
