// A real agent in a folder of its own, as tests use it: start, ask, stop, kill, and read what it left.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from '../../allowlist/wire.ts';
import { Client, type Reply, type Sent } from './client.ts';

const main = resolve(import.meta.dirname, '../../host-agent/main.ts');
/** As systemd/gatehouse-agent.service starts it. */
const flags = ['--max-semi-space-size=1'];

export interface Options {
  /** `real` needs root; its rules are only those of `rules`. */
  mode?: 'dummy' | 'real';
  /** YAML of rules: in dummy mode beside the shipped ones, as the owner's. */
  rules?: string;
  env?: Record<string, string>;
  /** Where the audit log lies; a file of the agent's folder unless told. */
  audit?: string;
}

export interface Entry {
  n: number;
  kind: string;
  of?: number;
  rule?: string;
  argv?: string[];
  problem?: string;
  [more: string]: unknown;
}

export class Agent {
  readonly dir = mkdtempSync(join(tmpdir(), 'gatehouse-agent-'));
  readonly socket = join(this.dir, 's', 'agent.sock');
  readonly audit: string;
  readonly state = join(this.dir, 'state');
  /** The simulated machine of dummy mode. */
  readonly root = join(this.state, 'host');
  readonly env: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;
  #printed = '';

  constructor({ mode = 'dummy', rules, env = {}, audit }: Options) {
    const shipped = resolve(import.meta.dirname, '../../allowlist/rules');
    const ownRules = join(this.dir, 'rules.d');
    mkdirSync(ownRules);
    if (rules !== undefined) writeFileSync(join(ownRules, 'test.yaml'), rules);
    chmodSync(this.dir, 0o711);
    this.audit = audit ?? join(this.dir, 'audit.jsonl');
    this.env = {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: resolve(import.meta.dirname, '../../.gatehouse/compiled'),
      GATEHOUSE_MODE: mode,
      GATEHOUSE_SOCKET: this.socket,
      GATEHOUSE_AUDIT: this.audit,
      GATEHOUSE_STATE: this.state,
      GATEHOUSE_RULES: mode === 'real' ? ownRules : `${shipped}:${ownRules}`,
      GATEHOUSE_PEER_UIDS: String(process.getuid?.()),
      ...env,
    };
  }

  async start(): Promise<this> {
    const child = spawn(process.execPath, [...flags, main, 'serve'], {
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    const serves = new Promise<void>(serving => {
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          this.#printed += text;
          if (text.includes('gatehouse-agent serves')) serving();
        });
    });
    await Promise.race([serves, once(child, 'exit')]);
    if (child.exitCode !== null) throw new Error(`the agent did not start: ${this.#printed.slice(-500)}`);
    return this;
  }

  get pid(): number {
    return this.#process?.pid ?? -1;
  }

  /** All it ever wrote on stdout and stderr. */
  get printed(): string {
    return this.#printed;
  }

  /** Nobody reads what it prints any more, as when the journal is restarted. */
  deafen(): void {
    this.#process?.stdout?.destroy();
    this.#process?.stderr?.destroy();
  }

  connect(): Promise<Client> {
    return Client.connect(this.socket);
  }

  /** One request on a connection of its own: its last reply. */
  async ask(cmd: string, args: readonly string[] = [], more: Sent = {}): Promise<Reply> {
    const client = await this.connect();
    try {
      return await client.ask(cmd, args, more);
    } finally {
      client.close();
    }
  }

  /** Exact bytes on a connection of its own: all replies until it falls silent or closes. */
  async raw(bytes: Buffer | string, options: { waitMs?: number; halfClose?: boolean } = {}): Promise<Reply[]> {
    const client = await this.connect();
    try {
      return await client.raw(bytes, options);
    } finally {
      client.close();
    }
  }

  /** Asks each with a ticket that one code opened. The ticket's refusal, where there is none. */
  async confirmed(...requests: (Command & { undo?: true })[]): Promise<Reply[]> {
    const opened = await this.ask('@confirm', [], { stdin: JSON.stringify({ code: '000000', requests }) });
    const ticket = (opened.result as { ticket?: string } | undefined)?.ticket;
    if (ticket === undefined) return [opened];
    const replies: Reply[] = [];
    for (const { cmd, args, stdin } of requests.filter(({ undo }) => !undo))
      replies.push(await this.ask(cmd, args, { ticket, ...(stdin !== undefined && { stdin }) }));
    return replies;
  }

  async nextUid(): Promise<number> {
    return ((await this.ask('@status')).result as { nextUid: number }).nextUid;
  }

  async add(login: string, fullName = 'Somebody'): Promise<Reply> {
    return this.ask('useradd', useraddArgs(await this.nextUid(), fullName, login));
  }

  /** What the simulated programs are to do: dummy.json of dummy/behaviour.ts. */
  behave(told: object): void {
    writeFileSync(join(this.root, 'dummy.json'), JSON.stringify(told));
  }

  entries(): Entry[] {
    const lines = readFileSync(this.audit, 'utf8').split('\n');
    return lines.slice(0, -1).map(line => JSON.parse(line) as Entry);
  }

  /** Runs another command of gatehouse-agent with the same settings. */
  command(...args: string[]): { code: number; printed: string } {
    return this.typing(undefined, ...args);
  }

  /** The same, with what somebody types. */
  typing(input: string | undefined, ...args: string[]): { code: number; printed: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
      env: this.env,
      encoding: 'utf8',
      ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
      timeout: 15_000,
    });
    return { code: status ?? -1, printed: status === 0 ? stdout : stdout + stderr };
  }

  /** SIGTERM; gives the exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.#process;
    if (!child) return null;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Starts one. `remove()` it in the end. */
export function startAgent(options: Options = {}): Promise<Agent> {
  return new Agent(options).start();
}

export function useraddArgs(uid: number | string, fullName: string, login: string): string[] {
  return [
    ...['-m', '-K', 'HOME_MODE=0700', '-u', String(uid), '-g', 'users'],
    ...['-s', '/usr/sbin/nologin', '-c', fullName, login],
  ];
}
