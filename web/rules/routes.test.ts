import { afterEach, beforeEach, expect, it } from 'vitest';
import { refused, told } from '../agent/fake-agent.fixture.ts';
import { openTrust, type TrustHost } from '../audit/trust.fixture.ts';
import { plan } from '../users/fake-host.fixture.ts';
import { rule } from './rule.fixture.ts';

let host: TrustHost;
let rules: object[];
beforeEach(async () => {
  rules = [rule('users.rename', { uses: 3, lastUsed: '2020-01-01T00:00:00Z' })];
  host = await openTrust();
  host.fake.answer = ({ cmd, args, dryRun }) => {
    if (cmd === '@rules') return told({ rules });
    if (cmd === '@audit') return told({ entries: [] });
    if (!dryRun) return told({});
    return cmd === 'usermod'
      ? plan(cmd, args, { rule: 'users.rename' })
      : refused('not-allowed', `Argument 1 of ${cmd}, "\u202e<b>", must be small.`, null);
  };
});
afterEach(() => host.close());

const text = (html: string) => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
const page = async (path: string) => text((await host.person.get(path)).text);
const asks = () => host.fake.asked.filter(({ cmd }) => !cmd.startsWith('@'));

it('shows each rule in words, with pattern, level, whose choice it is and its use, and leads to its entries', async () => {
  rules.push(
    rule('keys.write', {
      run: undefined,
      write: '/etc/gatehouse/keys/<user>',
      ...{ mode: '0640', owner: 'root:gatehouse', secret: true },
      check: ['/usr/bin/getent', 'passwd', '<staged>'],
      then: ['/usr/bin/getent', 'group'],
      file: '/etc/gatehouse/rules.d/keys.yaml',
      by: 'owner',
      confirm: 'host',
      danger: 'Whoever holds one of these keys can sign in.',
      undo: 'keys.write',
    }),
    rule('users.off', { off: true }),
  );
  const shown = await host.person.get('/rules');
  for (const words of [
    'usermod -c &lt;full-name&gt; &lt;user&gt;',
    'as shipped',
    '3 times',
    'idle for 90 days',
    'write /etc/gatehouse/keys/&lt;user&gt;',
    'belongs to root:gatehouse, mode 0640 · secret: its content is never shown',
    'checked before by /usr/bin/getent passwd &lt;staged&gt;',
    'afterwards runs /usr/bin/getent group',
    'set by the owner of the host',
    'approval at the host’s terminal',
    'Whoever holds one of these keys',
    'switched off',
    '3 rules of 3',
  ])
    expect(text(shown.text)).toContain(words);
  expect(shown.text).toContain('href="/audit?rule=users.rename"');
  expect(shown.text).toContain('id="keys.write"');
  expect(await page('/rules?show=idle&q=rename')).toContain('1 rule of 3');
  expect(await page('/rules?q=nothing-like-it')).toContain('No rule matches');
});

it('says so where the agent does not tell its rules', async () => {
  rules = [{ id: 7 }];
  expect(await page('/rules')).toContain('does not say which rules it has loaded');
});

it('asks for a dry run only, and shows the rule, each argument and what is unmet', async () => {
  host.fake.answer = ({ cmd, args }) =>
    told(cmd === '@audit' ? { entries: [] } : { rules }) && cmd === 'usermod'
      ? plan(cmd, args, { rule: 'users.rename', confirm: 'code', danger: 'Care.', unmet: ['There is no user jo.'] })
      : told({ rules });
  await host.person.get('/rules/try');
  const answer = await host.person.post('/rules/try', {
    line: 'usermod -c "Jo Example" jo',
    stdin: 'a\r\nhidden-text',
  });
  expect(answer.status).toBe(200);
  for (const words of [
    'users.rename',
    'Jo Example',
    'There is no user jo.',
    'Care.',
    'one-time code',
    'not as the host is now',
  ])
    expect(text(answer.text)).toContain(words);
  expect(asks()).toMatchObject([
    { cmd: 'usermod', args: ['-c', 'Jo Example', 'jo'], dryRun: true, stdin: 'a\nhidden-text\n' },
  ]);
  expect(answer.text).not.toContain('hidden-text');
});

it('shows a refusal as text, whatever is in it', async () => {
  await host.person.get('/rules/try');
  const { text: html } = await host.person.post('/rules/try', { line: 'bash \u202e"<img src=x>" \u200b', stdin: '' });
  const typed = html.replace(/<input class="mono"[^>]*>/, '');
  expect(typed).not.toMatch(/[\u202e\u200b]|<b>|<img/);
  expect(text(html)).toContain('\\u{202e}&lt;b&gt;');
  expect(asks()).toHaveLength(1);
  expect(asks()[0]).not.toHaveProperty('stdin');
});

it.each([['userdel jo; id'], ['userdel $USER'], ['x'.repeat(5_000)], [' ']])(
  'asks nothing for %.20j, keeps what was typed but the text on stdin, and says why',
  async line => {
    await host.person.get('/rules/try');
    const answer = await host.person.post('/rules/try', { line, stdin: 'hidden-text' });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('id="line-error"');
    expect(answer.text).not.toContain('hidden-text');
    expect(asks()).toEqual([]);
  },
);

it('is no way around the token of forms', async () => {
  expect((await host.person.post('/rules/try', { line: 'usermod', _csrf: 'x' })).status).toBe(403);
  expect(asks()).toEqual([]);
});

it('says that the agent is away', async () => {
  await host.fake.stop();
  await host.person.get('/rules/try');
  expect((await host.person.post('/rules/try', { line: 'usermod -c x jo' })).text).toContain(
    'The agent did not answer',
  );
});
