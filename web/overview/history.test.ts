import { expect, it } from 'vitest';
import { lineThrough } from './history.ts';

it('draws from left to right, higher for more, and never outside', () => {
  expect(lineThrough([0, 0.5, 1], 1)).toBe('0.0,38.0 60.0,20.0 120.0,2.0');
  expect(lineThrough([-1, 9], 1)).toBe('0.0,38.0 120.0,2.0');
});

it('draws nothing from a single value', () => {
  expect(lineThrough([1], 1)).toBeUndefined();
});
