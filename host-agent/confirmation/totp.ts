// Time-based one-time codes (RFC 6238: SHA-1, six digits, steps of 30 seconds).
import { createHmac, timingSafeEqual } from 'node:crypto';

export const stepMs = 30_000;

export function stepAt(now: Date): number {
  return Math.floor(now.getTime() / stepMs);
}

/** The six digits of a step. */
export function totp(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

/** Compares in constant time; what is not exactly six ASCII digits is no code. */
export function sameCode(given: string, expected: string): boolean {
  return /^[0-9]{6}$/.test(given) && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}
