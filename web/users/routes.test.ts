import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { done, refused, told } from '../agent/fake-agent.fixture.ts';
import { openTestHost, plan, type TestHost } from './fake-host.fixture.ts';
import { user } from './user.fixture.ts';

let host: TestHost;
beforeEach(async () => {
  host = await openTestHost();
});
afterEach(() => host.close());

const password = `p"a's $w\\o rd é`;
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE4plYOxwxYY2PyXB59yp5PnjEMwFPgUhhbRIbEBQ1Bz';
const text = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');

/** An act's form, then its preview, then Run with what the preview asks for. */
async function go(path: string, fields: Record<string, string>, code?: string) {
  const posted = await host.person.post(path, fields);
  const preview = await host.follow(posted);
  const at = String(posted.headers.location);
  const run = await host.person.post(`${at}/run`, code === undefined ? {} : { code });
  return { posted, preview, run, result: run.status === 303 ? await host.follow(run) : run };
}

describe('the list', () => {
  it('shows users with their state, other accounts apart, and deleted ones with a way back', async () => {
    host.people.users.push(user('kim', { expired: true }), user('max', { hasPassword: false, samba: false }));
    host.people.trash.push({ login: 'sam', uid: 1003, fullName: 'Sam', at: '2026-11-21T05:30:12Z' });
    const page = text((await host.person.get('/users')).text);
    for (const words of [
      'jo jo example 1002 password set no not known active',
      'kim example 1002 password set no not known locked',
      'no password no not known no password yet',
    ]) {
      expect(page).toContain(words);
    }
    expect(page).toContain('debian Debian it is in the group sudo, uid 1000');
    expect(page).toContain('sam Sam deleted');
    expect(page).toContain('Put back');
  });

  it('filters, sorts and pages a thousand users by the URL', async () => {
    host.people.users = Array.from({ length: 1_000 }, (_, n) =>
      user(`u${String(n).padStart(3, '0')}`, { uid: 2_000 - n }),
    );
    host.dashboard.deps.now = () => 0;
    const last = await host.person.get('/users?page=20');
    expect(last.text).toContain('/users/u999');
    expect(last.text).not.toContain('/users/u949"');
    expect(text((await host.person.get('/users?q=u77')).text)).toContain('10 users of 1,000');
    expect((await host.person.get('/users?sort=uid')).text).toContain('/users/u999');
    expect(text((await host.person.get('/users?q=nobody')).text)).toContain('No user matches this filter.');
  });

  it('escapes what the host tells', async () => {
    host.people.users[0]!.fullName = '<script>alert(1)</script>';
    expect((await host.person.get('/users')).text).not.toContain('<script>alert');
  });
});

