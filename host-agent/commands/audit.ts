// gatehouse-agent audit [N]: the newest N entries (50) of the audit log, one a line, as they stand in the file.
import { closeSync, openSync } from 'node:fs';
import { installedFiles } from '../audit/files.ts';
import { lines } from '../audit/lines.ts';
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
    newest = [...readLines(file).slice(-(wanted - newest.length)), ...newest];
  }
  for (const line of newest) console.log(line);
  return 0;
}

function readLines(file: string): string[] {
  const fd = openSync(file, 'r');
  try {
    return Array.from(lines(fd), line => line.toString('utf8'));
  } finally {
    closeSync(fd);
  }
}
