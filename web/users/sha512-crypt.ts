// sha512-crypt as crypt(5) writes it, for chpasswd -e. Ours, because the packages there are hash passwords of 64 bytes wrongly.
// Source: "Unix crypt using SHA-256 and SHA-512", U. Drepper, 2007; the names A, B, P, S and C are the ones it uses.
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

const sha512 = (...parts: Buffer[]) => parts.reduce((hash, part) => hash.update(part), createHash('sha512')).digest();
const stretch = (bytes: Buffer, length: number) => Buffer.alloc(length, bytes);

const roundsAtATime = 4_000;

/** `salt` is 1–16 of `./0-9A-Za-z`. The event loop gets a turn every few milliseconds. */
export async function sha512Crypt(password: string, salt: string, rounds: number): Promise<string> {
  const key = Buffer.from(password);
  const salted = Buffer.from(salt);
  const b = sha512(key, salted, key);
  const bits = [...key.length.toString(2)].reverse().map(bit => (bit === '1' ? b : key));
  const a = sha512(key, salted, stretch(b, key.length), ...bits);
  const p = stretch(sha512(...Array<Buffer>(key.length).fill(key)), key.length);
  const s = stretch(sha512(...Array<Buffer>(16 + a.readUInt8(0)).fill(salted)), salted.length);
  let c = a;
  for (let round = 0; round < rounds; round++) {
    const parts = [round % 2 ? p : c];
    if (round % 3) parts.push(s);
    if (round % 7) parts.push(p);
    parts.push(round % 2 ? c : p);
    c = sha512(...parts);
    if (round % roundsAtATime === roundsAtATime - 1) await setImmediate();
  }
  return `$6$rounds=${rounds}$${salt}$${encode(c)}`;
}

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function encode(digest: Buffer): string {
  let text = '';
  let [high, middle, low] = [0, 21, 42];
  for (let group = 0; group < 21; group++) {
    text += sixes((digest.readUInt8(high) << 16) | (digest.readUInt8(middle) << 8) | digest.readUInt8(low), 4);
    [high, middle, low] = [middle + 1, low + 1, high + 1];
  }
  return text + sixes(digest.readUInt8(63), 2);
}

function sixes(value: number, count: number): string {
  return Array.from({ length: count }, (_, index) => alphabet[(value >> (6 * index)) & 63]).join('');
}
