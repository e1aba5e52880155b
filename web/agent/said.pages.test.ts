import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTrust, type TrustHost } from '../audit/trust.fixture.ts';
import { openTestHost, plan, type TestHost } from '../users/fake-host.fixture.ts';
import { user } from '../users/user.fixture.ts';
import { type Answering, done, refused } from './fake-agent.fixture.ts';

const text = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll(/\s+/g, ' ');
const speaks = ({ dashboard }: TestHost | TrustHost, language: 'en' | 'de') =>
  dashboard.deps.db('accounts').update({ language });

describe('an act, to an account in German and one in English', () => {
  let host: TestHost;
  let now: number;
  beforeEach(async () => {
    now = Date.now();
    host = await openTestHost([user('jo')], () => now);
  });
  afterEach(() => host.close());

  /** What the agent answers to some requests, beside what it always does. */
  function answering(some: Answering): void {
    const { answer } = host.fake;
    host.fake.answer = (request, ...rest) => some(request, ...rest) ?? answer(request, ...rest);
  }
  async function previewed(path = '/users/jo/name', fields: Record<string, string> = { fullName: 'Jo E' }) {
    await host.person.get('/users/jo');
    const at = String((await host.person.post(path, fields)).headers.location);
    return { at, preview: await host.person.get(at) };
  }

  it.each([
    ['de', 'Jetzt nicht möglich: jo hat mehr Rechte: sudo würde Befehle dafür ausführen. Das wird nur'],
    ['en', 'Not possible now: jo is privileged: sudo would run commands for it. It is changed only'],
  ] as const)('says on its preview what is unmet: %s', async (language, words) => {
    const unmet = ["jo is privileged: sudo would run commands for it. It is changed only at the host's terminal."];
    answering(({ cmd, args, dryRun }) => (dryRun ? plan(cmd, args, { unmet }) : undefined));
    await speaks(host, language);
    expect(text((await previewed()).preview.text)).toContain(words);
  });

  it.each([
    ['de', 'Abgelehnt: Argument 2 von usermod ist "\\u202e&lt;b>"; erlaubt ist "jo".'],
    ['en', 'Refused: Argument 2 of usermod, "\\u202e&lt;b>", must be "jo".'],
  ] as const)('says on its preview why it is refused, and what was typed is text: %s', async (language, words) => {
    const message = 'Argument 2 of usermod, "\\u202e<b>", must be "jo".';
    answering(({ dryRun }) => (dryRun ? refused('not-allowed', message) : undefined));
    await speaks(host, language);
    const { preview } = await previewed();
    expect(preview.text.replaceAll('&quot;', '"').replaceAll('&gt;', '>')).toContain(words);
    expect(preview.text).not.toContain('<b>"');
  });

  it.each([
    ['de', 'Das ist nicht das Passwort von jo (Versuch 2 von 5, danach 15 Minuten Pause).'],
    ['en', 'This is not the password of jo (try 2 of 5, then a pause of 15 minutes).'],
  ] as const)('says beside the field why a code or password is not taken: %s', async (language, words) => {
    const message = 'This is not the password of jo (try 2 of 5, then a pause of 15 minutes).';
    answering(({ cmd }) => (cmd === '@confirm' ? refused('needs-confirmation', message) : undefined));
    await speaks(host, language);
    const { at } = await previewed('/users/jo/lock', {});
    const run = await host.person.post(`${at}/run`, { code: '000000' });
    expect(run.status).toBe(422);
    expect(run.text).toContain('id="code-error"');
    expect(text(run.text)).toContain(words);
  });

  it.each([
    ['de', 'Einen Benutzer jo gibt es auf diesem Server nicht.'],
    ['en', 'There is no user jo on this host.'],
  ] as const)('says on its page and as JSON why a step was refused: %s', async (language, words) => {
    const message = 'There is no user jo on this host.';
    answering(({ cmd, dryRun }) => (cmd === 'usermod' && !dryRun ? refused('not-permitted-now', message) : undefined));
    await speaks(host, language);
    const { at } = await previewed();
    expect((await host.person.post(`${at}/run`)).status).toBe(303);
    expect(text((await host.person.get(at)).text)).toContain(words);
    const { body } = await host.person.get(at, { Accept: 'application/json' });
    expect(body.steps[0]).toMatchObject({ problem: 'not-permitted-now', message: words });
  });

  it.each([
    ['de', 'Ob gesperrt von jo: jetzt „nein“; gerechnet wurde mit „ja“.'],
    ['en', 'Whether locked of jo is “no” now; this counted on “yes”.'],
  ] as const)('says what another hand changed meanwhile: %s', async (language, words) => {
    await speaks(host, language);
    const { at } = await previewed('/users/jo/lock', {});
    expect((await host.person.post(`${at}/run`, { code: '000000' })).status).toBe(303);
    await host.person.get(at);
    const undo = String((await host.person.post(`${at}/undo`)).headers.location);
    expect(text((await host.person.get(undo)).text)).toContain(words);
  });

  it('leaves the words of a program as they are', async () => {
    const stderr = 'There is no user jo on this host.';
    answering(({ cmd, dryRun }) => (cmd === 'usermod' && !dryRun ? done({ ok: false, code: 6, stderr }) : undefined));
    await speaks(host, 'de');
    const { at } = await previewed();
    await host.person.post(`${at}/run`);
    expect(text((await host.person.get(at)).text)).toContain(stderr);
    expect((await host.person.get(at, { Accept: 'application/json' })).body.steps[0].message).toBe(stderr);
  });

  it.each([
    ['de', 'in der Gruppe sudo, uid 1000', 'antwortet nicht (sein Socket ist nicht da)'],
    ['en', 'it is in the group sudo, uid 1000', 'does not answer (its socket is not there)'],
  ] as const)('says why an account is out of reach, and why the agent is away: %s', async (language, why, away) => {
    await speaks(host, language);
    expect(text((await host.person.get('/users')).text)).toContain(why);
    await host.fake.stop();
    now += 3_000;
    expect(text((await host.person.get('/users')).text)).toContain(away);
  });
});

describe('trust, to an account in German and one in English', () => {
  let host: TrustHost;
  beforeEach(async () => {
    host = await openTrust();
  });
  afterEach(() => host.close());

  const message = 'No rule allows the program "<b>".';

  it.each([
    ['de', 'Keine Regel erlaubt das Programm "&lt;b&gt;".'],
    ['en', 'No rule allows the program "&lt;b&gt;".'],
  ] as const)(
    'says why in an entry of the audit log, and exports it as it was recorded: %s',
    async (language, words) => {
      host.log.add({ kind: 'refused', problem: 'not-allowed', cmd: '<b>', args: [], message });
      await speaks(host, language);
      expect((await host.person.get('/audit/1')).text.replaceAll('&quot;', '"')).toContain(`<p>${words}</p>`);
      expect((await host.person.get('/audit/audit.jsonl')).text).toContain(JSON.stringify(message));
    },
  );

  it.each([
    ['de', 'Keine Regel erlaubt das Programm "&lt;b&gt;".'],
    ['en', 'No rule allows the program "&lt;b&gt;".'],
  ] as const)('says why of a command that is tried: %s', async (language, words) => {
    host.fake.answer = request => (request.dryRun ? refused('not-allowed', message, null) : host.log.answer(request));
    await speaks(host, language);
    await host.person.get('/rules/try');
    const { text: html } = await host.person.post('/rules/try', { line: "'<b>'", stdin: '' });
    expect(html.replaceAll('&quot;', '"')).toContain(`<p>${words}</p>`);
  });
});
