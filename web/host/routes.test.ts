import { afterEach, beforeEach, expect, it } from 'vitest';
import { told } from '../agent/fake-agent.fixture.ts';
import { openTestHost, type TestHost } from '../users/fake-host.fixture.ts';

let host: TestHost;
let hostname: string;
let clock: number;
beforeEach(async () => {
  clock = Date.now();
  host = await openTestHost([], () => clock);
  hostname = 'home-nas';
  const answer = host.fake.answer;
  const rest = { uptimeMs: 1, cores: 1, load: [0, 0, 0], disks: [], temperatures: [] };
  const memory = { totalBytes: 1, availableBytes: 1 };
  host.fake.answer = (request, ...more) =>
    request.cmd === '@host' ? told({ hostname, memory, ...rest }) : answer(request, ...more);
});
afterEach(() => host.close());

/** By another hand; what was told before is old by then. */
function rename(name: string): void {
  hostname = name;
  clock += 3_000;
}

const text = (html: string) => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

it('says what the host is called, and what a change leaves to do by hand', async () => {
  const page = text((await host.person.get('/host')).text);
  expect(page).toContain('It is called home-nas');
  expect(page).toContain('This dashboard answers at http://127.0.0.1:8080 only.');
  expect(page).toContain('The file /etc/hosts is left as it is.');
  expect(text((await host.person.get('/')).text)).toContain('Host name');
});

it.each([
  ['', 'A name is of letters'],
  ['a b', 'A name is of letters'],
  ['-attic', 'A name is of letters'],
  ['attic-', 'A name is of letters'],
  ['10.0.0.1', 'A name is of letters'],
  ['localhost', 'A name is of letters'],
  ['home-nas', 'has this name already'],
])('does not call the host "%s", and keeps what was typed', async (name, why) => {
  const answer = await host.person.post('/host', { name });
  expect(answer.status).toBe(422);
  expect(text(answer.text)).toContain(why);
  expect(answer.text).toContain(`value="${name}"`);
  expect((await host.person.post('/host', { name: ' attic ' })).status).toBe(303);
});

it.each(['name=a&name=b', 'name[x]=a', 'other=a', ''])('is a form with an error where it is bent: %s', async body => {
  await host.person.get('/host');
  expect((await host.person.raw('/host', `_csrf=${host.person.token}&${body}`)).status).toBe(422);
  expect((await host.person.raw('/host', `_csrf=${host.person.token}&name=attic`)).status).toBe(303);
});

it('shows the exact command before anything is done, and who changed the name meanwhile', async () => {
  const preview = String((await host.person.post('/host', { name: 'attic' })).headers.location);
  expect(text((await host.person.get(preview)).text)).toContain('hostnamectl set-hostname --static attic');
  expect(host.acts()).toEqual([]);
  rename('cellar');
  const later = text((await host.person.get(preview)).text);
  expect(later).toContain('The host name of home-nas is “cellar” now; this counted on “home-nas”');
});

it('shows a hostile name as text', async () => {
  rename('<b>x\u202e');
  const page = (await host.person.get('/host')).text;
  expect(page).not.toContain('<b>x');
  expect(page).not.toContain('\u202e');
  expect(page).toContain('&lt;b&gt;x\\u{202e}');
});

it('says so where the agent is gone, and changes nothing', async () => {
  await host.person.get('/host');
  await host.fake.stop();
  const answer = await host.person.post('/host', { name: 'attic' });
  expect(answer.status).toBe(503);
  expect(text(answer.text)).toContain('so nothing can be changed now');
  expect(answer.text).toContain('value="attic"');
});

it('is in German for who reads German', async () => {
  const page = text((await host.person.get('/host', { 'Accept-Language': 'de' })).text);
  expect(page).toContain('Wie dieser Server heißt');
});
