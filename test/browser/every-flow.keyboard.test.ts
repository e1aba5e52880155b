import { expect, it } from 'vitest';
import { whyNoBrowser } from './chromium.ts';
import { walk } from './every-flow.ts';
import { keyboard } from './hand.ts';

it.skipIf(whyNoBrowser)('works by keyboard alone', { timeout: 900_000 }, async () => {
  const { routes, complaints } = await walk(keyboard);
  expect(complaints).toEqual([]);
  expect(routes).toEqual([]);
});
