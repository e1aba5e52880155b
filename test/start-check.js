// Does what the README says first: npm start, then opens the page that it names, and ends it. Twice, for the second start installs nothing.
// Plain JavaScript, for it runs before anything is installed.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const port = 20_000 + (process.pid % 20_000);
const state = mkdtempSync(join(tmpdir(), 'gatehouse-start-'));
const env = {
  ...process.env,
  GATEHOUSE_PORT: String(port),
  GATEHOUSE_ORIGIN: `http://127.0.0.1:${port}`,
  GATEHOUSE_SOCKET: join(state, 'run', 'agent.sock'),
  GATEHOUSE_AUDIT: join(state, 'audit.jsonl'),
  GATEHOUSE_STATE: join(state, 'state'),
  GATEHOUSE_DATABASE: `sqlite:${join(state, 'gatehouse.db')}`,
  GATEHOUSE_SECRET_FILE: join(state, 'secret'),
};
let passed = 0;
let failed = 0;

for (const [name, limitMs, whom] of [
  ['the first start', 300_000, 'npm and all it began'],
  ['a second start', 30_000, 'npm alone'],
]) {
  const began = Date.now();
  const child = spawn('npm', ['start', '--silent'], { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  let said = '';
  child.stdout.on('data', chunk => {
    said += chunk;
    process.stdout.write(chunk);
  });
  const ended = new Promise(resolve => child.on('exit', resolve));
  try {
    const setup = await until(limitMs, async () => said.match(/http:\/\/127\.0\.0\.1:\d+\/setup\S*/)?.[0]);
    const page = await fetch(setup);
    const health = await (await fetch(`http://127.0.0.1:${port}/health`)).text();
    if (page.status !== 200 || !(await page.text()).includes('<form'))
      throw new Error(`the page it named answered ${page.status}`);
    console.log(
      `ok   ${name}: the page it names opens, ${((Date.now() - began) / 1000).toFixed(1)} s; health ${health.slice(0, 80)}`,
    );
    passed++;
  } catch (error) {
    console.log(`NOT  ${name}: ${error.message}`);
    failed++;
  } finally {
    process.kill(whom === 'npm alone' ? child.pid : -child.pid, 'SIGTERM');
    const code = await ended;
    const left = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    const well = code === 0 && left === undefined;
    console.log(
      `${well ? 'ok  ' : 'NOT '} ${name}: SIGTERM to ${whom} ended it with ${code}${left ? ', but the dashboard runs on' : ''}`,
    );
    if (well) passed++;
    else failed++;
  }
}
rmSync(state, { recursive: true, maxRetries: 10 });
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);

async function until(limitMs, look) {
  for (const end = Date.now() + limitMs; Date.now() < end; await new Promise(resolve => setTimeout(resolve, 100))) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`nothing to click was printed within ${limitMs / 1000} s`);
}
