// The host's name, changed and changed back in Chromium through a real agent in dummy mode: by keyboard, without scripts, in German; nothing for axe-core to find.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Features, openFeatures } from '../features.ts';
import { administrator, openDashboard, type TestDashboard } from '../visitor.fixture.ts';

const chromiumPath = '/usr/bin/chromium';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const flags = '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync';
const sizes = [
  { width: 1280, height: 900 },
  { width: 360, height: 740 },
];

describe.skipIf(!existsSync(chromiumPath))("the host's name in Chromium", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-host-name-'));
  const socket = join(folder, 'run/agent.sock');
  const env = {
    PATH: process.env.PATH,
    GATEHOUSE_MODE: 'dummy',
    GATEHOUSE_SOCKET: socket,
    GATEHOUSE_AUDIT: join(folder, 'audit.jsonl'),
    GATEHOUSE_STATE: join(folder, 'state'),
  };
  const nameOnHost = () => readFileSync(join(folder, 'state/host/etc/hostname'), 'utf8').trim();
  const complaints: string[] = [];
  let agent: ChildProcess;
  let server: Server;
  let browser: Browser;
  let features: Features;
  let dashboard: TestDashboard;

  beforeAll(async () => {
    agent = spawn(process.execPath, [join(import.meta.dirname, '../../host-agent/main.ts'), 'serve'], { env });
    await once(agent.stdout!, 'data');
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    dashboard = await openDashboard({
      env: { GATEHOUSE_SOCKET: socket, GATEHOUSE_PORT: String((server.address() as AddressInfo).port) },
      features: deps => {
        features = openFeatures(deps);
        return [...features.list];
      },
    });
    server.on('request', dashboard.app);
    await dashboard.signedIn();
    browser = await chromium.launch({ executablePath: chromiumPath, args: flags.split(' ') });
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
    await features?.close();
    await dashboard?.deps.db.destroy();
    if (agent?.exitCode === null) {
      const ended = once(agent, 'exit');
      agent.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await browser.newPage({ baseURL: dashboard.deps.settings.origin, ...options });
    page.on('console', message => {
      if (message.type() === 'error' && !/status of 422/.test(message.text())) complaints.push(message.text());
    });
    await page.goto('/sign-in?next=/host');
    await page.fill('#login', administrator.login);
    await page.fill('#password', administrator.password);
    await page.click('main button[type=submit]');
    await page.waitForSelector('.shell');
    return page;
  }
  async function inspect(page: Page): Promise<void> {
    for (const size of sizes) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        await page.evaluate(axe);
        const found = await page.evaluate(
          'axe.run().then(result => result.violations.map(one => one.id + " " + one.nodes[0].html))',
        );
        const where = `${page.url()} ${size.width} ${colorScheme}`;
        expect(found, where).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), where).toBeLessThanOrEqual(0);
      }
    }
  }

  it('is changed by keyboard alone, and stands on the page and at its top afterwards', async () => {
    const page = await open();
    await inspect(page);
    await page.focus('#name');
    await page.keyboard.type('not a name');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#name-error');
    expect(await page.locator('#name:focus').inputValue()).toBe('not a name');
    await inspect(page);
    await page.keyboard.press('Control+A');
    await page.keyboard.type('attic');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#code:focus');
    expect(await page.textContent('main')).toContain('hostnamectl set-hostname --static attic');
    expect(nameOnHost()).toBe('dummy');
    await inspect(page);
    await page.keyboard.type('000000');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#job:not([data-live])');
    expect(nameOnHost()).toBe('attic');
    await page.goto('/host');
    expect(await page.textContent('.facts')).toContain('attic');
    expect(await page.textContent('#host-health')).toContain('attic');
    await page.close();
  });

  it('is changed back from the list of changes without scripts, in German', async () => {
    const page = await open({ javaScriptEnabled: false, locale: 'de-DE' });
    expect(await page.textContent('main')).toContain('Wie dieser Server heißt');
    await page.goto('/changes');
    await page.click('main form[action$="/undo"] button');
    expect(await page.textContent('main')).toContain('hostnamectl set-hostname --static dummy');
    await page.fill('#code', '000000');
    await page.click('main form[action$="/run"] button.primary');
    await expect
      .poll(async () => {
        await page.reload();
        return page.locator('#job:not([data-live])').count();
      })
      .toBe(1);
    expect(nameOnHost()).toBe('dummy');
    await page.close();
  });

  it('has asked the agent for nothing else, and left no complaint of the policy', async () => {
    const log = readFileSync(env.GATEHOUSE_AUDIT, 'utf8').split('\n').filter(Boolean);
    const argvs = log.map(line => JSON.parse(line)).flatMap(({ kind, argv }) => (kind === 'intent' ? [argv] : []));
    const named = (name: string) => ['/usr/bin/hostnamectl', 'set-hostname', '--static', name];
    expect(argvs).toEqual([named('attic'), named('dummy')]);
    expect(complaints).toEqual([]);
  });
});
