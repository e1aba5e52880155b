// What may be wrong with a page that came, on a desk in daylight and on a phone at night: axe-core's findings, what is wider than the screen, what the console complains of.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** A form with an error is a page of status 422, a link that lapsed one of 404; a stream is cut off when its session ends. */
const expected = /the server responded with a status of 4\d\d|ERR_INCOMPLETE_CHUNKED_ENCODING|htmx:sse:error/;
const desk = { size: { width: 1280, height: 900 }, colorScheme: 'light' } as const;
const phone = { size: { width: 360, height: 740 }, colorScheme: 'dark' } as const;

export interface Looker {
  look(page: Page): Promise<void>;
  /** A page of which also the console is heard. */
  hear(page: Page): void;
  complaints: string[];
  /** How many pages that differ were looked at. */
  seen: Set<string>;
}

/** Looks once at each page that is made of other parts than those before. */
export function looker(): Looker {
  const complaints: string[] = [];
  const seen = new Set<string>();
  return {
    complaints,
    seen,
    hear(page) {
      page.on('console', message => {
        if (message.type() === 'error' && !expected.test(message.text()))
          complaints.push(`${page.url()}: ${message.text()}`);
      });
      page.on('pageerror', error => void complaints.push(`${page.url()}: ${error.message}`));
    },
    async look(page) {
      const parts = await page.evaluate(() =>
        [...document.querySelectorAll('h1, h2, .note, .error, .card form, table, details[open], .empty')].map(one =>
          /^H/.test(one.tagName)
            ? one.tagName === 'H2' && one.textContent
            : one.tagName + one.className + (one.getAttribute('action') ?? '').replace(/c_[\w-]+|[0-9a-f]{12,}/, ''),
        ),
      );
      const what = JSON.stringify([...new Set(parts)]);
      if (seen.has(what)) return;
      seen.add(what);
      for (const { size, colorScheme } of [phone, desk]) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        const where = `${new URL(page.url()).pathname} at ${size.width} px, ${colorScheme}`;
        complaints.push(...(await findings(page)).map(found => `${where}: ${found}`));
      }
    },
  };
}

async function findings(page: Page): Promise<string[]> {
  if (!(await page.evaluate("typeof axe === 'object'"))) await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<Found> } };
    const { violations } = await axe.run({ resultTypes: ['violations'] });
    const { scrollWidth, clientWidth } = document.documentElement;
    return [
      ...violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
      ...(scrollWidth > clientWidth ? [`wider than the screen by ${scrollWidth - clientWidth} px`] : []),
    ];
  });
}

interface Found {
  violations: { id: string; nodes: { html: string }[] }[];
}
