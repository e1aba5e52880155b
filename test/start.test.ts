// The launcher as people and services run it, in a copy of the project of its own: how it ends.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { freePort } from './browser/dashboard.ts';

const root = join(import.meta.dirname, '..');
const copy = mkdtempSync(join(tmpdir(), 'gatehouse-start-'));
for (const name of ['bin', 'package.json', 'package-lock.json'])
  cpSync(join(root, name), join(copy, name), { recursive: true });
for (const name of ['node_modules', 'allowlist', 'host-agent', 'web']) symlinkSync(join(root, name), join(copy, name));
// As after the first start: nothing is left to install.
mkdirSync(join(copy, '.gatehouse'));
const lock = readFileSync(join(root, 'package-lock.json'));
writeFileSync(join(copy, '.gatehouse/installed'), createHash('sha256').update(lock).digest('hex'));

const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) if (groupOf(pid).length > 0) process.kill(-pid, 'SIGKILL');
});
afterAll(() => rmSync(copy, { recursive: true, maxRetries: 10 }));

const npmStart = ['npm', 'start', '--silent'];
const launcher = [process.execPath, 'bin/start.js'];
/** Where the system's own Node is too old, it hands over to the one that the first start fetched. */
const isOld =
  Number(/^v(\d+)/.exec(spawnSync('/usr/bin/node', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1]) < 24;
const byOldNode = ['/usr/bin/node', 'bin/start.js'];
const fetched = join(copy, `.gatehouse/node/node_modules/node-linux-${process.arch}/bin`);
mkdirSync(fetched, { recursive: true });
symlinkSync(process.execPath, join(fetched, 'node'));

type Sent = ['to it' | 'to all', NodeJS.Signals];
const term: Sent = ['to it', 'SIGTERM'];
const termToAll: Sent = ['to all', 'SIGTERM'];
const interrupt: Sent = ['to it', 'SIGINT'];
const interruptToAll: Sent = ['to all', 'SIGINT'];

/** In a process group of its own, as a terminal gives it. */
function start([program, ...args]: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(program!, args, {
    cwd: copy,
    env: { PATH: process.env.PATH, HOME: copy, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  started.push(child.pid!);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (text += chunk));
  // All that it said is there by then, not yet on `exit`.
  const ended = once(child, 'close');
  const send = ([whom, signal]: Sent) =>
    child.exitCode === null && process.kill(whom === 'to all' ? -child.pid! : child.pid!, signal);
  return { pid: child.pid!, said: () => text, ended, send };
}

/** What runs in the group that this process began. */
function groupOf(pid: number): string[] {
  return readdirSync('/proc').flatMap(name => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const [state, , group] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      if (group !== String(pid) || state === 'Z') return [];
      return [readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')];
    } catch {
      return [];
    }
  });
}

/** With this it is asked to end by the first moment at which it hears. */
const endsAtOnce =
  "--import=data:text/javascript,process.on('newListener',name=>name==='SIGTERM'&&process.nextTick(process.kill,process.pid,name))";

describe('the launcher', { timeout: 120_000 }, () => {
  it.each<[string, readonly string[], Sent[]]>([
    ['npm start', npmStart, [term]],
    ['npm start', npmStart, [term, interrupt, term]],
    ['npm start', npmStart, [termToAll]],
    ['npm start', npmStart, [interruptToAll, interruptToAll]],
    ['npm start', npmStart, [termToAll, term, interruptToAll, termToAll]],
    ['itself', launcher, [term]],
    ['itself', launcher, [term, term, interrupt, termToAll]],
    ...(isOld ? [['itself', byOldNode, [term, termToAll, interrupt]] as [string, string[], Sent[]]] : []),
    ['npm run agent', ['npm', 'run', 'agent'], [term]],
    ['npm run agent', ['npm', 'run', 'agent'], [termToAll]],
    ['the agent', [...launcher, 'agent'], [termToAll, termToAll, interrupt]],
    ['npm run web', ['npm', 'run', 'web'], [term]],
    ['npm run web', ['npm', 'run', 'web'], [interruptToAll, termToAll]],
  ])('ends %s with 0 by one signal and by many, and leaves nobody behind', async (_, command, signals) => {
    const port = await freePort();
    const { pid, said, ended, send } = start(command, { GATEHOUSE_PORT: `${port}` });
    if (!command.includes('web')) await expect.poll(said).toContain('gatehouse-agent serves in dummy mode');
    if (!command.includes('agent')) await expect.poll(said).toMatch(/\/setup\?token=/);
    for (const signal of signals) {
      send(signal);
      // npm hears them at once: when it has nothing left to run, a signal ends it as any program.
      if (command[0] !== 'npm') await delay(5);
    }
    expect(await ended, said()).toEqual([0, null]);
    expect(groupOf(pid)).toEqual([]);
    expect(said()).not.toMatch(/^\s+at |Error/m);
    expect(said().match(/the dashboard ends/g) ?? []).toHaveLength(command.includes('agent') ? 0 : 1);
  });

  it('ends with 0 within 10 s where somebody has sent half a form', async () => {
    const port = await freePort();
    const { pid, said, ended, send } = start(npmStart, { GATEHOUSE_PORT: `${port}` });
    await expect.poll(said).toMatch(/\/setup\?token=/);
    const slow = connect(port, '127.0.0.1').on('error', () => {});
    slow.write(`POST /setup HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 100\r\n\r\nname=`);
    await once(slow, 'ready');
    await delay(200);
    const asked = performance.now();
    send(termToAll);
    send(term);
    expect(await ended, said()).toEqual([0, null]);
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect(groupOf(pid)).toEqual([]);
    expect(said()).not.toMatch(/^\s+at /m);
  });

  it.each([{ command: launcher }, ...(isOld ? [{ command: byOldNode }] : [])])(
    'ends $command with 0 where it is asked before anything serves',
    async ({ command }) => {
      const env = { GATEHOUSE_PORT: `${await freePort()}`, NODE_OPTIONS: endsAtOnce };
      const { pid, said, ended } = start(command, env);
      expect(await ended, said()).toEqual([0, null]);
      expect(groupOf(pid)).toEqual([]);
      expect(said()).toBe('');
    },
  );

  it('ends with another code than 0 where one of the two fails, and ends the other', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { pid, said, ended } = start(npmStart, { GATEHOUSE_PORT: `${port}` });
    expect(await ended).toEqual([1, null]);
    expect(said()).toContain(`GATEHOUSE_PORT ${port}`);
    expect(groupOf(pid)).toEqual([]);
    taken.close();
  });
});
