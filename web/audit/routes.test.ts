import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTrust, type TrustHost } from './trust.fixture.ts';

let host: TrustHost;
beforeEach(async () => {
  host = await openTrust();
});
afterEach(() => host.close());

const claimed = { account: 'alex', ip: '192.0.2.7', change: 'c_x' };
const rename = (login: string) => host.log.command(login);
const add = (fields: object) => host.log.add(fields);
const text = (html: string) => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
const page = async (path: string) => text((await host.person.get(path)).text);

it('shows commands with what came of them, and refusals with their reason', async () => {
  rename('jo');
  add({
    kind: 'refused',
    claimed,
    problem: 'not-allowed',
    cmd: 'usermod',
    args: ['-o', '-u', '0', 'jo'],
    message: 'No rule.',
  });
  const shown = await page('/audit');
  expect(shown).toContain('usermod -c X jo alex from 192.0.2.7 users.rename done, 3 ms');
  expect(shown).toContain('usermod -o -u 0 jo alex from 192.0.2.7 refused: no rule allows it');
});

it('never takes a user’s own password for the code of the owner', async () => {
  add({ kind: 'confirmed', claimed, requests: [] });
  add({ kind: 'confirmed', self: 'jo', claimed, requests: [] });
  const shown = await page('/audit');
  expect(shown).toMatch(/Confirmed by the user’s own password .* One-time code accepted /);
  expect(await page('/audit/2')).toContain('Confirmed by the user’s own password');
  expect(await page('/audit/2')).not.toContain('One-time code');
});

it('counts what came of the newest command among the entries shown', async () => {
  rename('jo');
  const [, from, to, last] = /Entries (\d+)–(\d+) of (\d+)/.exec(await page('/audit')) ?? [];
  expect([from, to]).toEqual(['1', last]);
});

it('filters by the URL, and keeps the filter in the links and in the form', async () => {
  for (let count = 0; count < 60; count++) rename(`u${count}`);
  add({ kind: 'refused', problem: 'not-allowed', cmd: 'bash', args: [], message: 'No rule.' });
  const refused = await host.person.get('/audit?outcome=refused');
  expect(text(refused.text)).toContain('bash');
  expect(text(refused.text)).not.toContain('usermod');
  expect(refused.text).toContain('<option value="refused" selected');
  const first = await host.person.get('/audit?rule=users.rename');
  expect(first.text).toContain('href="/audit?rule=users.rename&amp;before=21"');
  const second = await page('/audit?rule=users.rename&before=21');
  expect(second).toContain('usermod -c X u9 ');
  expect(second).not.toContain('usermod -c X u10 ');
  expect(await page('/audit?q=nothing-like-it')).toContain('No entry matches this filter.');
});

it('is not upset by a filter that makes no sense', async () => {
  rename('jo');
  for (const query of [
    'before=-1',
    'before=x',
    'outcome=zzz',
    'when=zzz',
    'when=toString',
    'log=99',
    'q=%25',
    'q=%00',
    'rule=a&rule=b',
  ]) {
    expect((await host.person.get(`/audit?${query}`)).status).toBe(200);
  }
  for (const path of ['/audit/0', '/audit/x', '/audit/99', '/audit/1?log=x'])
    expect((await host.person.get(path)).status).toBe(404);
});

it('opens an entry with its arguments, who asked, how it ended and its neighbours', async () => {
  rename('jo');
  rename('kim');
  const shown = (await host.person.get('/audit/1')).text;
  for (const words of [
    '/usr/sbin/usermod -c X jo',
    'alex from 192.0.2.7',
    'pid 8, uid 990',
    'users.rename',
    '3 ms',
    '0'.repeat(64),
  ]) {
    expect(text(shown)).toContain(words);
  }
  expect(shown).toContain('href="/audit/3"');
});

it('writes out what would hide or reorder text, in the list, in the entry and as it was written', async () => {
  add({
    kind: 'refused',
    claimed: { account: 'a\u202eb' },
    problem: 'not-allowed',
    cmd: 'x\u0007',
    args: ['\u202egpj.exe', '<b>', '\u2028'],
    message: 'a\u200bb',
  });
  for (const path of ['/audit', '/audit/1']) {
    const { text: html } = await host.person.get(path);
    expect(html).not.toMatch(/[\u0007\u200b\u202e\u2028]/);
    expect(html).not.toContain('<b>');
    expect(text(html)).toContain('\\u{202e}gpj.exe');
  }
});

