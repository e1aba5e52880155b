// What the tools of shadow-utils share: how they read a field and a number.

/** A field of passwd(5): without what would break the line. */
export function isField(text: string): boolean {
  return !/[:\n]/.test(text);
}

/** A name that useradd and groupadd of Debian take. */
export function isName(text: string): boolean {
  return !/^[-+~]|[:,\s]|^$/.test(text) && Buffer.byteLength(text) <= 32;
}

/** What useradd and usermod take for a shell; one that cannot be run is only warned of. */
export function isShell(text: string): boolean {
  return isField(text) && /^([/*]|$)/.test(text);
}

/** A uid or gid as strtoll reads it: leading blanks, a sign and zeros are taken. */
export function parseId(text: string): number | null {
  const id = /^\s*[+-]?\d+$/.test(text) ? Number(text) : -1;
  return id >= 0 && id < 2 ** 32 - 1 ? Math.abs(id) : null;
}

/** A number of login.defs as strtol reads it: 0700 is octal, 700 is not. */
export function numberOfC(text: string): number | null {
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return /^(0|[1-9]\d{0,8}|0x[\da-f]{1,8})$/i.test(text) ? Number(text) : null;
}
