import { afterEach, beforeEach, expect, it } from 'vitest';
import { record } from './export.ts';
import { openTrust, type TrustHost } from './trust.fixture.ts';

let host: TrustHost;
beforeEach(async () => {
  host = await openTrust();
});
afterEach(() => host.close());

const csv = async (query = '') => host.person.get(`/audit/audit.csv${query}`);
const jsonl = async (query = '') =>
  host.person.get(`/audit/audit.jsonl${query}`).then(({ text, body }) => text ?? String(body));

/** A file waits for the newest entries a while; a busy machine may need longer to take in so many and say whom each is about. */
const takenIn = (entries: number) =>
  expect
    .poll(async () => {
      await host.person.get('/audit');
      return host.dashboard.deps.db('audit_entries').whereNotNull('user').pluck('n');
    })
    .toHaveLength(entries);

it('quotes as RFC 4180 says', () => {
  expect(record(['a', 'b c', 'd,e', 'f"g', 'h\r\ni', 7, null])).toBe('a,b c,"d,e","f""g","h\r\ni",7,\r\n');
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\r=1'])(
  'defuses %j, which a spreadsheet would take for a formula',
  text => {
    expect(record([text])).toMatch(/^"?'/);
    expect(record([`x${text.trim()}`, -1])).toMatch(/^"?x.*,-1\r\n$/);
  },
);

it('gives what the filter finds as a table, as a file, oldest first', async () => {
  for (let count = 0; count < 700; count++) host.log.command(`u${count}`);
  host.log.add({ kind: 'refused', problem: 'not-allowed', cmd: '@trash', args: ['a,"b"', '\u202e'], message: 'No.' });
  await takenIn(701);
  const answer = await csv();
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
  expect(answer.headers['content-disposition']).toMatch(
    /^attachment; filename="gatehouse-audit-\d{4}-\d\d-\d\d\.csv"$/,
  );
  const rows = answer.text.split('\r\n');
  expect(rows).toHaveLength(703);
  expect(rows[0]).toBe('n,time,outcome,kind,rule,account,ip,user,change,command,problem,code,ms');
  expect(rows[1]).toBe('1,1970-01-01T00:00:01.000Z,ok,intent,users.rename,alex,192.0.2.7,u0,c_u0,usermod -c X u0,,0,3');
  expect(rows[701]).toContain(`"'@trash 'a,""b""' \\u{202e}"`);
  expect((await csv('?user=u17')).text.split('\r\n')).toHaveLength(3);
  expect((await csv('?q=u17&before=9')).text.split('\r\n')).toHaveLength(13);
  expect((await csv('?rule=no.such')).text.split('\r\n')).toHaveLength(2);
});

it('gives the lines as the agent wrote them, to the byte: all of them, or those of what the filter finds', async () => {
  host.log.add({ kind: 'started', why: '\u202e\u0085 \u{e0041} Zoë 😀' });
  host.log.add({ kind: 'intent', rule: 'r', argv: ['/usr/bin/id'] });
  host.log.command('jo');
  host.log.add({ kind: 'outcome', of: 2, code: 0, ms: 1 });
  host.log.command('kim');
  expect(await jsonl()).toBe(`${host.log.lines.join('\n')}\n`);
  expect(await jsonl('?user=jo')).toBe(`${host.log.lines.slice(2, 4).join('\n')}\n`);
  expect(await jsonl('?rule=r')).toBe(`${[host.log.lines[1], host.log.lines[4]].join('\n')}\n`);
  expect(await jsonl('?user=nobody')).toBe('');
});

it('is only announced where it was only asked about', async () => {
  host.log.command('jo');
  const head = await host.person.send('HEAD', '/audit/audit.csv');
  expect([head.status, head.text]).toEqual([200, undefined]);
});
