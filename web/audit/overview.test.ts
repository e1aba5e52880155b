// What the overview says of the audit log.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestHost, type TestHost } from '../users/fake-host.fixture.ts';
import { AgentLog } from './log.fixture.ts';

let host: TestHost;
let log: AgentLog;
beforeEach(async () => {
  log = new AgentLog();
  host = await openTestHost();
  const answer = host.fake.answer;
  host.fake.answer = (request, ...rest) => (request.cmd === '@audit' ? log.answer(request) : answer(request, ...rest));
});
afterEach(() => host.close());

const text = (html: string) => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
const page = async (path: string) => text((await host.person.get(path)).text);
/** A page waits for the newest entries, but not for long. */
const soon = (path: string) => expect.poll(() => page(path));

it('says loudly that the log was changed, on the overview as well, and begins a new copy when told', async () => {
  log.command('jo');
  await soon('/audit').toContain('usermod -c X jo');
  log = new AgentLog();
  log.command('someone-else');
  await soon('/audit').toContain('The agent’s log is not the one that was mirrored');
  expect(await page('/')).toContain('is not the one that was mirrored');
  expect(await page('/')).toContain('needs a look');
  await host.person.post('/audit/begin-again');
  await soon('/audit').toContain('usermod -c X someone-else');
  const earlier = await page('/audit?log=1');
  expect(earlier).toContain('usermod -c X jo');
  expect(earlier).toContain('This is an earlier log');
});

it('counts refusals, and shows the last one', async () => {
  log.add({
    at: new Date().toISOString(),
    kind: 'refused',
    problem: 'not-allowed',
    cmd: 'bash',
    args: ['-c', 'id'],
    message: 'No rule.',
  });
  await soon('/').toContain('1 request');
  expect(await page('/')).toContain('bash -c id');
});
