// A change that runs, in a real Chromium: live, polled where the stream is held back, and without scripts; axe-core finds nothing.
import { Router } from 'express';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectAgent } from '../agent/agent.ts';
import type { HostDeps } from '../agent/host-deps.ts';
import { createReader } from '../agent/reader.ts';
import { findings, type Listening, listen, openVisits, type Visits, whyNoBrowser } from '../chromium.fixture.ts';
import { onlyAdministrators } from '../feature.ts';
import { openDashboard, signInOn, signOutBehind, type TestDashboard } from '../visitor.fixture.ts';
import { deletion, type LoggingAgent, loggingAgent } from './job.fixture.ts';
import { openJobs } from './jobs.ts';
import { changesRoutes, offering } from './routes.ts';

describe.skipIf(whyNoBrowser)('a change that runs, in Chromium', { timeout: 120_000 }, () => {
  let listening: Listening;
  let visits: Visits;
  let host: LoggingAgent;
  let dashboard: TestDashboard;
  let close = async () => {};
  let go = () => {};
  let print = (_text: string) => {};

  beforeAll(async () => {
    host = await loggingAgent();
    const answer = host.fake.answer;
    host.fake.answer = (request, ...rest) => {
      const { cmd, args, dryRun } = request;
      const plan = {
        event: 'plan',
        rule: `rule.${cmd}`,
        argv: [`/bin/${cmd}`, ...args],
        display: cmd,
        confirm: 'none',
      };
      return dryRun ? { ...plan, danger: null, unmet: [] } : answer(request, ...rest);
    };
    host.act = ({ cmd }, reply) => {
      if (cmd !== '@trash') return undefined;
      print = text => reply({ event: 'output', stream: 'stdout', text });
      print('<b>moved</b>\u001b[2J\n');
      return new Promise(resolve => (go = () => resolve(undefined)));
    };
    listening = await listen();
    dashboard = await openDashboard({
      env: { GATEHOUSE_SOCKET: host.fake.path, GATEHOUSE_PORT: listening.port },
      features: deps => {
        const agent = connectAgent(deps.settings.socket);
        const jobs = openJobs(deps, agent, async () => {}, 20);
        const all: HostDeps = { ...deps, agent, reader: createReader(agent), acted: async () => {}, jobs };
        close = async () => {
          await jobs.close();
          agent.close();
        };
        const acts = Router();
        acts.get('/', (_req, res) => res.render('changes/views/act.fixture.pug', { title: 'Act' }));
        acts.post('/', (req, res) => offering(all)(req, res, deletion, { again: '/acts', next: '/users/jo' }));
        return [changesRoutes(all), { path: '/acts', access: onlyAdministrators, router: acts }];
      },
    });
    listening.serve(dashboard.app);
    await dashboard.signedIn();
    visits = await openVisits({ baseURL: dashboard.deps.settings.origin });
  }, 120_000);
  afterEach(() => go());
  afterAll(async () => {
    await visits?.browser.close();
    listening?.stop();
    await close();
    await host?.fake.remove();
    await dashboard?.deps.db.destroy();
  });

  /** Signed in, looking at a change whose third step is under way. */
  async function looking(options: { javaScriptEnabled?: boolean; held?: boolean } = {}): Promise<Page> {
    const { held, ...how } = options;
    const page = await visits.open(how);
    if (held) await page.route(/\/events/, () => new Promise(() => {}));
    await signInOn(page, '/acts');
    await page.click('main button');
    await page.click('form[action$="/run"] button');
    return page;
  }
  it('shows states and output as they come, and in the end what came of it, with nothing reloaded', async () => {
    const page = await looking();
    await page.evaluate('window.still = true');
    await page.waitForSelector('#step-2 .busy');
    await page.waitForSelector('#out-2:text-is("<b>moved</b>\\\\x1b[2J")');
    expect(await findings(page)).toEqual([]);
    go();
    await page.waitForSelector('#job:not([data-live]) .note.ok');
    expect(await page.evaluate('window.still')).toBe(true);
    expect(await page.textContent('#out-2')).toBe('<b>moved</b>\\x1b[2J\n');
    expect(await findings(page)).toEqual([]);
    await page.goto('/changes');
    expect(await findings(page)).toEqual([]);
    await page.close();
  });

  it('pauses its output by the keyboard, and misses nothing of it; the states go on', async () => {
    const page = await looking();
    await page.waitForSelector('#out-2:has-text("moved")');
    // Scripts show it once the page is there.
    await page.locator('#pause').waitFor();
    await page.focus('#pause');
    await page.keyboard.press('Enter');
    expect(await page.textContent('#pause')).toBe('Go on with the output');
    expect(await findings(page)).toEqual([]);
    print('second line\n');
    await page.waitForSelector('#out-2:has-text("second line")', { state: 'attached' });
    expect(await page.isVisible('text=second line')).toBe(false);
    expect(await page.textContent('.output:visible')).toBe('<b>moved</b>\\x1b[2J\n');
    await page.keyboard.press('Enter');
    expect(await page.textContent('#pause:focus')).toBe('Pause the output');
    expect(await page.textContent('.output:visible')).toBe('<b>moved</b>\\x1b[2J\nsecond line\n');
    await page.keyboard.press('Enter');
    go();
    await page.waitForSelector('#job:not([data-live]) .note.ok');
    expect(await page.isVisible('text=second line')).toBe(true);
    expect(await page.locator('#pause').count()).toBe(0);
    await page.close();
  });

  it('asks for itself again where the stream is held back', async () => {
    const page = await looking({ held: true });
    await page.waitForSelector('#step-2 .busy');
    go();
    await page.waitForSelector('#job:not([data-live]) .note.ok');
    await page.close();
  });

  it('is cancelled by the button, and followed to its end, without scripts', async () => {
    const page = await looking({ javaScriptEnabled: false });
    await page.waitForSelector('#step-2 .busy');
    expect(await page.isVisible('#pause')).toBe(false);
    await page.click('form[action$="/cancel"] button');
    await page.waitForSelector('#job-now:has-text("It is being cancelled")');
    go();
    await page.waitForSelector('#job:not([data-live]):has-text("It was cancelled.")');
    await page.close();
  });

  it('leads to the sign-in page when the session ended, and from there back', async () => {
    const page = await looking();
    await expect.poll(() => page.evaluate("Boolean(document.querySelector('#job')?._htmx?.sse)")).toBe(true);
    const { pathname } = new URL(page.url());
    await signOutBehind(page);
    await page.waitForURL(url => url.search === `?next=${encodeURIComponent(pathname)}`);
    await page.close();
  });

  it('never broke the policy on the way', () => {
    expect(visits.complaints).toEqual([]);
  });
});
