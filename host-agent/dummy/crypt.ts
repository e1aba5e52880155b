// Whether a password is that of a sha512-crypt hash, as crypt(3) of the real machine would say. The dashboard makes such hashes by code of
// its own; neither folder imports the other's. Source: "Unix crypt using SHA-256 and SHA-512", U. Drepper, 2007, with its names A, B, P, S, C.
import { createHash } from 'node:crypto';

const sha512 = (...parts: Buffer[]) => parts.reduce((hash, part) => hash.update(part), createHash('sha512')).digest();
const stretch = (bytes: Buffer, length: number) => Buffer.alloc(length, bytes);

/** Other kinds of hashes, such as yescrypt, are nobody's password here. */
export function isPasswordOf(password: string, hash: string): boolean {
  const [, rounds = '5000', salt = '', digest] =
    /^\$6\$(?:rounds=(\d+)\$)?([./0-9A-Za-z]{1,16})\$(.{86})$/.exec(hash) ?? [];
  return digest !== undefined && sha512Crypt(Buffer.from(password), Buffer.from(salt), Number(rounds)) === digest;
}

function sha512Crypt(key: Buffer, salt: Buffer, rounds: number): string {
  const b = sha512(key, salt, key);
  const bits = [...key.length.toString(2)].reverse().map(bit => (bit === '1' ? b : key));
  const a = sha512(key, salt, stretch(b, key.length), ...bits);
  const p = stretch(sha512(...Array<Buffer>(key.length).fill(key)), key.length);
  const s = stretch(sha512(...Array<Buffer>(16 + a.readUInt8(0)).fill(salt)), salt.length);
  let c = a;
  for (let round = 0; round < rounds; round++) {
    const parts = [round % 2 ? p : c];
    if (round % 3) parts.push(s);
    if (round % 7) parts.push(p);
    parts.push(round % 2 ? c : p);
    c = sha512(...parts);
  }
  return encode(c);
}

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Three bytes at a time as four letters, in the order that crypt(3) has; of the last byte two. */
function encode(digest: Buffer): string {
  const letters = (value: number, count: number) =>
    Array.from({ length: count }, (_, i) => alphabet[(value >> (6 * i)) & 63]).join('');
  let text = '';
  for (let [x, y, z] = [0, 21, 42]; text.length < 84; [x, y, z] = [y + 1, z + 1, x + 1])
    text += letters((digest.readUInt8(x) << 16) | (digest.readUInt8(y) << 8) | digest.readUInt8(z), 4);
  return text + letters(digest.readUInt8(63), 2);
}
