// For tests: a page of a dashboard in the system's Chromium, what its console complains of, and what axe-core finds in it.
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export const program = '/usr/bin/chromium';
/** It calls nobody at home. */
const quiet =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const desk = { width: 1280, height: 900 };
export const phone = { width: 360, height: 740 };

/** What a laptop has in it, for the virtual authenticator of the browser: it knows its owner by finger or face. */
export const authenticator = {
  protocol: 'ctap2',
  ctap2Version: 'ctap2_1',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const;

/** Why there is no browser on this machine; undefined where there is one. */
export const whyNoBrowser = existsSync(program) ? undefined : `${program} is not installed`;

export const openBrowser = (executablePath = program): Promise<Browser> =>
  chromium.launch({ executablePath, args: quiet.split(' ') });

export interface Listening {
  port: string;
  /** From now on this answers. */
  serve(app: RequestListener): void;
  stop(): void;
}

/** A free port: a dashboard wants to know its own before it is made. */
export async function listen(): Promise<Listening> {
  // On a slow machine a browser asks again at the very moment at which an idle connection is cut off.
  const server = createServer({ keepAliveTimeout: 60_000 }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: String((server.address() as AddressInfo).port),
    serve: app => void server.on('request', app),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export interface Visits {
  browser: Browser;
  /** A page of somebody new, whose console is heard. */
  open(options?: BrowserContextOptions): Promise<Page>;
  complaints: string[];
}

/** A form with an error is a page of status 422, a link that lapsed one of 404; a stream is cut off when its session ends. */
const expected = /status of 4\d\d|ERR_INCOMPLETE_CHUNKED_ENCODING|htmx:sse:error/;

export async function openVisits(defaults: BrowserContextOptions = {}): Promise<Visits> {
  const browser = await openBrowser();
  const complaints: string[] = [];
  return {
    ...{ browser, complaints },
    async open(options) {
      const page = await browser.newPage({ ...defaults, ...options });
      hear(page, complaints);
      return page;
    },
  };
}

/** Keeps what the console complains of, where it was, and whatever a script threw. */
export function hear(page: Page, complaints: string[]): void {
  page.on('console', message => {
    if (message.type() === 'error' && !expected.test(message.text()))
      complaints.push(`${page.url()}: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', error => void complaints.push(`${page.url()}: ${error.message}`));
}

/** What axe-core finds in the page as it is seen now, and by how much it is too wide. */
export async function findings(page: Page): Promise<string[]> {
  if (!(await page.evaluate("typeof axe === 'object'"))) await page.evaluate(axe);
  return page.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) => {
    const { scrollWidth, clientWidth } = document.documentElement;
    // A card hides what is wider than it; what scrolls by itself, and what is there for screen readers, may be.
    const cut = [...document.querySelectorAll('.card')].flatMap(card => {
      const { right } = card.getBoundingClientRect();
      return [...card.querySelectorAll('*')].filter(one => {
        if (!one.checkVisibility()) return false;
        for (let box = one; box !== card; box = box.parentElement)
          if (box.matches('.away, option, svg *') || /auto|scroll/.test(getComputedStyle(box).overflowX)) return false;
        return one.getBoundingClientRect().right > right + 1;
      });
    });
    return [
      ...violations.map(({ id, nodes }) => id + ': ' + nodes[0].html),
      ...cut.slice(0, 3).map(one => 'cut off: ' + one.outerHTML.slice(0, 200)),
      ...(scrollWidth > clientWidth ? ['wider than the screen by ' + (scrollWidth - clientWidth) + ' px'] : []),
    ];
  })`);
}

/** The same on a desk and on a phone, by day and by night; each with where it was. */
export async function findingsEverywhere(page: Page): Promise<string[]> {
  const all: string[] = [];
  for (const size of [desk, phone])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      const where = `${page.url()} ${size.width} ${colorScheme}`;
      all.push(...(await findings(page)).map(found => `${where}: ${found}`));
    }
  return all;
}
