// How a person uses a page: with a mouse, by keyboard alone, or without JavaScript. A flow is written once for all of them.
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';

export interface Hand {
  page: Page;
  /** Types an address. */
  visit(path: string): Promise<void>;
  /** Follows a link or presses a button, and waits for the page that comes. */
  follow(selector: string): Promise<void>;
  /** The same where this page stays. */
  press(selector: string): Promise<void>;
  /** Types into a field in place of what stands there, or chooses what has this value. */
  set(selector: string, value: string): Promise<void>;
  /** Waits for something to be seen, and gives its words. */
  see(selector: string): Promise<string>;
}

export interface Way {
  name: string;
  options: BrowserContextOptions;
  press(target: Locator): Promise<void>;
  set(target: Locator, value: string): Promise<void>;
}

export const mouse: Way = {
  name: 'with scripts',
  options: {},
  press: target => target.click(),
  set: async (target, value) =>
    (await isChoice(target)) ? void (await target.selectOption(value)) : await target.fill(value),
};

/** Without scripts the page of a change comes again every two seconds; its answer waits for the end where it is asked to (RFC 7240). */
export const noScripts: Way = {
  ...mouse,
  name: 'without JavaScript',
  options: { javaScriptEnabled: false, extraHTTPHeaders: { Prefer: 'wait=10' } },
};

export const keyboard: Way = {
  name: 'by keyboard alone',
  options: {},
  async press(target) {
    await reach(target);
    await target.page().keyboard.press('Enter');
  },
  async set(target, value) {
    await reach(target);
    const { keyboard } = target.page();
    if (await isChoice(target)) {
      const values = await target
        .locator('option')
        .evaluateAll(all => all.map(one => (one as HTMLOptionElement).value));
      await keyboard.press('Home');
      for (let at = 0; at < values.indexOf(value); at++) await keyboard.press('ArrowDown');
    } else {
      await keyboard.press('Control+A');
      // What is long is pasted, as people do.
      await (value.length > 60 ? keyboard.insertText(value) : keyboard.type(value));
    }
    const set = await target.inputValue();
    if (set !== value) throw new Error(`the keyboard set ${JSON.stringify(set)} in place of ${JSON.stringify(value)}`);
  },
};

/** `look` sees each page that came. */
export function handOn(page: Page, way: Way, origin: string, look: (page: Page) => Promise<void>): Hand {
  const at = (selector: string) => page.locator(selector).filter({ visible: true }).first();
  /** What goes wrong is told with what the page says. */
  async function told<T>(what: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (cause) {
      throw new Error(`${what}, ${way.name}: ${await words(page)}`, { cause });
    }
  }
  async function come(what: string, act: () => Promise<unknown>): Promise<void> {
    await told(what, () => Promise.all([page.waitForEvent('load'), act()]));
    await look(page);
  }
  return {
    page,
    visit: path => come(path, () => page.goto(new URL(path, origin).href)),
    follow: selector => come(selector, () => way.press(at(selector))),
    press: selector => told(selector, () => way.press(at(selector))),
    set: (selector, value) => told(selector, () => way.set(at(selector), value)),
    async see(selector) {
      await told(selector, () => at(selector).waitFor());
      await look(page);
      return (await at(selector).textContent()) ?? '';
    },
  };
}

const isChoice = (target: Locator) => target.evaluate(element => element.tagName === 'SELECT');

/** Moves the focus to it by Tab or Shift+Tab, whichever way it lies, on a new page past the navigation by the link for that; it must be seen there. */
async function reach(target: Locator): Promise<void> {
  const page = target.page();
  // What has the autofocus gets it in a page's first frames.
  await page.evaluate('new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const isFar = (element: Element) => document.activeElement === document.body && element.closest('#main') !== null;
  if (await target.evaluate(isFar)) {
    await page.keyboard.press('Tab');
    if ((await page.locator('.skip:focus').count()) === 0)
      throw new Error('the first Tab leads not past the navigation');
    await page.keyboard.press('Enter');
  }
  for (let presses = 0; presses < 150; presses++) {
    const way = await target.evaluate(element => {
      const { activeElement: at, body } = document;
      if (at === element) return getComputedStyle(element).outlineStyle === 'none' ? 'unseen' : 'here';
      return at === body || (at?.compareDocumentPosition(element) ?? 0) & 4 ? 'Tab' : 'Shift+Tab';
    });
    if (way === 'here') return;
    if (way === 'unseen') throw new Error(`${target} does not show that it has the focus`);
    await page.keyboard.press(way);
  }
  throw new Error(`the keyboard does not reach ${target}`);
}

async function words(page: Page): Promise<string> {
  const main = await page
    .locator('main')
    .textContent({ timeout: 1_000 })
    .catch(() => 'no page');
  return `${page.url()} says ${main?.slice(0, 1_500)}`;
}
