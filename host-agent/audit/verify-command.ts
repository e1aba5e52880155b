// gatehouse-agent verify [FILE…]
import { installedFiles } from './files.ts';
import { verifyFiles } from './verify.ts';

/** Prints `ok: N entries` or the first fault; the exit status. Without arguments all files of the installed log. */
export async function verifyCommand(args: readonly string[], defaultPath: string): Promise<number> {
  try {
    const look = () => verifyFiles(args.length > 0 ? args : installedFiles(defaultPath));
    let verdict = await look();
    // The agent may have been writing: a fault of the installed log counts when it is seen twice.
    if (!verdict.ok && args.length === 0) verdict = await look();
    console.log(
      verdict.ok ? `ok: ${verdict.entries} entries` : `${verdict.file}, line ${verdict.line}: ${verdict.why}`,
    );
    return verdict.ok ? 0 : 1;
  } catch (error) {
    console.log(`The audit log cannot be read: ${error}`);
    return 1;
  }
}
