// JSON as it stands on a line: no key twice, which JSON.parse would not see, and no more nesting or keys than any request has, which would take it long. Linear in the text.

/** Well-formed, but not to be trusted: a reader could have taken it for something else. */
export class Ambiguous extends Error {
  readonly key: string;
  /** What JSON.parse makes of it. */
  readonly value: unknown;

  constructor(key: string, value: unknown) {
    super(`the key ${JSON.stringify(key.slice(0, 40))} stands twice or is not allowed`);
    this.key = key;
    this.value = value;
  }
}

const deepest = 8;
/** Twice what the longest list for @confirm has. */
const usualKeys = 256;

/** Parses strict JSON. Throws SyntaxError where it is not, or holds more than any request; Ambiguous where an object names a key twice, or `__proto__`. */
export function parseJson(text: string, keysAtMost = usualKeys): unknown {
  const twice = keyTwice(text, keysAtMost);
  const value: unknown = JSON.parse(text);
  if (twice !== undefined) throw new Ambiguous(twice, value);
  return value;
}

/** Strings are the only tokens that can hide a bracket; one that never ends takes all that is left. Of text that is no JSON the answer means nothing. */
function keyTwice(text: string, keysAtMost: number): string | undefined {
  const open: (Set<string> | null)[] = [];
  const token = /"[^"\\]*(?:\\.[^"\\]*)*(?:"(\s*:)?)?|[{}[\]]/gs;
  let keysLeft = keysAtMost;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    if (found[0] === '{' || found[0] === '[') {
      if (open.push(found[0] === '{' ? new Set() : null) > deepest) throw new SyntaxError('nested too deep');
    } else if (found[0] === '}' || found[0] === ']') open.pop();
    else if (found[1] !== undefined) {
      if (keysLeft-- === 0) throw new SyntaxError('more keys than any request has');
      const key = JSON.parse(found[0].slice(0, found[0].lastIndexOf('"') + 1)) as string;
      const keys = open.at(-1);
      if (key === '__proto__' || keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
