import { afterEach, beforeEach, expect, it } from 'vitest';
import { told } from '../agent/fake-agent.fixture.ts';
import { openTestHost, type TestHost } from '../users/fake-host.fixture.ts';
import { addSample } from './store.ts';

const now = Date.UTC(2026, 10, 21, 12);
let clock: number;
let host: TestHost;
beforeEach(async () => {
  clock = now;
  host = await openTestHost([], () => clock);
});
afterEach(() => host.close());

const sample = (agoMs: number, load: number) =>
  addSample(host.dashboard.deps.db, now - agoMs, { load, memory: 0.375, 'disk /': 0.38 });

it('shows the figures of now as text, and draws what was with a table of the same', async () => {
  for (const minutes of [50, 40, 30]) await sample(minutes * 60_000, minutes / 100);
  const { text } = await host.person.get('/?range=hour');
  expect(text).toContain('<b>0.42</b>');
  expect(text).toContain('3 GB of 8 GB used');
  expect(text).toContain('System disk, 38 GB of 100 GB used');
  expect(text).toMatch(/aria-label="Load, 1 hour"><path d="M\d+ \d+/);
  expect(text).toContain('<td>0.50</td>');
  expect(text).toContain('aria-current="true">1 hour<');
});

it('says so where there is nothing to draw yet', async () => {
  const { text } = await host.person.get('/?range=nosuch');
  expect(text).toContain('The chart is drawn as soon as there is something to draw.');
  expect(text).toContain('aria-current="true">24 hours<');
});

it('gives the charts their numbers, for a range or for a part of it', async () => {
  await sample(20_000, 0.5);
  const { body } = await host.person.get('/overview/history?range=hour');
  expect(body).toMatchObject({ from: now - 290_000, since: now - 20_000, width: 10_000 });
  expect(body.lines.load.mean.at(-3)).toBe(0.5);
  expect(body.lines.load.mean.at(-4)).toBeNull();
  const part = await host.person.get(`/overview/history?from=${now - 60_000}&to=${now}`);
  expect(part.body.lines.load.mean).toEqual([null, null, null, null, 0.5, null, null]);
});

it.each(['from=9&to=3', 'from=x&to=3', `from=0&to=${now}`, 'from=1', 'range[]=hour', 'from=-5&to=5'])(
  'takes %s for a day',
  async query => {
    const { status, body } = await host.person.get(`/overview/history?${query}`);
    expect([status, body.width]).toEqual([200, 300_000]);
  },
);

it('sends what changes again, each part to its place', async () => {
  const { text } = await host.person.get('/overview/now', { 'HX-Request': 'true', 'X-Background': 'true' });
  expect([...text.matchAll(/id="((?:now|host)-[\w-]+)"[^>]* hx-swap-oob="outerMorph"/g)].map(([, id]) => id)).toEqual([
    'host-health',
    'now-notes',
    'now-load',
    'now-memory',
    'now-disks',
    'now-temperature',
    'now-lately',
  ]);
  expect(text).not.toContain('<html');
});

it('shows whatever the host calls itself, its disks and its sensors as text', async () => {
  const evil = '<img src=x>\u202e';
  const answer = host.fake.answer;
  host.fake.answer = (request, reply, socket) => {
    if (request.cmd !== '@host') return answer(request, reply, socket);
    const disks = [{ path: `/${evil}`, totalBytes: 10, freeBytes: 5 }];
    const temperatures = [{ name: evil, celsius: 40 }];
    const memory = { totalBytes: 10, availableBytes: 5 };
    const figures = { uptimeMs: 1, cores: 1, load: [1, 1, 1], memory, disks, temperatures };
    return told({ hostname: evil, system: evil, kernel: evil, ...figures });
  };
  await host.dashboard.deps.db('host_history').delete();
  await addSample(host.dashboard.deps.db, now - 20_000, { [`disk /${evil}`]: 0.5, temperature: 40 });
  clock += 5_000; // What the host told before is no longer fresh.
  for (const path of ['/', '/overview/now']) {
    const { text } = await host.person.get(path);
    expect(text).toContain('&lt;img src=x&gt;\\u{202e}');
    expect(text).not.toContain('<img');
    expect(text.replace(/data-plot="[^"]*"/g, '')).not.toContain('\u202e');
  }
});