describe('making a user', () => {
  const fields = { login: 'kim', fullName: "Kim O'Neil", password: '', repeat: '' };

  it('shows the exact command first, with the number the agent told, and runs it without a code', async () => {
    const { preview, run, result } = await go('/users', fields);
    expect(text(preview.text)).toContain(
      `/usr/sbin/useradd -m -K HOME_MODE=0700 -u 1007 -g users -s /usr/sbin/nologin -c "Kim O'Neil" kim`,
    );
    expect(text(preview.text)).toContain('Nothing has been done yet. This is exactly what will run on home-nas');
    expect(preview.text).not.toContain('name="code"');
    expect(run.status).toBe(303);
    expect(text(result.text)).toContain('Done. Every step ended as it should.');
    expect(host.acts()).toEqual([
      `useradd -m -K HOME_MODE=0700 -u 1007 -g users -s /usr/sbin/nologin -c Kim O'Neil kim`,
    ]);
  });

  it('gives both tools the same bytes of the password, and shows them to nobody', async () => {
    const { preview, result } = await go('/users', { ...fields, password, repeat: password }, '000000');
    expect(text(preview.text)).toContain('the code is always 000000');
    expect(host.acts().map(act => act.split(' ')[0])).toEqual(['@confirm', 'useradd', 'chpasswd', 'pdbedit']);
    const [, , hash, samba] = host.fake.asked
      .filter(({ dryRun, stdin }) => !dryRun && stdin !== undefined)
      .map(({ stdin }) => stdin);
    expect([hash, samba].length).toBe(2);
    const given = host.fake.asked.filter(({ cmd, dryRun }) => cmd === 'pdbedit' && !dryRun)[0]?.stdin;
    expect(given).toBe(`${password}\n${password}\n`);
    expect(preview.text + result.text).not.toContain('$6$');
    expect(preview.text + result.text).not.toContain('rd é');
  });

  it.each([
    [{ login: 'Kim' }, 'A login is a small letter'],
    [{ login: '-kim' }, 'A login is a small letter'],
    [{ login: 'jo' }, 'There is an account jo on this host already.'],
    [{ login: 'debian' }, 'There is an account debian on this host already.'],
    [{ fullName: 'Kim: root' }, 'A full name has no colon'],
    [{ fullName: ' ' }, 'A full name is needed.'],
    [{ password: 'short', repeat: 'short' }, 'A password has at least 8 characters.'],
    [{ password, repeat: `${password}x` }, 'The two passwords are not the same.'],
  ])('refuses %j beside the field, keeps what was typed and never the password', async (wrong, sentence) => {
    const answer = await host.person.post('/users', { ...fields, ...wrong });
    expect(answer.status).toBe(422);
    expect(text(answer.text)).toContain(sentence);
    expect(answer.text).toContain('aria-invalid="true"');
    expect(answer.text).not.toContain('rd é');
    expect(host.acts()).toEqual([]);
  });

  it('offers to preview again when the number was taken meanwhile: the agent refuses, nothing was changed', async () => {
    const answer = host.fake.answer;
    host.fake.answer = (request, ...rest) =>
      request.cmd === 'useradd' && !request.dryRun
        ? refused('not-permitted-now', 'The next number is 1008.', 31)
        : answer(request, ...rest);
    const { result } = await go('/users', fields);
    expect(text(result.text)).toContain(
      'It stopped at “Make the account and its home folder”. Nothing before it was changed.',
    );
    expect(text(result.text)).toContain('The next number is 1008.');
    expect(result.text).toContain('href="/users/new?login=kim&amp;fullName=Kim+O%27Neil"');
    expect(result.text).toContain('href="/audit/31"');
  });

  it('shows a preview that cannot run as it is, and does not offer to run it', async () => {
    const answer = host.fake.answer;
    host.fake.answer = (request, ...rest) =>
      request.dryRun
        ? plan(request.cmd, request.args, { unmet: ['The login kim is named in sudoers.'] })
        : answer(request, ...rest);
    const preview = await host.follow(await host.person.post('/users', fields));
    expect(text(preview.text)).toContain('Not possible now: The login kim is named in sudoers.');
    expect(preview.text).not.toContain('/run"');
  });
});

describe('one user', () => {
  it('sets a password with a code; a wrong code changes nothing and may be corrected', async () => {
    const answer = host.fake.answer;
    host.fake.answer = (request, ...rest) =>
      request.cmd === '@confirm' && !request.stdin?.includes('"000000"')
        ? refused('needs-confirmation', 'This code is wrong.')
        : answer(request, ...rest);
    const { posted, run } = await go('/users/jo/password', { password, repeat: password }, '999 999');
    expect(run.status).toBe(422);
    expect(text(run.text)).toContain('This code is wrong.');
    expect(host.acts()).toEqual(['@confirm']);
    const again = await host.person.post(`${posted.headers.location}/run`, { code: '000 000' });
    expect(again.status).toBe(303);
    expect(host.acts().slice(1)).toEqual(['@confirm', 'chpasswd -e', 'pdbedit -d0 -t -a -u jo']);
  });

  it('runs nothing when the form was sent without the code that is asked for', async () => {
    const { run } = await go('/users', { login: 'kim', fullName: 'Kim', password, repeat: password });
    expect(run.status).toBe(422);
    expect(text(run.text)).toContain('The code has six digits.');
    expect(host.acts()).toEqual([]);
  });

  it('refuses a code that is none before it asks the host', async () => {
    const { run } = await go('/users/jo/password', { password, repeat: password }, 'abc');
    expect(run.status).toBe(422);
    expect(text(run.text)).toContain('The code has six digits.');
    expect(host.acts()).toEqual([]);
  });

  it('adds a key to those there are, and takes it back by Undo', async () => {
    host.keys = `# old\n${key.replace('IE4p', 'IF4p')}\n`;
    const { result, posted } = await go('/users/jo/keys', { key: `${key} jo@laptop`, keyName: 'Laptop' }, '000000');
    const written = host.fake.asked.find(({ cmd, dryRun }) => cmd === '@write' && !dryRun)?.stdin;
    expect(written).toBe(`${host.keys}# Laptop\n${key}\n`);
    expect(result.text).toContain('/undo"');
    const undone = await host.follow(await host.person.post(`${posted.headers.location}/undo`));
    expect(text(undone.text)).toContain('Undo: Add an SSH key of jo');
  });

  it.each([
    [{ key: 'ssh-ed25519 AAAA', keyName: '' }, 'This is no key that can be used here'],
    [{ key: '-----BEGIN OPENSSH PRIVATE KEY-----', keyName: '' }, 'This is a private key.'],
    [{ key: `${key}\n${key}`, keyName: '' }, 'Paste one key at a time'],
    [{ key: '', keyName: '' }, 'Paste one public key.'],
    [{ key, keyName: 'a\u202eb' }, 'The name has characters that cannot be shown'],
  ])('refuses the key %j with the reason', async (fields, sentence) => {
    const answer = await host.person.post('/users/jo/keys', fields);
    expect(answer.status).toBe(422);
    expect(text(answer.text)).toContain(sentence);
  });

  it('says when a key is there already', async () => {
    host.keys = `# Laptop\n${key}\n`;
    expect(text((await host.person.post('/users/jo/keys', { key, keyName: '' })).text)).toContain(
      'This key is there already, as “Laptop”.',
    );
  });

  it('deletes only when the exact login was typed', async () => {
    for (const confirm of ['Jo', ' jo', 'jo ', '']) {
      const answer = await host.person.post('/users/jo/delete', { confirm });
      expect(answer.status).toBe(422);
      expect(text(answer.text)).toContain('This is not the exact login.');
    }
    await go('/users/jo/delete', { confirm: 'jo' }, '000000');
    expect(host.acts()).toEqual([
      '@confirm',
      'usermod -L -e 1 jo',
      'pkill -KILL -u jo',
      'pdbedit -d0 -x -u jo',
      '@trash jo',
      'userdel jo',
    ]);
  });

  it('puts a deleted user back', async () => {
    host.people.trash.push({ login: 'sam', uid: 1003, fullName: 'Sam', at: '2026-11-21T05:30:12Z' });
    await go('/users/deleted/sam/put-back', {}, '000000');
    expect(host.acts()).toEqual(['@confirm', '@untrash sam']);
  });

  it('has nothing for an account that Gatehouse does not manage', async () => {
    for (const login of ['debian', 'root', 'nobody-here']) {
      expect((await host.person.get(`/users/${login}`)).headers.location).toBe('/users');
      expect((await host.person.post(`/users/${login}/delete`, { confirm: login })).headers.location).toBe('/users');
    }
    expect(host.acts()).toEqual([]);
  });
});

