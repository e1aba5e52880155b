// The agent under test: real mode, one rule that runs `true`, files of its own that go when it stops.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from './client.ts';

export interface Agent {
  socket: string;
  /** From the start of its process to its first answer. */
  startedInMs: number;
  /** Anonymous memory in MB: what is its own, not the pages of files that others share. */
  anonymousMb(): number;
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL('../../host-agent/main.ts', import.meta.url));
const rule = '- id: bench.true\n  run: "true"\n  reads: true\n  why: measure how long a run takes\n';

/** `options` go to Node, before the script. */
export async function startAgent(options: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Agent> {
  // Not /tmp, which may be memory: what is measured includes that the audit log is on the disk.
  const folder = mkdtempSync('/var/tmp/gatehouse-bench-');
  mkdirSync(join(folder, 'rules'), { mode: 0o755 });
  writeFileSync(join(folder, 'rules', 'bench.yaml'), rule, { mode: 0o644 });
  mkdirSync(join(folder, 'run'), { mode: 0o750 });
  const socket = join(folder, 'run', 'agent.sock');
  const began = performance.now();
  const child = spawn(process.execPath, [...options, main, 'serve'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...env,
      PATH: process.env.PATH,
      GATEHOUSE_MODE: 'real',
      GATEHOUSE_SOCKET: socket,
      GATEHOUSE_AUDIT: join(folder, 'audit.jsonl'),
      GATEHOUSE_STATE: join(folder, 'state'),
      GATEHOUSE_RULES: join(folder, 'rules'),
      GATEHOUSE_PEER_UIDS: String(process.getuid?.()),
    },
  });
  const exit = once(child, 'exit').then(() => rmSync(folder, { recursive: true }));
  const startedInMs = await Promise.race([answering(socket).then(at => at - began), exit]);
  if (startedInMs === undefined) throw new Error('The agent under test does not start');
  return {
    socket,
    startedInMs,
    anonymousMb() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    async stop() {
      child.kill('SIGTERM');
      await exit;
    },
  };
}

async function answering(socket: string): Promise<number> {
  for (;;) {
    const client = await Client.connect(socket).catch(() => undefined);
    if (!client) await pause(2);
    else {
      await client.ask({ cmd: '@status', args: [] });
      client.close();
      return performance.now();
    }
  }
}
