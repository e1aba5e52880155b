// One entry as one line: what it holds, in which order, and in which bytes.
import { hash } from 'node:crypto';
import { limits } from '../../allowlist/wire.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** `prev` of the very first entry. */
export const genesis = '0'.repeat(64);

/** The next link of the chain: over the bytes of a line without its LF. */
export const lineHash = (line: Uint8Array): string => hash('sha256', line, 'hex');

/** How every line begins. */
export const head = /^\{"n":(\d+),"at":"[^"]+","kind":"([^"]+)"(?:,"of":(\d+))?/;

/** The bytes of an entry, LF included. */
export function entryLine(n: number, at: Date, kind: string, fields: Fields, prev: string): Buffer {
  const head = { n, at: at.toISOString(), kind, of: fields.of };
  return Buffer.from(escaped(JSON.stringify({ ...head, ...fields, ...head, prev })) + '\n');
}

/** What could move, hide or split text where the log is shown: DEL, C1, format characters (bidi among them) and line separators. */
const unseen = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON text with nothing in it that a terminal or editor would act on; it parses to the same value. JSON.stringify has escaped C0. */
function escaped(json: string): string {
  const unit = (code: string) => '\\u' + code.charCodeAt(0).toString(16).padStart(4, '0');
  return json.replace(unseen, char => char.split('').map(unit).join(''));
}

const keptBytes = 2048;

/** The first 2 KiB of a refused text, and of the rest its length and hash. */
export function kept(text: string): string | { start: string; restBytes: number; restSha256: string } {
  const bytes = Buffer.from(text);
  if (bytes.length <= keptBytes) return text;
  let end = keptBytes;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  const rest = bytes.subarray(end);
  return { start: bytes.toString('utf8', 0, end), restBytes: rest.length, restSha256: lineHash(rest) };
}

/** What a refusal says in text that anyone may send. */
export type RefusedText = Fields & { message: string; cmd?: string; args?: readonly string[] };

/** The fields of a refusal, that text cut to what the log keeps. */
export function refusalFields(refusal: RefusedText): Fields {
  const { cmd, args, message } = refusal;
  return {
    ...refusal,
    cmd: cmd && kept(cmd),
    args: args?.slice(0, limits.args).map(kept),
    argsLeftOut: args && args.length > limits.args ? args.length - limits.args : undefined,
    message: kept(message),
  };
}