describe('a change', () => {
  it('runs only for the session that previewed it', async () => {
    const posted = await host.person.post('/users/jo/name', { fullName: 'Jo New' });
    const other = await host.dashboard.signedIn();
    expect((await other.get(String(posted.headers.location))).status).toBe(410);
    await other.post(`${posted.headers.location}/run`);
    expect(host.acts()).toEqual([]);
    await host.follow(posted);
    await host.person.post(`${posted.headers.location}/run`);
    expect(host.acts()).toEqual(['usermod -c Jo New jo']);
  });

  it('is shown again in place of running when it would do something else by now, or was never looked at', async () => {
    const answer = host.fake.answer;
    let diff = '+a new key';
    host.fake.answer = (request, ...rest) =>
      request.dryRun ? plan(request.cmd, request.args, { diff, confirm: 'none' }) : answer(request, ...rest);
    const posted = await host.person.post('/users/jo/keys', { key, keyName: 'Laptop' });
    const at = String(posted.headers.location);
    await host.follow(posted);
    diff = '-the key of somebody else\n+a new key';
    const changed = await host.person.post(`${at}/run`);
    expect(changed.status).toBe(422);
    expect(text(changed.text)).toContain('The host has changed since this page was shown');
    expect(text(changed.text)).toContain('-the key of somebody else');
    for (const seen of ['', 'x', undefined]) expect((await host.person.post(`${at}/run`, { seen })).status).toBe(422);
    expect(host.acts()).toEqual([]);
    await host.follow(posted);
    expect((await host.person.post(`${at}/run`)).status).toBe(303);
    expect(host.acts()).toEqual(['@write /etc/gatehouse/keys/jo']);
  });

  it('cannot be run when its 15 minutes are over, and can be asked for anew', async () => {
    let now = Date.now();
    await host.close();
    host = await openTestHost(undefined, () => now);
    const posted = await host.person.post('/users/jo/name', { fullName: 'Jo New' });
    await host.follow(posted);
    now += 15 * 60_000;
    const late = await host.person.post(`${posted.headers.location}/run`);
    const ended = await host.follow(late);
    expect([ended.status, text(ended.text)]).toEqual([410, expect.stringContaining('Start again')]);
    expect(host.acts()).toEqual([]);
  });

  it('runs once for two tabs that press Run at the same moment', async () => {
    const posted = await host.person.post('/users/jo/name', { fullName: 'Jo New' });
    await host.follow(posted);
    const run = () => host.person.post(`${posted.headers.location}/run`);
    expect((await Promise.all([run(), run()])).map(({ status }) => status)).toEqual([303, 303]);
    expect(host.acts()).toEqual(['usermod -c Jo New jo']);
  });

  it('is undone once: afterwards it says by what, and offers no second Undo', async () => {
    const { run } = await go('/users/jo/name', { fullName: 'Jo New' });
    const at = String(run.headers.location);
    const undo = `action="${at}/undo"`;
    for (const path of [at, '/']) expect((await host.person.get(path)).text, path).toContain(undo);
    await go(`${at}/undo`, {});
    for (const path of [at, '/']) expect((await host.person.get(path)).text, path).not.toContain(undo);
    expect(text((await host.person.get(at)).text)).toContain('Taken back by a later change');
    expect((await host.person.post(`${at}/undo`)).headers.location).toBe(at);
    expect(host.acts()).toEqual(['usermod -c Jo New jo', 'usermod -c jo example jo']);
  });

  it('takes back one key, and leaves those that came after it', async () => {
    const kept = (name: string, sign: string) => `# ${name}\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${sign.repeat(43)}\n`;
    const { run } = await go('/users/jo/keys', { key: kept('', 'A').split('\n')[1] ?? '', keyName: 'one' }, '000000');
    host.keys = kept('one', 'A') + kept('two', 'B');
    await go(`${run.headers.location}/undo`, {}, '000000');
    const written = host.fake.asked.filter(({ cmd, dryRun }) => cmd === '@write' && !dryRun).map(({ stdin }) => stdin);
    expect(written).toEqual([kept('one', 'A'), kept('two', 'B')]);
  });

  it('is not undone on another user who has the login by now', async () => {
    const { run } = await go('/users/jo/name', { fullName: 'Jo New' });
    const [jo] = host.people.users;
    host.people.users = [user('jo', { ...jo, uid: 1099 })];
    await expect.poll(async () => (await host.person.get('/users/jo')).text).toContain('1099');
    const posted = await host.person.post(`${run.headers.location}/undo`);
    const preview = text((await host.follow(posted)).text);
    expect(preview).toContain(`jo is another user now, number 1099. This was for the one before, number ${jo?.uid}.`);
    await host.person.post(`${posted.headers.location}/run`);
    expect(host.acts()).toEqual(['usermod -c Jo New jo']);
  });

  it('stands in the list of changes afterwards, not before', async () => {
    const posted = await host.person.post('/users/jo/name', { fullName: 'Jo New' });
    expect(text((await host.person.get('/changes')).text)).toContain('Nothing has been changed from here yet.');
    await host.follow(posted);
    await host.person.post(`${posted.headers.location}/run`);
    expect(text((await host.person.get('/changes')).text)).toContain('Rename user jo');
    expect(text((await host.person.get('/')).text)).toContain('Rename user jo');
  });
});

