// From the click on "sign in" to a list shown, in a Chromium that keeps nothing; the weight counts from the empty sign-in page on.
import type { Browser, Page } from 'playwright-core';

export interface FirstList {
  ms: number;
  bytes: number;
  requests: number;
}

export interface Way {
  page: string;
  fields: Record<string, string>;
  button: string;
  shown(page: Page): Promise<unknown>;
}

export async function signInTo(browser: Browser, way: Way): Promise<FirstList> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  let [bytes, requests] = [0, 0];
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    requests++;
  });
  // What a page says over a WebSocket is weight as well.
  session.on('Network.webSocketFrameReceived', ({ response }) => {
    bytes += response.payloadData.length;
  });
  await page.goto(way.page);
  for (const [field, value] of Object.entries(way.fields)) await page.fill(field, value);
  const began = performance.now();
  await page.click(way.button);
  await way.shown(page);
  const ms = performance.now() - began;
  await page.waitForTimeout(500);
  await context.close();
  return { ms, bytes, requests };
}
