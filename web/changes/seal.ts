// Keeps what is secret in a row where only this dashboard can read it: AES-256-GCM, bound to what it belongs to.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ivBytes = 12;
const tagBytes = 16;

export const sealingKey = (secret: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', 'gatehouse changes', 32));

/** `bound` must be the same when it is opened. */
export function seal(value: unknown, key: Buffer, bound: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(bound));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** undefined where it was changed, or sealed for something else or with another secret. */
export function unseal<T>(sealed: string, key: Buffer, bound: string): T | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < ivBytes + tagBytes) return undefined;
  const opener = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
  opener.setAAD(Buffer.from(bound)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  try {
    return JSON.parse(opener.update(bytes.subarray(ivBytes + tagBytes), undefined, 'utf8') + opener.final('utf8')) as T;
  } catch {
    return undefined;
  }
}