describe('while the agent is away', () => {
  it('opens every page with what was known, refuses acts with a sentence, and recovers by itself', async () => {
    await host.person.get('/users/jo');
    await host.person.get('/');
    const posted = await host.person.post('/users/jo/name', { fullName: 'Jo New' });
    await host.fake.stop();
    host.dashboard.deps.now = () => Date.now() + 60_000;
    await expect.poll(async () => text((await host.person.get('/users')).text)).toContain('The agent does not answer');
    expect(text((await host.person.get('/users')).text)).toContain('jo example');
    expect((await host.person.get('/users/jo')).status).toBe(200);
    expect(text((await host.person.get('/')).text)).toContain('agent gone');
    expect((await host.person.get('/audit')).status).toBe(200);
    const made = await host.person.post('/users', { login: 'kim', fullName: 'Kim', password: '', repeat: '' });
    expect(made.status).toBe(503);
    expect(text(made.text)).toContain('nothing can be changed now. Nothing was changed');
    expect(text((await host.follow(posted)).text)).toContain('nothing can be previewed or run');
    const run = await host.person.post(`${posted.headers.location}/run`);
    expect([run.status, text(run.text)]).toEqual([503, expect.stringContaining('nothing can be previewed or run')]);
    await host.fake.start();
    await expect
      .poll(async () => text((await host.person.get('/users')).text))
      .not.toContain('The agent does not answer');
  });

  it('says that nothing runs while the audit log cannot be written', async () => {
    host.status.auditAvailable = false;
    const answer = host.fake.answer;
    host.fake.answer = (request, ...rest) =>
      request.dryRun || request.cmd.startsWith('@')
        ? answer(request, ...rest)
        : refused('audit-unavailable', 'The audit log has no room.', null);
    await expect
      .poll(async () => text((await host.person.get('/audit')).text))
      .toContain('Nothing runs until there is room again');
    const { result } = await go('/users/jo/name', { fullName: 'Jo New' });
    expect(text(result.text)).toContain('The audit log has no room.');
    host.fake.answer = ({ cmd }) => (cmd === '@users' ? told(host.people) : done());
  });
});
