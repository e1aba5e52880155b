import { expect, it } from 'vitest';
import { whyNoBrowser } from './chromium.ts';
import { walk } from './every-flow.ts';
import { mouse } from './hand.ts';

it.skipIf(whyNoBrowser)(
  'works with scripts, and nothing is wrong with any page of it, on a desk or a phone, by day or by night',
  { timeout: 900_000 },
  async () => {
    const { routes, complaints, looked } = await walk(mouse);
    expect(complaints).toEqual([]);
    expect(routes).toEqual([]);
    expect(looked).toBeGreaterThan(40);
  },
);
