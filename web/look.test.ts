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

describe('the stylesheet', () => {
  const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');
  const markup = views.map(read).join('\n');
  const pages =
    markup +
    globSync('static/*.js', { cwd: import.meta.dirname })
      .map(read)
      .join('\n');
  const named = new Set(
    [...css.replace(/\/\*[\s\S]*?\*\//g, '').matchAll(/\.([a-z][\w-]*)(?=[^{}]*\{)/g)].map(([, name]) => name!),
  );

  it('names no class that no page or script uses', () => {
    expect(named.size).toBeGreaterThan(60);
    // As `.name`, or as a word between quotes: 'primary', class='btn quiet', tone: 'danger'.
    const isUsed = (name: string) => new RegExp(`\\.${name}(?![\\w-])|['" ]${name}['" ]`).test(pages);
    expect([...named].filter(name => name !== 'htmx-request' && !isUsed(name))).toEqual([]);
  });

  it('has a rule for every class that a page gives', () => {
    const given = [...markup.matchAll(/^\s*(?:[a-z][\w:-]*(?:\(.*\))?: )*[a-z0-9]*((?:[.#][a-z][\w-]*)+)/gm)];
    const classes = new Set(given.flatMap(([, parts]) => [...parts!.matchAll(/\.([\w-]+)/g)].map(([, name]) => name!)));
    expect(classes.size).toBeGreaterThan(30);
    expect([...classes].filter(name => !named.has(name))).toEqual([]);
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
    ['accent', 'raised'],
    ['ok', 'sunken'],
    ['bad-on-soft', 'sunken'],
    ['accent-strong', 'accent-soft'],
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
    expect(ratio('accent', 'sunken', theme)).toBeGreaterThanOrEqual(3.4);
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
