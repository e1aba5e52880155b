// The agent under test: real mode, one rule that runs `true`, started as the shipped unit starts it, in a folder of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from './client.ts';
import { atExit } from './exit.ts';

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

// Node's options, and whether it keeps a compile cache, are the unit's.
const unit = readFileSync(new URL('../../systemd/gatehouse-agent.service', import.meta.url), 'utf8');
const unitOptions = /^ExecStart=\S+((?: --\S+)*) \S+main\.ts serve$/m.exec(unit)?.[1]?.split(' ').filter(Boolean) ?? [];
const cache = /^Environment=NODE_COMPILE_CACHE=/m.test(unit) && mkdtempSync('/var/tmp/gatehouse-bench-cache-');
if (cache) atExit(() => rmSync(cache, { recursive: true, force: true }));

/** `options` go to Node besides the unit's. */
export async function startAgent(options: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Agent> {
  // Not /tmp, which may be memory: that the audit log is on the disk is part of what is measured.
  const folder = mkdtempSync('/var/tmp/gatehouse-bench-');
  mkdirSync(join(folder, 'rules'), { mode: 0o755 });
  writeFileSync(join(folder, 'rules', 'bench.yaml'), rule, { mode: 0o644 });
  mkdirSync(join(folder, 'run'), { mode: 0o750 });
  const socket = join(folder, 'run', 'agent.sock');
  const began = performance.now();
  const child = spawn(process.execPath, [...unitOptions, ...options, main, 'serve'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...env,
      ...(cache && { NODE_COMPILE_CACHE: cache }),
      PATH: process.env.PATH,
      GATEHOUSE_MODE: 'real',
      GATEHOUSE_SOCKET: socket,
      GATEHOUSE_AUDIT: join(folder, 'audit.jsonl'),
      GATEHOUSE_STATE: join(folder, 'state'),
      GATEHOUSE_RULES: join(folder, 'rules'),
      GATEHOUSE_PEER_UIDS: '0',
    },
  });
  const end = atExit(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const exited = once(child, 'exit').then(end);
  const answeredAt = await Promise.race([firstAnswer(socket), exited]);
  if (answeredAt === undefined) throw new Error('The agent under test does not start.');
  return {
    socket,
    startedInMs: answeredAt - began,
    anonymousMb() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function firstAnswer(socket: string): Promise<number> {
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
