// For tests: passwords cost next to nothing, in this process alone. What they cost in earnest, password.test.ts sees.
import { vi } from 'vitest';

vi.mock('argon2', async original => {
  const { default: argon2 } = await original<{ default: typeof import('argon2') }>();
  const hash = (password: string, options: object) =>
    argon2.hash(password, { ...options, memoryCost: 64, timeCost: 1 });
  return { default: { ...argon2, hash } };
});
