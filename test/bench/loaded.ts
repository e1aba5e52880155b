// What `serve` loads: the project's own lines that are not empty, without slot types and rules, and the packages.
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent } from './agent.ts';
import { Client } from './client.ts';

export interface Loaded {
  lines: number;
  packages: string[];
}

export async function loadedByServe(requests: readonly { cmd: string; args: string[] }[]): Promise<Loaded> {
  const list = join(tmpdir(), `gatehouse-bench-loaded-${process.pid}`);
  const agent = await startAgent(['--import', new URL('record-loaded.ts', import.meta.url).href], {
    BENCH_LOADED: list,
  });
  const client = await Client.connect(agent.socket);
  for (const request of requests) await client.ask(request);
  client.close();
  await agent.stop();
  const files = readFileSync(list, 'utf8').split('\n').filter(Boolean);
  rmSync(list);
  const packaged = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/;
  const own = files.filter(file => !packaged.test(file) && !file.includes('/allowlist/types/'));
  return {
    lines: own.reduce(
      (sum, file) =>
        sum +
        readFileSync(file, 'utf8')
          .split('\n')
          .filter(line => line.trim()).length,
      0,
    ),
    packages: [...new Set(files.flatMap(file => packaged.exec(file)?.[1] ?? []))].sort(),
  };
}
