// gatehouse-agent audit [N]: the newest N entries (50) of the audit log, one a line, as they stand in the file.
import { installedFiles, lines } from '../audit/files.ts';
import type { Settings } from '../settings.ts';

export async function audit(settings: Settings, args: string[]): Promise<number> {
  const wanted = Number(args[0] ?? 50);
  if (!Number.isInteger(wanted) || wanted < 1 || args.length > 1) {
    console.error('usage: gatehouse-agent audit [how many of the newest entries]');
    return 2;
  }
  let newest: string[] = [];
  for (const file of installedFiles(settings.audit).reverse()) {
    if (newest.length >= wanted) break;
    newest = [...Array.from(lines(file), String).slice(-(wanted - newest.length)), ...newest];
  }
  for (const line of newest) console.log(line);
  return 0;
}
