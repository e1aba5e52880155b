// gatehouse-agent verify [FILE…]
import { verifyFiles, verifyLog } from './verify.ts';

/** Prints `ok: N entries` or the first fault; the exit status. Without arguments all files of the installed log. */
export async function verifyCommand(args: readonly string[], defaultPath: string): Promise<number> {
  try {
    const verdict = await (args.length > 0 ? verifyFiles(args) : verifyLog(defaultPath));
    console.log(
      verdict.ok ? `ok: ${verdict.entries} entries` : `${verdict.file}, line ${verdict.line}: ${verdict.why}`,
    );
    return verdict.ok ? 0 : 1;
  } catch (error) {
    console.log(`The audit log cannot be read: ${error}`);
    return 1;
  }
}
