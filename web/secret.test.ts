import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from './secret.ts';

it('prints as dots wherever it ends up, and is there for who asks', () => {
  const secret = new Secret('hunter2');
  for (const shown of [`${secret}`, JSON.stringify({ secret }), inspect({ secret }), String(secret)]) {
    expect(shown).toContain('•••');
    expect(shown).not.toContain('hunter2');
  }
  expect(secret.reveal()).toBe('hunter2');
});
