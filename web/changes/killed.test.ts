// A real dashboard on a real database file, killed with -9 in the middle of a change and started again, beside a real agent in dummy mode.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Agent, startAgent } from '../../test/agent/agent.ts';
import { administrator, Visitor } from '../visitor.fixture.ts';

interface Told {
  state: string;
  settledAt: number | null;
  hasUndo: boolean;
  steps: { says: string; argv: string[]; state: string; entry: number | null; message: string | null }[];
}

let agent: Agent;
let web: ChildProcess;
let port: number;
let person: Visitor;
let link = '';

beforeAll(async () => {
  agent = await startAgent();
  for (const login of ['jo', 'max', 'sam']) await agent.add(login, `${login} Example`);
  port = await freePort();
  await startWeb();
  person = new Visitor(`http://127.0.0.1:${port}`, `http://127.0.0.1:${port}`);
  await person.get(link);
  const { login, name, password } = administrator;
  const token = link.replace(/.*=/, '');
  await person.post('/setup', { token, login, name, password, repeat: password });
  await person.get('/');
}, 60_000);
afterAll(async () => {
  await kill();
  await agent.remove();
});

async function startWeb(): Promise<void> {
  web = spawn(process.execPath, [join(import.meta.dirname, '../main.ts')], {
    cwd: agent.dir,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: agent.env.NODE_COMPILE_CACHE,
      GATEHOUSE_SOCKET: agent.socket,
      GATEHOUSE_PORT: String(port),
      GATEHOUSE_DATABASE: `sqlite:${join(agent.dir, 'web.db')}`,
      GATEHOUSE_SECRET_FILE: join(agent.dir, 'secret'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of web.stdout ?? []) {
    said += chunk;
    if (/Gatehouse/.test(said)) break;
  }
  link = /\/setup\?token=\S+/.exec(said)?.[0] ?? link;
}

async function kill(): Promise<void> {
  if (web.exitCode !== null || web.signalCode !== null) return;
  web.kill('SIGKILL');
  await once(web, 'exit');
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
  agent.behave({ programs: { [program]: { delayMs: 1_500, times: 1 } } });
  const at = await begin(path, fields);
  const running = new RegExp(`${program} running`);
  await expect.poll(async () => words(await now(at)).join(), { timeout: 10_000 }).toMatch(running);
  await kill();
  agent.behave({});
  await startWeb();
  await expect.poll(async () => (await now(at)).state, { timeout: 20_000 }).not.toMatch(/running/);
  return { at, told: await now(at) };
}

/** Every step that the page calls done has an entry in the host's log that ended well. */
function agrees(told: Told): void {
  const entries = agent.entries();
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
  expect((await person.get('/users')).text).toContain('jo Example');
}, 60_000);

it('stops a deletion in its middle, and says exactly what stands and how to put it back', async () => {
  const { at, told } = await killedDuring('pkill', '/users/max/delete', { confirm: 'max' });
  expect(told.state).toMatch(/failed|put-back/);
  expect(told.settledAt).toEqual(expect.any(Number));
  agrees(told);
  expect(told.steps.filter(({ argv }) => argv[0] === 'userdel').map(({ state }) => state)).toEqual(['waiting']);
  const page = (await person.get(at)).text;
  expect(page).toContain('The dashboard was ended while this ran');
  if (told.state === 'failed') {
    const undo = String((await person.post(`${at}/undo`)).headers.location);
    expect((await person.get(undo)).text).toContain('name="code"');
    await person.post(`${undo}/run`, { code: '000000' });
    expect(await now(undo)).toMatchObject({ state: 'done' });
  }
  expect((await person.get('/users/max')).status).toBe(200);
}, 60_000);

it('goes on putting back where it was killed while it did', async () => {
  agent.behave({ programs: { userdel: { exit: 8, times: 1 }, usermod: { delayMs: 700 } } });
  const at = await begin('/users/sam/delete', { confirm: 'sam' });
  const undoing = async () => (await now(at)).steps.findLast(({ argv }) => argv[0] === 'usermod')?.state;
  await expect.poll(undoing, { timeout: 10_000 }).toBe('running');
  await kill();
  agent.behave({});
  await startWeb();
  await expect.poll(async () => (await now(at)).state, { timeout: 20_000 }).not.toMatch(/running/);
  const told = await now(at);
  agrees(told);
  expect(words(told).slice(-2)).toEqual(['usermod done', '@untrash done']);
  expect((await person.get('/users/sam')).status).toBe(200);
}, 60_000);
