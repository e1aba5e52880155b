// A QR code (ISO/IEC 18004) of a short text: byte mode, level L, versions 1 to 10, always mask 0.

/** Of each version at level L: bytes of error correction in a block, blocks, data bytes in all. */
const sizes = [
  [7, 1, 19],
  [10, 1, 34],
  [15, 1, 55],
  [20, 1, 80],
  [26, 1, 108],
  [18, 2, 136],
  [20, 2, 156],
  [24, 2, 194],
  [30, 2, 232],
  [18, 4, 274],
] as const;

/** Rows of modules, true is dark; without the quiet zone. */
export function qr(text: string): boolean[][] {
  const bytes = Buffer.from(text);
  const lengthBits = (version: number) => (version < 10 ? 8 : 16);
  const version = 1 + sizes.findIndex(([, , data], i) => 4 + lengthBits(i + 1) + 8 * bytes.length <= 8 * data);
  if (version === 0) throw new RangeError('too long for a QR code of version 10');
  const [, , dataBytes] = sizes[version - 1]!;
  return draw(interleaved(padded(bytes, lengthBits(version), dataBytes), version), version);
}

/** Two rows of modules a line, light on dark whatever the terminal's colours, with the quiet zone of four. */
export function inTerminal(rows: readonly (readonly boolean[])[]): string {
  const dark = (x: number, y: number) => rows[y]?.[x] === true;
  let text = '';
  for (let y = -4; y < rows.length + 4; y += 2) {
    text += '\x1b[40;37;1m';
    for (let x = -4; x < rows.length + 4; x++)
      text += dark(x, y) ? (dark(x, y + 1) ? ' ' : '▄') : dark(x, y + 1) ? '▀' : '█';
    text += '\x1b[0m\n';
  }
  return text;
}

function padded(bytes: Buffer, lengthBits: number, dataBytes: number): number[] {
  let bits = '0100' + bytes.length.toString(2).padStart(lengthBits, '0');
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  bits += '0'.repeat(Math.min(4, 8 * dataBytes - bits.length));
  const words = (bits.match(/.{1,8}/g) ?? []).map(word => Number.parseInt(word.padEnd(8, '0'), 2));
  for (let pad = 0xec; words.length < dataBytes; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

function interleaved(data: number[], version: number): number[] {
  const [correction, blocks, dataBytes] = sizes[version - 1]!;
  const short = Math.floor(dataBytes / blocks);
  const firstLong = blocks - (dataBytes % blocks);
  const parts: number[][] = [];
  for (let i = 0, from = 0; i < blocks; i++) {
    const length = short + (i >= firstLong ? 1 : 0);
    parts.push(data.slice(from, from + length));
    from += length;
  }
  const divisor = generator(correction);
  return [...byColumns(parts), ...byColumns(parts.map(part => remainder(part, divisor)))];
}

function byColumns(parts: number[][]): number[] {
  const longest = Math.max(...parts.map(part => part.length));
  return Array.from({ length: longest }, (_, i) => parts.flatMap(part => part.slice(i, i + 1))).flat();
}

/** The Reed-Solomon generator polynomial without its leading 1, highest power first. */
function generator(degree: number): number[] {
  let poly = [1];
  for (let i = 0, root = 1; i < degree; i++, root = times(root, 2))
    poly = [...poly, 0].map((term, at) => term ^ times(at > 0 ? poly[at - 1]! : 0, root));
  return poly.slice(1);
}

function remainder(data: number[], divisor: number[]): number[] {
  const rest = divisor.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ rest.shift()!;
    rest.push(0);
    divisor.forEach((term, i) => {
      rest[i]! ^= times(term, factor);
    });
  }
  return rest;
}

/** In GF(256) over x⁸ + x⁴ + x³ + x² + 1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ (product & 0x80 ? 0x11d : 0);
    if ((b >> bit) & 1) product ^= a;
  }
  return product;
}

function draw(codewords: number[], version: number): boolean[][] {
  const size = 17 + 4 * version;
  const rows: (boolean | undefined)[][] = Array.from({ length: size }, () => new Array(size).fill(undefined));
  const set = (x: number, y: number, dark: boolean) => {
    const row = rows[y];
    if (row && x >= 0 && x < size) row[x] = dark;
  };
  const square = (cx: number, cy: number, radius: number, light: number[]) => {
    for (let dy = -radius; dy <= radius; dy++)
      for (let dx = -radius; dx <= radius; dx++)
        set(cx + dx, cy + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
  };

  for (let i = 8; i < size - 8; i++) {
    set(i, 6, i % 2 === 0);
    set(6, i, i % 2 === 0);
  }
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const)
    square(x, y, 4, [2, 4]);
  const centres = alignment(version);
  for (const y of centres)
    for (const x of centres) {
      const inFinder = Math.min(x, y) === 6 && [6, size - 7].includes(Math.max(x, y));
      if (!inFinder) square(x, y, 2, [1]);
    }

  const format = withCheck(0b01000, 10, 0b101_0011_0111) ^ 0b101_0100_0001_0010;
  for (let i = 0; i < 15; i++) {
    const dark = ((format >> i) & 1) === 1;
    const along = i < 6 ? i : i < 8 ? i + 1 : size - 15 + i;
    set(8, along, dark);
    set(i < 8 ? size - 1 - i : i === 8 ? 7 : 14 - i, 8, dark);
  }
  set(8, size - 8, true);
  if (version >= 7) {
    const bits = withCheck(version, 12, 0b1_1111_0010_0101);
    for (let i = 0; i < 18; i++) {
      const dark = ((bits >> i) & 1) === 1;
      const [across, down] = [size - 11 + (i % 3), Math.floor(i / 3)];
      set(across, down, dark);
      set(down, across, dark);
    }
  }

  let bit = 0;
  for (let right = size - 1, up = true; right >= 1; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let i = 0; i < size; i++) {
      const y = up ? size - 1 - i : i;
      for (const x of [right, right - 1]) {
        if (rows[y]![x] !== undefined) continue;
        const word = codewords[bit >> 3] ?? 0;
        rows[y]![x] = (((word >> (7 - (bit & 7))) & 1) === 1) !== ((x + y) % 2 === 0);
        bit++;
      }
    }
  }
  return rows as boolean[][];
}

function alignment(version: number): number[] {
  if (version === 1) return [];
  const last = 10 + 4 * version;
  return version < 7 ? [6, last] : [6, (6 + last) / 2, last];
}

/** A value followed by the remainder of its division by a polynomial: the BCH codes of format and version. */
function withCheck(value: number, checkBits: number, divisor: number): number {
  let rest = value << checkBits;
  for (let bit = 31 - Math.clz32(rest); rest >> checkBits > 0; bit = 31 - Math.clz32(rest))
    rest ^= divisor << (bit - checkBits);
  return (value << checkBits) | rest;
}
