// The whole of Gatehouse in dummy mode for a test: agent and web as `npm start` runs them, in a folder of their own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
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
  /** Another command of either program, as a person types it at the host's terminal, with the answers that it asks for. Gives what it printed. */
  atTerminal(file: string, args: readonly string[], typed?: string): string;
  /** After the agent was ended. */
  startAgentAgain(): Promise<void>;
  stop(): Promise<void>;
}

/** At `name`: browsers take passkeys for localhost, but for no address. */
export async function startDashboard(env: Record<string, string> = {}, name = '127.0.0.1'): Promise<Dashboard> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-dashboard-'));
  const port = await freePort();
  const origin = `http://${name}:${port}`;
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
  const options = {
    env: { PATH: process.env.PATH, MALLOC_ARENA_MAX: '2', ...settings },
    cwd: join(import.meta.dirname, '../..'),
  };
  const start = (file: string, ...args: string[]) =>
    spawn(process.execPath, ['--max-semi-space-size=2', file, ...args], {
      ...options,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const startAgent = async () => {
    const agent = start('host-agent/main.ts', 'serve');
    await said(agent, /serves in dummy mode/);
    return agent;
  };
  const agent = await startAgent();
  const web = start('web/main.ts');
  const setupLink = await said(web, /http:\S+\/setup\?token=\S+/);
  const dashboard: Dashboard = {
    ...{ origin, setupLink, folder, agent, web },
    async startAgentAgain() {
      dashboard.agent = await startAgent();
    },
    atTerminal(file, args, typed = '') {
      const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
        ...options,
        ...{ input: typed, encoding: 'utf8', timeout: 30_000 },
      });
      if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
      return stdout;
    },
    async stop() {
      await Promise.all([dashboard.agent, web].map(ended));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return dashboard;
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

export function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
