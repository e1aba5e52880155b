// One public key of an authorized_keys line, without options. Blob layout: RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4, OpenSSH PROTOCOL.u2f.
import type { SlotType } from '../types.ts';

export const sshPublicKey: SlotType = {
  name: 'ssh-public-key',
  pattern:
    /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]{40,4000}={0,2}(?: [\p{L}\p{M}\p{N}\p{P}\p{S}]{1,100})?$/u,
  maxBytes: 4500,
  about: 'one SSH public key on a line, without options: type, key, and perhaps one word',
  example: 'ssh-ed25519 AAAAC3… laptop',
  never: '\n\r',
  fault: blobFault,
};

/** How many fields each blob has behind the type's name, and the length of the field that matters (bytes; RSA: at least). */
const layouts: Record<string, { fields: number; check: (fields: readonly Buffer[]) => boolean }> = {
  'ssh-ed25519': { fields: 1, check: ([key]) => key?.length === 32 },
  'ssh-rsa': { fields: 2, check: ([, modulus]) => (modulus?.length ?? 0) >= 256 && (modulus?.length ?? 0) <= 2049 },
  'ecdsa-sha2-nistp256': {
    fields: 2,
    check: ([curve, point]) => curve?.toString('latin1') === 'nistp256' && point?.length === 65,
  },
  'ecdsa-sha2-nistp384': {
    fields: 2,
    check: ([curve, point]) => curve?.toString('latin1') === 'nistp384' && point?.length === 97,
  },
  'ecdsa-sha2-nistp521': {
    fields: 2,
    check: ([curve, point]) => curve?.toString('latin1') === 'nistp521' && point?.length === 133,
  },
  'sk-ssh-ed25519@openssh.com': { fields: 2, check: ([key]) => key?.length === 32 },
  'sk-ecdsa-sha2-nistp256@openssh.com': {
    fields: 3,
    check: ([curve, point]) => curve?.toString('latin1') === 'nistp256' && point?.length === 65,
  },
};

function blobFault(value: string): string | undefined {
  const [type = '', base64 = ''] = value.split(' ', 2);
  const blob = Buffer.from(base64, 'base64');
  const layout = layouts[type];
  if (blob.toString('base64') !== base64) return 'a key in complete base64';
  const [name, ...fields] = stringsOf(blob) ?? [];
  if (!layout || name?.toString('latin1') !== type || fields.length !== layout.fields)
    return `a whole key of the type it names, ${type}`;
  return layout.check(fields) ? undefined : `a ${type} key of a length that is in use (RSA: 2048 to 16384 bits)`;
}

/** The length-prefixed strings that a blob consists of; undefined where bytes are missing or left over. */
function stringsOf(blob: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) return undefined;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return undefined;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}
