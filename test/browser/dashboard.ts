// The whole of Gatehouse in dummy mode for a test: agent and web as `npm start` runs them, in a folder of their own.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Dashboard {
  origin: string;
  /** The link that it printed, to set it up. */
  setupLink: string;
  folder: string;
  agent: ChildProcess;
  web: ChildProcess;
  stop(): Promise<void>;
}

export async function startDashboard(env: Record<string, string> = {}): Promise<Dashboard> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-dashboard-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const settings = {
    GATEHOUSE_MODE: 'dummy',
    GATEHOUSE_SOCKET: join(folder, 'run/agent.sock'),
    GATEHOUSE_AUDIT: join(folder, 'audit.jsonl'),
    GATEHOUSE_STATE: join(folder, 'state'),
    GATEHOUSE_PORT: `${port}`,
    GATEHOUSE_ORIGIN: origin,
    GATEHOUSE_DATABASE: `sqlite:${join(folder, 'web.db')}`,
    GATEHOUSE_SECRET_FILE: join(folder, 'secret'),
    ...env,
  };
  const start = (file: string, ...args: string[]) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../..', file), ...args], {
      env: { PATH: process.env.PATH, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return child;
  };
  const agent = start('host-agent/main.ts', 'serve');
  await said(agent, /serves in dummy mode/);
  const web = start('web/main.ts');
  const setupLink = await said(web, /http:\S+\/setup\?token=\S+/);
  return {
    ...{ origin, setupLink, folder, agent, web },
    async stop() {
      await Promise.all([agent, web].map(ended));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Ends a child and waits until it has ended. */
export function ended(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

function said(child: ChildProcess, words: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', chunk => {
      text += chunk;
      const found = words.exec(text);
      if (found) resolve(found[0]);
    });
    child.once('exit', code => reject(new Error(`it ended with ${code} before it said ${words}: ${text}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
