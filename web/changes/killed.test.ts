// A real dashboard on a real database file, killed with -9 in the middle of a change and started again, beside a real agent in dummy mode.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectAgent } from '../agent/agent.ts';
import { statusSchema } from '../agent/results.ts';
import { administrator, Visitor } from '../visitor.fixture.ts';

interface Told {
  state: string;
  settledAt: number | null;
  hasUndo: boolean;
  steps: { says: string; argv: string[]; state: string; entry: number | null }[];
}

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-killed-'));
const socket = join(folder, 'run/agent.sock');
const audit = join(folder, 'audit.jsonl');
const children: ChildProcess[] = [];
let port: number;
let web: ChildProcess;
let person: Visitor;

beforeAll(async () => {
  port = await freePort();
  await said(run('host-agent/main.ts', 'serve'), /serves in dummy mode/);
  for (const login of ['jo', 'max', 'sam']) await add(login);
  const [, token = ''] = await startWeb();
  person = new Visitor(`http://127.0.0.1:${port}`, `http://127.0.0.1:${port}`);
  await person.get(`/setup?token=${token}`);
  const { login, name, password } = administrator;
  await person.post('/setup', { token, login, name, password, repeat: password });
  await person.get('/');
}, 120_000);
afterAll(async () => {
  for (const child of children) await kill(child);
  rmSync(folder, { recursive: true, force: true });
});

function run(file: string, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../..', file), ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      GATEHOUSE_SOCKET: socket,
      GATEHOUSE_AUDIT: audit,
      GATEHOUSE_STATE: join(folder, 'state'),
      GATEHOUSE_PORT: String(port),
      GATEHOUSE_DATABASE: `sqlite:${join(folder, 'web.db')}`,
      GATEHOUSE_SECRET_FILE: join(folder, 'secret'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

function said(child: ChildProcess, words: RegExp): Promise<RegExpExecArray> {
  let text = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', chunk => {
      text += chunk;
      const found = words.exec(text);
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`it ended before it said ${words}: ${text}`)));
  });
}

function startWeb(): Promise<RegExpExecArray> {
  web = run('web/main.ts');
  return said(web, /Gatehouse.*(?:token=(\S+)|http:\S+)/);
}

async function kill(child = web): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function add(login: string): Promise<void> {
  const agent = connectAgent(socket);
  const told = await agent.ask({ cmd: '@status', args: [] });
  const { nextUid } = statusSchema.parse(told.event === 'done' && told.result);
  const args = `-m -K HOME_MODE=0700 -u ${nextUid} -g users -s /usr/sbin/nologin -c`.split(' ');
  await agent.ask({ cmd: 'useradd', args: [...args, `${login} example`, login] });
  agent.close();
}

function behave(programs: object): void {
  writeFileSync(join(folder, 'state/host/dummy.json'), JSON.stringify({ programs }));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

const now = async (at: string): Promise<Told> =>
  JSON.parse((await person.get(at, { Accept: 'application/json', Prefer: '' })).text);
const words = ({ steps }: Told) => steps.map(({ argv, state }) => `${argv[0]} ${state}`);

/** Plans and starts it; it is under way when this returns. */
async function begin(path: string, fields: Record<string, string>): Promise<string> {
  const at = String((await person.post(path, fields)).headers.location);
  const preview = await person.get(at);
  const code = preview.text.includes('name="code"') ? { code: '000000' } : {};
  const run = await person.post(`${at}/run`, code, { Prefer: undefined });
  expect([run.status, run.headers.location]).toEqual([303, at]);
  return at;
}

/** Killed while this program of the host is slow; back up, and the change settled. */
async function killedDuring(program: string, path: string, fields: Record<string, string>) {
  behave({ [program]: { delayMs: 10_000, times: 1 } });
  const at = await begin(path, fields);
  const running = new RegExp(`${program} running`);
  await expect.poll(async () => words(await now(at)).join()).toMatch(running);
  await kill();
  behave({});
  await startWeb();
  await expect.poll(async () => (await now(at)).state).not.toMatch(/running/);
  return { at, told: await now(at) };
}

/** Every step that the page calls done has an entry in the host's log that ended well. */
function agrees(told: Told): void {
  const lines = readFileSync(audit, 'utf8').trimEnd().split('\n');
  const entries = lines.map(line => JSON.parse(line) as { kind: string; of?: number; code?: number });
  for (const step of told.steps.filter(({ state }) => state === 'done')) {
    const outcome = entries.find(({ kind, of }) => kind === 'outcome' && of === step.entry);
    expect([step.says, outcome?.code === 0 || step.argv[0] === 'pkill']).toEqual([step.says, true]);
  }
}

it('finds out that the only step was done, and offers its undo', async () => {
  const { at, told } = await killedDuring('usermod', '/users/jo/name', { fullName: 'Jo New' });
  expect(told).toMatchObject({ state: 'done', settledAt: expect.any(Number), hasUndo: true });
  agrees(told);
  const undo = String((await person.post(`${at}/undo`)).headers.location);
  await person.get(undo);
  await person.post(`${undo}/run`);
  expect(await now(undo)).toMatchObject({ state: 'done' });
  expect((await person.get('/users')).text).toContain('jo example');
}, 120_000);

it('stops a deletion in its middle, and puts back what was done', async () => {
  const { at, told } = await killedDuring('pkill', '/users/max/delete', { confirm: 'max' });
  // What was ended cannot be brought back; what was locked is let in again, under the code that was given.
  expect(told).toMatchObject({ settledAt: expect.any(Number), hasUndo: false });
  agrees(told);
  expect(words(told)).toContain('userdel waiting');
  expect(words(told).filter(word => word === 'usermod done')).toHaveLength(2);
  expect((await person.get(at)).text).toContain('The dashboard was ended while this ran');
  expect((await person.get('/users/max')).status).toBe(200);
}, 120_000);

it('goes on putting back where it was killed while it did', async () => {
  behave({ userdel: { exit: 8, times: 1 }, usermod: { delayMs: 10_000 } });
  const at = await begin('/users/sam/delete', { confirm: 'sam' });
  const undoing = async () => (await now(at)).steps.findLast(({ argv }) => argv[0] === 'usermod')?.state;
  await expect.poll(undoing).toBe('running');
  await kill();
  behave({});
  await startWeb();
  await expect.poll(async () => (await now(at)).state).not.toMatch(/running/);
  const told = await now(at);
  agrees(told);
  expect(words(told).slice(-2)).toEqual(['usermod done', '@untrash done']);
  expect((await person.get('/users/sam')).status).toBe(200);
}, 120_000);
