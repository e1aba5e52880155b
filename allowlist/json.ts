// JSON as it stands on a line: no key twice, which JSON.parse would not see, and no nesting that would take it long. Linear in the text.

/** Well-formed, but not to be trusted: a reader could have taken it for something else. */
export class Ambiguous extends Error {}

const deepest = 8;

/** Parses strict JSON. Throws SyntaxError where it is not, or nests deeper than any request; Ambiguous where an object names a key twice, or `__proto__`. */
export function parseJson(text: string): unknown {
  const twice = keyTwice(text);
  const value: unknown = JSON.parse(text);
  if (twice !== undefined)
    throw new Ambiguous(`the key ${JSON.stringify(twice.slice(0, 40))} stands twice or is not allowed`);
  return value;
}

/** Strings are the only tokens that can hide a bracket. Of text that is no JSON the answer means nothing. */
function keyTwice(text: string): string | undefined {
  const open: (Set<string> | null)[] = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/gs;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    if (found[0] === '{' || found[0] === '[') {
      if (open.push(found[0] === '{' ? new Set() : null) > deepest) throw new SyntaxError('nested too deep');
    } else if (found[0] === '}' || found[0] === ']') open.pop();
    else if (found[1] !== undefined) {
      const key = JSON.parse(found[0].slice(0, found[0].lastIndexOf('"') + 1)) as string;
      const keys = open.at(-1);
      if (key === '__proto__' || keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
