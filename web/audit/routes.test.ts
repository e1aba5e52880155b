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
