// JSON as it stands on a line: JSON.parse keeps the last of two equal keys, so a second look finds them. Linear in the text.

/** Parses strict JSON and throws SyntaxError where it is not, or where an object names a key twice or names `__proto__`. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  refuseDuplicateKeys(text);
  return value;
}

/** Walks text that JSON.parse accepted: strings are the only tokens that can hide a bracket. */
function refuseDuplicateKeys(text: string): void {
  const open: (Set<string> | null)[] = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/gs;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    if (found[0] === '{') open.push(new Set());
    else if (found[0] === '[') open.push(null);
    else if (found[0] === '}' || found[0] === ']') open.pop();
    else if (found[1] !== undefined) {
      const key = JSON.parse(found[0].slice(0, found[0].lastIndexOf('"') + 1)) as string;
      const keys = open.at(-1);
      if (key === '__proto__' || keys?.has(key))
        throw new SyntaxError(`the key ${JSON.stringify(key.slice(0, 40))} stands twice or is not allowed`);
      keys?.add(key);
    }
  }
}
