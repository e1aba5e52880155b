// The audit log as a file: nothing in it that a spreadsheet runs, no name of the sender's choice, and nothing left behind by who goes away.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FakeAgent, fakeAgent, told } from '../../web/agent/fake-agent.fixture.ts';
import { record } from '../../web/audit/export.ts';
import { AgentLog } from '../../web/audit/log.fixture.ts';
import { type House, openHouse } from './house.ts';

const entries = 3_000;
let fake: FakeAgent;
let house: House;
beforeAll(async () => {
  const log = new AgentLog();
  log.command('jo');
  fake = fakeAgent(request => (['@audit', '@rules'].includes(request.cmd) ? log.answer(request) : told({})));
  await fake.start();
  house = await openHouse({ socket: fake.path });
  await house.make('mo', 'member', 'jo');
  await house.make('rita', 'reviewer');
  await vi.waitFor(async () => expect((await house.admin.visitor.get('/audit')).text).toContain('usermod'), {
    timeout: 15_000,
  });
  // More than the kernel keeps on its way to somebody who does not read.
  const rows = Array.from({ length: entries - 2 }, (_, n) => ({ log: 1, n: n + 3, raw: 'x'.repeat(8_000) }));
  for (let at = 0; at < rows.length; at += 250)
    await house.dashboard.deps.db('audit_raw').insert(rows.slice(at, at + 250));
});
afterAll(async () => {
  await house.close();
  await fake.remove();
});

describe('a cell', () => {
  it.each(['=', '+', '-', '@', '\t=', '\r=', '\n=', '＝', '＋', '－', '＠'])(
    'that begins with %j is no formula',
    sign => {
      expect(record([`${sign}cmd|' /C calc'!A0`])).toMatch(/^"?'/);
      expect(record([`a${sign}b`])).toMatch(/^"?a/);
    },
  );

  it('cannot end before its end', () => {
    expect(record(['a","=1', 'b\r\n=1'])).toBe('"a"",""=1","b\r\n=1"\r\n');
  });
});

describe('a file', () => {
  it('has the name of its day, whatever its address says', async () => {
    const address =
      '/audit/audit.csv?filename=evil.exe&q=%0d%0aSet-Cookie:%20evil=1&log=..%2F..%2Fetc%2Fpasswd&rule=%22%3B%20filename=%22evil.exe';
    const { status, headers } = await house.admin.visitor.send('GET', address);
    expect(status).toBe(200);
    expect(headers['content-disposition']).toMatch(/^attachment; filename="gatehouse-audit-\d{4}-\d\d-\d\d\.csv"$/);
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('is for who may look at the log', async () => {
    const statusFor = async (cookie: string) =>
      (await house.open('/audit/audit.csv', { Cookie: cookie })).answer.statusCode;
    expect(await statusFor('')).toBe(303);
    expect(await statusFor((await house.signIn('mo')).cookie)).toBe(403);
    expect(await statusFor((await house.signIn('rita')).cookie)).toBe(200);
  });

  it('that nobody waits for is made no further; one that somebody reads is whole', async () => {
    const { db } = house.dashboard.deps;
    const batches: string[] = [];
    db.on('query', ({ sql }: { sql: string }) => void batches.push(...(/from .audit_raw/.exec(sql) ?? [])));
    const left = await house.open('/audit/audit.jsonl', { Cookie: house.admin.cookie });
    left.leave();
    await house.admin.visitor.get('/audit');
    expect(batches.length).toBeLessThan(4);
    await vi.waitFor(() => expect(db.client.pool.numUsed()).toBe(0), { timeout: 15_000 });
    const whole = await house.open('/audit/audit.jsonl', { Cookie: house.admin.cookie });
    await whole.ended;
    expect(whole.text().split('\n')).toHaveLength(entries + 1);
  });

  it('of somebody whose session ends on the way stops there', async () => {
    const rita = await house.signIn('rita');
    const file = await house.open('/audit/audit.jsonl', { Cookie: rita.cookie });
    file.answer.pause();
    await rita.visitor.post('/sign-out');
    file.answer.resume();
    await file.ended;
    expect(file.answer.complete).toBe(false);
    expect(file.text().split('\n').length).toBeLessThan(entries);
  });
});
