import { expect, it } from 'vitest';
import { whyNoBrowser } from './chromium.ts';
import { walk } from './every-flow.ts';
import { noScripts } from './hand.ts';

it.skipIf(whyNoBrowser)('works without JavaScript', { timeout: 900_000 }, async () => {
  const { routes, complaints } = await walk(noScripts);
  expect(complaints).toEqual([]);
  expect(routes).toEqual([]);
});
