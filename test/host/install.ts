// Installs Gatehouse on a test host by following docs/install-by-hand.md: every block of commands, in its order.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestHost } from './host.ts';

const project = join(import.meta.dirname, '../..');

/** The blocks of commands of the page; `kind` is what stands behind ``` in the first line. */
export async function blocks(kind: 'sh' | 'sh uninstall'): Promise<string[]> {
  const page = await readFile(join(project, 'docs/install-by-hand.md'), 'utf8');
  return [...page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)]
    .filter(found => found[1] === kind)
    .map(found => found[2] as string);
}

/** Puts the working tree into /opt/gatehouse, as step 2 asks, and follows the page. `until` stops before the block that holds it. */
export async function install(host: TestHost, until?: string): Promise<void> {
  await host.copyIn(project, '/opt/gatehouse', [
    './.git',
    './node_modules',
    '*/node_modules',
    './.gatehouse',
    './.tsbuild',
    '*.tsbuildinfo',
  ]);
  for (const block of await blocks('sh')) {
    if (until !== undefined && block.includes(until)) return;
    await follow(host, block);
  }
}

/** What a person does with a block: pastes it into root's shell. */
export async function follow(host: TestHost, block: string): Promise<string> {
  return await host.must(['bash', '-euo', 'pipefail', '-c', block], { timeoutMs: 600_000 });
}