it('filters by user and by time, from and to, each minute or day taken in whole', async () => {
  rename('jo');
  rename('kim');
  expect(await page('/audit?user=kim')).toContain('usermod -c X kim');
  expect(await page('/audit?user=kim')).not.toContain('usermod -c X jo');
  const moment = new Date(3_000);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  const minute = `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
  for (const query of [`from=${day}&to=${day}`, `from=${minute}&to=${minute}`, `to=${minute}`])
    expect(await page(`/audit?${query}`), query).toContain('usermod -c X kim');
  expect(await page('/audit?from=1980-01-01')).toContain('No entry matches');
  expect(await page('/audit?to=1969-12-01&user=kim')).toContain('No entry matches');
  for (const query of ['from=2026-13-45', 'from=yesterday', 'to=9999-99-99T99:99'])
    expect((await host.person.get(`/audit?${query}`)).status, query).toBe(200);
});

it('always has a way back to everything', async () => {
  rename('jo');
  expect((await host.person.get('/audit')).text).not.toContain('Show everything');
  for (const query of ['q=x', 'when=1h', 'from=2026-01-01', 'user=jo', 'outcome=ok', 'change=c_jo'])
    expect((await host.person.get(`/audit?${query}`)).text, query).toContain('<a href="/audit">Show everything</a>');
});

it('is live on its first page, can be paused by a link, and stands still on older ones', async () => {
  for (let count = 0; count < 60; count++) rename(`u${count}`);
  const first = (await host.person.get('/audit?rule=users.rename')).text;
  expect(first).toContain('hx-sse:connect="/audit/live?seen=1.120"');
  expect(first).toContain('role="log"');
  expect(first).toContain('hx-get="/audit?rule=users.rename"');
  expect(first).toContain('href="/audit?rule=users.rename&amp;live=off"');
  expect(first).toContain('<a href="/audit?rule=users.rename">Look again</a>');
  for (const query of ['live=off', 'before=30']) {
    const still = (await host.person.get(`/audit?${query}`)).text;
    expect(still).not.toContain('hx-sse:connect');
    expect(still).not.toContain('role="log"');
    expect(still).not.toContain('every 30s');
  }
});

it('puts the filter into the address for who typed it, not for the page that looks again by itself', async () => {
  rename('jo');
  const asked = (source: string) => host.person.get('/audit?user=jo&q=', { 'HX-Request': 'true', 'HX-Source': source });
  expect((await asked('form')).headers['hx-push-url']).toBe('/audit?user=jo');
  expect((await asked('div#refresh')).headers['hx-push-url']).toBeUndefined();
});

it('checks the chain when asked to, and shows what came of it', async () => {
  rename('jo');
  expect(await page('/audit/verify')).toContain('It reads all 2 entries twice');
  expect((await host.person.post('/audit/verify')).headers.location).toBe('/audit/verify');
  await expect.poll(() => page('/audit/verify')).toContain('The copy kept here is whole');
  expect(await page('/audit/verify')).toContain('The log on the host is whole and the same');
  expect(await page('/audit')).toContain('Last checked');
  await host.dashboard.deps.db('audit_raw').where({ n: 1 }).update({ raw: '{}' });
  await host.person.post('/audit/verify');
  await expect.poll(() => page('/audit/verify')).toContain('was changed at entry 1');
  expect(await page('/audit')).toContain('not whole');
});

it('shows an approval, and the user, rule and change of an entry as ways to others like it', async () => {
  add({ kind: 'refused', problem: 'needs-confirmation', cmd: '@adopt', args: ['jo'], message: 'Wait.', approval: 1 });
  rename('jo');
  add({ kind: 'intent', rule: 'users.rename', argv: ['/usr/sbin/usermod', '-c', 'J <b>', 'jo'], claimed, approval: 1 });
  const { text: html } = await host.person.get('/audit/4');
  expect(html).toContain('<a href="/audit/1">1</a>');
  for (const query of ['user=jo', 'rule=users.rename', 'account=alex', 'change=c_x'])
    expect(html).toContain(`href="/audit?${query}"`);
  expect(html).toContain('<li><code>&quot;J &lt;b&gt;&quot;</code></li>');
});

it('speaks German to who wants it', async () => {
  rename('jo');
  const german = (path: string) => host.person.get(path, { 'Accept-Language': 'de' });
  await host.dashboard.deps.db('accounts').update({ language: 'de' });
  for (const path of ['/audit', '/audit/1', '/audit/verify', '/rules', '/rules/try']) {
    const { text: html, status } = await german(path);
    expect(status).toBe(200);
    expect(html).toContain('<html lang="de"');
  }
  expect((await german('/audit')).text).toContain('ausgeführt, 3 ms');
});

it.each([
  ['reviewer', 200, 303, 200],
  ['member', 403, 403, 403],
])('lets a %s do what its role may', async (role, look, check, attempt) => {
  rename('jo');
  await host.person.get('/audit');
  await host.dashboard.deps.db('accounts').update({ role });
  for (const path of ['/audit', '/audit/1', '/audit/verify', '/audit/audit.csv', '/audit/audit.jsonl', '/rules'])
    expect((await host.person.get(path)).status, path).toBe(look);
  expect((await host.person.post('/audit/verify')).status).toBe(check);
  expect((await host.person.post('/rules/try', { line: 'usermod -c x jo', stdin: '' })).status).toBe(attempt);
  expect((await host.person.post('/audit/begin-again')).status).toBe(403);
});
