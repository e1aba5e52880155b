// The web's one secret: made at the first start, readable by its owner only. Every use has a key of its own, derived by name.
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { WrongSetting } from './settings.ts';

/** The bytes of the file, which is made with 32 random ones where it is missing. Two starting at once read the same. */
export function openSecretFile(path: string): Buffer {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, randomBytes(32), { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(path, 'cannot be made or read', error);
  }
  try {
    const bytes = readFileSync(path);
    if (bytes.length < 32) throw unusable(path, 'holds fewer than 32 bytes');
    chmodSync(path, 0o600);
    return bytes;
  } catch (error) {
    throw error instanceof WrongSetting ? error : unusable(path, 'cannot be read', error);
  }
}

function unusable(path: string, fault: string, cause?: unknown): WrongSetting {
  return new WrongSetting(
    `GATEHOUSE_SECRET_FILE ${path} ${fault}; for example: a file made with "head -c 32 /dev/urandom", mode 0600`,
    { cause },
  );
}

/** 32 bytes for one use, which tell nothing of the others. */
export function keyFor(
  use: 'sessions' | 'forms' | 'devices' | 'invitations' | 'factors' | 'recovery' | 'half',
  secret: Buffer,
): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `gatehouse ${use}`, 32));
}

export function sealed(text: string, key: Buffer): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

/** Whether what came in is this text, in a time that does not tell how much of it was right. */
export function sameText(given: unknown, wanted: string): boolean {
  if (typeof given !== 'string' || wanted === '') return false;
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
