// Passwords of accounts: argon2id. An unknown login costs as much time as a known one.
import argon2 from 'argon2';
import { z } from 'zod';

const cost = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Long is what helps; which characters, nobody is told. The bound above keeps hashing cheap. */
export const newPassword = z
  .string('account.password.missing')
  .min(12, 'account.password.short')
  .max(256, 'account.password.long');

export async function hashPassword(password: string): Promise<string> {
  return argon2.hash(password.normalize('NFC'), cost);
}

/** False for an undefined hash too, after the same work. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  unknown ??= hashPassword('of nobody');
  const right = await argon2.verify(hash ?? (await unknown), password.slice(0, 256).normalize('NFC'));
  return right && hash !== undefined;
}

let unknown: Promise<string> | undefined;
