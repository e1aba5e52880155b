// What an authenticator app scans or is typed: the secret in base32 (RFC 4648) and the otpauth:// address.
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Without padding: whole groups of five bytes need none, and apps take the rest as it is. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + alphabet[(held << (5 - bits)) & 31] : text;
}

/** SHA-1, six digits and 30 seconds are what every app assumes; leaving them out keeps the QR code small. */
export function otpauthUri(secret: Uint8Array, hostname: string): string {
  return `otpauth://totp/Gatehouse:${encodeURIComponent(hostname)}?secret=${base32(secret)}&issuer=Gatehouse`;
}
