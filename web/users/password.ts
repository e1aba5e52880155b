// A new password, and what the host's two tools are given of it.
import { randomInt } from 'node:crypto';
import { sha512Crypt } from './sha512-crypt.ts';

/** What the tools get: chpasswd the hash, pdbedit the text. Both of the same bytes. */
export interface NewPassword {
  text: string;
  hash: string;
}

const fewestCharacters = 8;
const mostCharacters = 127;
/** pdbedit reads a line into 256 bytes, with its end and a NUL. */
const mostBytes = 254;

/** NFC as RFC 8265 has it, so that the é of every keyboard is one password; nothing is trimmed or folded. */
export const normalised = (text: string): string => text.normalize('NFC');

/** Which bound a (normalised) password misses, as a key of the catalogue. */
export function passwordFault(
  text: string,
): 'users.password.short' | 'users.password.long' | 'users.password.signs' | undefined {
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) return 'users.password.signs';
  if ([...text].length < fewestCharacters) return 'users.password.short';
  if ([...text].length > mostCharacters || Buffer.byteLength(text) > mostBytes) return 'users.password.long';
  return undefined;
}

const rounds = 100_000;
const saltSigns = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export async function newPassword(text: string): Promise<NewPassword> {
  const salt = Array.from({ length: 16 }, () => saltSigns[randomInt(saltSigns.length)]).join('');
  return { text, hash: await sha512Crypt(text, salt, rounds) };
}
