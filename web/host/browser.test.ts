// The host's name, changed and changed back in Chromium through a real agent in dummy mode: by keyboard, without scripts, in German; nothing for axe-core to find.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  findingsEverywhere,
  type Listening,
  listen,
  openVisits,
  type Visits,
  whyNoBrowser,
} from '../chromium.fixture.ts';
import { type Features, openFeatures } from '../features.ts';
import { openDashboard, signInOn, type TestDashboard } from '../visitor.fixture.ts';

describe.skipIf(whyNoBrowser)("the host's name in Chromium", { timeout: 120_000 }, () => {
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
  let agent: ChildProcess;
  let listening: Listening;
  let visits: Visits;
  let features: Features;
  let dashboard: TestDashboard;

  beforeAll(async () => {
    agent = spawn(process.execPath, [join(import.meta.dirname, '../../host-agent/main.ts'), 'serve'], { env });
    await once(agent.stdout!, 'data');
    listening = await listen();
    dashboard = await openDashboard({
      env: { GATEHOUSE_SOCKET: socket, GATEHOUSE_PORT: listening.port },
      features: deps => {
        features = openFeatures(deps);
        return [...features.list];
      },
    });
    listening.serve(dashboard.app);
    await dashboard.signedIn();
    visits = await openVisits({ baseURL: dashboard.deps.settings.origin });
  });
  afterAll(async () => {
    await visits?.browser.close();
    listening?.stop();
    await features?.close();
    await dashboard?.deps.db.destroy();
    if (agent?.exitCode === null) {
      const ended = once(agent, 'exit');
      agent.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(options?: BrowserContextOptions): Promise<Page> {
    const page = await visits.open(options);
    await signInOn(page, '/host');
    return page;
  }

  it('is changed by keyboard alone, and stands on the page and at its top afterwards', async () => {
    const page = await open();
    expect(await findingsEverywhere(page)).toEqual([]);
    await page.focus('#name');
    await page.keyboard.type('not a name');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#name-error');
    expect(await page.locator('#name:focus').inputValue()).toBe('not a name');
    expect(await findingsEverywhere(page)).toEqual([]);
    await page.keyboard.press('Control+A');
    await page.keyboard.type('attic');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#code:focus');
    expect(await page.textContent('main')).toContain('hostnamectl set-hostname --static attic');
    expect(nameOnHost()).toBe('dummy');
    expect(await findingsEverywhere(page)).toEqual([]);
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
    expect(visits.complaints).toEqual([]);
  });
});
