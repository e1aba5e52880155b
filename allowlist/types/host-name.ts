// What the host is called (RFC 1123): one label, or several with dots. hostnamectl would take an address or localhost as well.
import type { SlotType } from '../types.ts';

export const hostName: SlotType = {
  name: 'host-name',
  pattern: /^[A-Za-z0-9][A-Za-z0-9.-]*$/,
  maxBytes: 64,
  about: 'the name of a host: letters, digits and dashes, up to 63 between dots; no address, not localhost',
  example: 'attic',
  never: ':/,=_ ',
  fault: value => {
    const parts = value.split('.');
    const isName = parts.every(part => /^[^-]/.test(part) && !part.endsWith('-') && part.length <= 63);
    if (isName && /[a-z]/i.test(parts.at(-1)!) && !/^localhost(?:\.|$)/i.test(value)) return undefined;
    return `${hostName.about}, such as ${hostName.example}`;
  },
};
