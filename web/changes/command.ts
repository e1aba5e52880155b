// A command for eyes: each argument as a shell would need it, and nothing in it that a page or terminal would hide or reorder.
import { quote } from 'shell-quote';

export function shownArgv(argv: readonly string[]): string[] {
  return argv.map(arg => visible(/^[\p{L}\p{N}@%_+=:,./-]+$/u.test(arg) ? arg : quote([arg])));
}

/** The same text with what cannot be seen written out: control and format characters, line separators, halves of pairs. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu, sign => {
    const code = sign.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
