import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe } from 'vitest';
import { dummyHost } from '../../host-agent/dummy/host.ts';
import type { Host } from '../../host-agent/host.ts';
import type { Machine } from './machine.ts';
import { runCases } from './suite.ts';

function driver(host: Host): Machine {
  return {
    async run(argv, stdin = '') {
      const child = host.start({ argv, stdin, env: {} });
      const [stdout, stderr, { code }] = await Promise.all([text(child.stdout), text(child.stderr), child.ended]);
      return { code, stdout, stderr };
    },
    async read(path) {
      return readFileSync(host.root + path, 'utf8');
    },
    async stat(path) {
      if (!existsSync(host.root + path)) return undefined;
      return { mode: lstatSync(host.root + path).mode & 0o7777, uid: undefined };
    },
    async write(path, content) {
      writeFileSync(host.root + path, content);
    },
    async occupy(login) {
      writeFileSync(`${host.root}/dummy.json`, JSON.stringify({ running: { [login]: 1 } }));
    },
  };
}

describe('the simulated host', () => {
  let stateDir: string;
  let machine: Machine;
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'gatehouse-same-'));
    machine = driver(dummyHost(stateDir));
  });
  afterEach(() => rmSync(stateDir, { recursive: true }));

  runCases(() => machine);
});
