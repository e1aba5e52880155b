import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-web-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Runs the dashboard in an empty folder, with these settings and no others. All that it said is there on `close`, not yet on `exit`. */
function run(env: Record<string, string>): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
  });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (text += chunk));
  return { child, said: () => text };
}

/** With this it is asked to end while its code is being loaded. */
const askedWhileLoading =
  "--import=data:text/javascript,import{registerHooks}from'node:module';" +
  "registerHooks({load:(url,context,next)=>(url.endsWith('/features.ts')&&process.kill(process.pid,'SIGTERM'),next(url,context))})";

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return String(port);
}

describe('the dashboard as a process', { timeout: 120_000 }, () => {
  it('says where to click, serves, keeps its files to itself and ends on SIGTERM', async () => {
    const port = await freePort();
    const { child, said } = run({ GATEHOUSE_PORT: port });
    const link = () => /Set up Gatehouse within 15 minutes: (http:\S+)/.exec(said())?.[1];
    await expect.poll(link).toMatch(new RegExp(`^http://127.0.0.1:${port}/setup\\?token=[\\w-]{43}$`));
    const page = await fetch(link()!);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('name="password"')]);
    for (const name of ['secret', 'gatehouse.db']) {
      expect(statSync(join(folder, '.gatehouse', name)).mode & 0o777, name).toBe(0o600);
    }
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  it('serves on and ends well when nobody reads any more what it says', async () => {
    const port = await freePort();
    const { child, said } = run({ GATEHOUSE_PORT: port });
    await expect.poll(said).toContain('/setup?token=');
    for (const stream of [child.stdout, child.stderr]) stream?.destroy();
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  it.each([
    [{ GATEHOUSE_NOSUCH: '1' }, /^GATEHOUSE_NOSUCH is not a setting/],
    [
      { GATEHOUSE_DATABASE: 'mysql://u:hunter2@127.0.0.1:9/x' },
      /^GATEHOUSE_DATABASE names a database that cannot be opened: .*ECONNREFUSED/,
    ],
    [{ GATEHOUSE_SECRET_FILE: '/dev/null/secret' }, /^GATEHOUSE_SECRET_FILE \/dev\/null\/secret cannot be/],
  ])('stops with one sentence for %j', async (env, sentence) => {
    const { child, said } = run(env as Record<string, string>);
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(said()).toMatch(sentence);
    expect(said().trim().split('\n')).toHaveLength(1);
    expect(said()).not.toContain('hunter2');
  });

  it('ends once, however often it is asked and while half a form is there', async () => {
    const port = await freePort();
    const { child, said } = run({ GATEHOUSE_PORT: port });
    await expect.poll(said).toContain('/setup?token=');
    const slow = connect(Number(port), '127.0.0.1').on('error', () => {});
    await once(slow, 'connect');
    slow.write(`POST /setup HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 100\r\n\r\nname=`);
    const ended = once(child, 'close');
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGTERM', 'SIGINT'] as const) {
      child.kill(signal);
      await delay(5);
    }
    expect(await ended, said()).toEqual([0, null]);
    expect(said().match(/the dashboard ends/g)).toHaveLength(1);
    expect(said()).not.toMatch(/^\s+at /m);
  });

  it('ends with 0 where it is asked while it is being loaded', async () => {
    const { child, said } = run({ GATEHOUSE_PORT: await freePort(), NODE_OPTIONS: askedWhileLoading });
    expect(await once(child, 'close'), said()).toEqual([0, null]);
  });

  it('ends with 0 within 10 s where the database does not answer', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const { child, said } = run({ GATEHOUSE_DATABASE: `mysql://u:p@127.0.0.1:${port}/x` });
    await once(silent, 'connection');
    const began = performance.now();
    child.kill('SIGTERM');
    expect(await once(child, 'close'), said()).toEqual([0, null]);
    expect(performance.now() - began).toBeLessThan(10_000);
    silent.close();
  });

  it('stops with one sentence where the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { child, said } = run({ GATEHOUSE_PORT: String(port) });
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(said()).toBe(
      `GATEHOUSE_PORT ${port} on 127.0.0.1: is in use by another program; for example: GATEHOUSE_PORT=8081\n`,
    );
    other.close();
  });

  it.each(['192.0.2.1', 'no-such-host.invalid', 'fe80::1'])(
    'stops with one sentence where it cannot listen on %s',
    async host => {
      const { child, said } = run({ GATEHOUSE_PORT: await freePort(), GATEHOUSE_HOST: host });
      expect(await once(child, 'close')).toEqual([1, null]);
      expect(said()).toMatch(
        /^GATEHOUSE_HOST \S+ is not an address of this machine: .+; for example: GATEHOUSE_HOST=127\.0\.0\.1\n$/,
      );
      expect(said()).toContain(`GATEHOUSE_HOST ${host} `);
    },
  );

  it('listens on a name, and prints a token of any signs so that it opens the page', async () => {
    const token = `a+b&c=d%20'"#;/\\)~`;
    const { child, said } = run({
      GATEHOUSE_PORT: await freePort(),
      GATEHOUSE_HOST: 'localhost',
      GATEHOUSE_SETUP_TOKEN: token,
    });
    const link = () => /(http:\S+\/setup\S+)/.exec(said())?.[1];
    await expect.poll(link).toBeDefined();
    expect(new URL(link()!).searchParams.get('token')).toBe(token);
    expect(await (await fetch(link()!)).text()).toContain('name="password"');
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});
