// What may be wrong with a page that came, on a desk in daylight and on a phone at night: axe-core's findings, what is wider than the screen, what the console complains of.
import type { Page } from 'playwright-core';
import { desk, findings, hear, phone } from '../../web/chromium.fixture.ts';

const ways = [
  { size: phone, colorScheme: 'dark' },
  { size: desk, colorScheme: 'light' },
] as const;

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
    hear: page => hear(page, complaints),
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
      for (const { size, colorScheme } of ways) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        const where = `${new URL(page.url()).pathname} at ${size.width} px, ${colorScheme}`;
        complaints.push(...(await findings(page)).map(found => `${where}: ${found}`));
      }
    },
  };
}
