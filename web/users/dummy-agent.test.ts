// The main job, through the pages and the agent in dummy mode: made, given a password and a key, renamed, deleted, put back.
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashPassword } from '../accounts/password.ts';
import { insertAccount } from '../accounts/store.ts';
import { type Features, openFeatures } from '../features.ts';
import { openDashboard, type TestDashboard, type Visitor } from '../visitor.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-job-'));
const socket = join(folder, 'run/agent.sock');
const env = {
  PATH: process.env.PATH,
  GATEHOUSE_MODE: 'dummy',
  GATEHOUSE_SOCKET: socket,
  GATEHOUSE_AUDIT: join(folder, 'audit.jsonl'),
  GATEHOUSE_STATE: join(folder, 'state'),
};
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE4plYOxwxYY2PyXB59yp5PnjEMwFPgUhhbRIbEBQ1Bz';
const password = `p"a's $w\\o rd é`;

let child: ChildProcess;
let features: Features;
let dashboard: TestDashboard;
let person: Visitor;

beforeAll(async () => {
  await startAgent();
  dashboard = await openDashboard({
    env: { GATEHOUSE_SOCKET: socket },
    features: deps => {
      features = openFeatures(deps);
      return [...features.list];
    },
  });
  person = await dashboard.signedIn();
});
afterAll(async () => {
  await features.close();
  await stopAgent();
  await dashboard.deps.db.destroy();
  rmSync(folder, { recursive: true, force: true });
});

async function startAgent(): Promise<void> {
  child = spawn(process.execPath, [join(import.meta.dirname, '../../host-agent/main.ts'), 'serve'], {
    env,
    cwd: folder,
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', code => reject(new Error(`the agent ended with ${code}`)));
  });
}

async function stopAgent(): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

const text = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll(/\s+/g, ' ');
const page = async (path: string) => text((await person.get(path)).text);

/** Posts a form, looks at the preview, runs it with the code where it asks for one, and gives the result page. */
async function act(
  path: string,
  fields: Record<string, string> = {},
  beforeRun?: () => void,
): Promise<{ at: string; preview: string; result: string }> {
  const at = String((await person.post(path, fields)).headers.location);
  const preview = (await person.get(at)).text;
  beforeRun?.();
  const run = await person.post(`${at}/run`, preview.includes('name="code"') ? { code: '000000' } : {});
  expect(run.status, text(run.text)).toBe(303);
  return { at, preview: text(preview), result: await page(String(run.headers.location)) };
}

it('makes a user with a password, renames, gives a key, deletes and puts back; the pages and the audit log agree', async () => {
  const made = await act('/users', { login: 'jo-2', fullName: "Zoë O'Neil", password, repeat: password });
  expect(made.preview).toContain(`-c "Zoë O'Neil" jo-2`);
  expect(made.preview).toContain('The steps before this one change that.');
  expect(made.result).toContain('Done. Every step ended as it should.');
  expect(await page('/users')).toMatch(/jo-2 Zoë O(?:&#39;|')Neil \d+ password set no never active/);

  await act('/users/jo-2/name', { fullName: 'Jo Example' });
  expect(await page('/users')).toContain('jo-2 Jo Example');

  const keyed = await act('/users/jo-2/keys', { key, keyName: 'Laptop of Jo' });
  expect(keyed.preview).toContain('+# Laptop of Jo');
  expect(await page('/users/jo-2')).toContain('SHA256:60U0mz5QkNcXoTxbDkjBqdj0mLeVtF25v0NuOG4Sxp8');
  await act('/users/jo-2/keys/remove', { fingerprint: 'SHA256:60U0mz5QkNcXoTxbDkjBqdj0mLeVtF25v0NuOG4Sxp8' });
  expect(await page('/users/jo-2')).toContain('No key: this user cannot sign in by SSH with a key.');

  const deleted = await act('/users/jo-2/delete', { confirm: 'jo-2' });
  expect(deleted.result).toContain('Done.');
  expect(await page('/users')).toContain('jo-2 Jo Example deleted');
  await act('/users/deleted/jo-2/put-back');
  expect(await page('/users')).not.toContain('deleted');
  expect((await person.get('/users/jo-2')).status).toBe(200);

  await expect.poll(() => page('/audit')).toContain('userdel jo-2');
  expect(await page('/audit')).not.toContain('is broken');
  expect(readFileSync(env.GATEHOUSE_AUDIT, 'utf8')).not.toContain('rd é');
});

it('refuses what was previewed with a number that is taken by now, and changes nothing', async () => {
  const fields = { fullName: 'Someone', password: '', repeat: '' };
  const first = String((await person.post('/users', { login: 'first', ...fields })).headers.location);
  await act('/users', { login: 'second', ...fields });
  const stale = await page(first);
  expect(stale).toContain('Not possible now');
  const run = await person.post(`${first}/run`);
  expect([run.status, text(run.text)]).toEqual([422, expect.stringContaining('As the host is now, this cannot run.')]);
  expect(await page('/users')).not.toContain('first Someone');
  expect(await page('/users')).toContain('second Someone');
});

it('puts back what was done when a tool of the host fails, under the one code that was given', async () => {
  const faults = join(env.GATEHOUSE_STATE, 'host/dummy.json');
  const fails = (programs: object) => writeFileSync(faults, JSON.stringify({ programs }));
  const fields = { login: 'half', fullName: 'Half Made', password, repeat: password };
  const made = await act('/users', fields, () => fails({ pdbedit: { exit: 1, stderr: 'no room left\n' } }));
  fails({});
  expect(made.result).toContain(
    'It stopped at “Set the password of file shares”. What had been done before was put back.',
  );
  expect(made.result).toContain('no room left');
  expect(await page('/users')).toContain('half Half Made deleted');

  fails({ userdel: { exit: 6, stderr: 'busy\n', times: 1 } });
  const kept = await act('/users/second/delete', { confirm: 'second' });
  expect(kept.result).toContain('What had been done before was put back.');
  expect(await page('/users')).toContain('second Someone');
  expect((await act('/users/second/delete', { confirm: 'second' })).result).toContain('Done.');
  await act('/users/deleted/second/put-back');
});

it('shows who was locked out at the host, and lets them in again with the password they had', async () => {
  await act('/users/second/password', { password, repeat: password });
  const path = join(env.GATEHOUSE_STATE, 'host/etc/shadow');
  const lock = (line: string) => {
    const [login, hash, ...dates] = line.split(':');
    return login === 'second' ? [login, `!${hash}`, ...dates.slice(0, 5), '1', ''].join(':') : line;
  };
  writeFileSync(path, readFileSync(path, 'utf8').split('\n').map(lock).join('\n'));
  await expect.poll(() => page('/users')).toMatch(/second Someone \d+ password set no never locked/);
  expect(await page('/users/second')).toContain('Let in again');
  expect((await act('/users/second/let-in')).result).toContain('Done.');
  expect(await page('/users')).toMatch(/second Someone \d+ password set no never active/);
  expect(await page('/users/second')).not.toContain('Let in again');
});

it('makes a group, puts a user in and takes them out, undoes that, and deletes the empty group', async () => {
  expect(await page('/groups')).toContain('There are no groups yet.');
  const made = await act('/groups', { name: 'family' });
  expect(made.preview).toMatch(/groupadd -g \d+ family/);
  expect(made.result).toContain('Done.');
  const joined = await act('/users/second/groups', { group: 'family' });
  expect(joined.preview).toContain('gpasswd -a second family');
  expect(await page('/groups')).toMatch(/family \d+ 1 user second/);
  expect(await page('/users?group=family')).toContain('1 user of 2');
  expect(await page('/users/second')).toContain('users, family');
  expect((await person.post('/groups/family/remove')).headers.location).toBe('/groups');
  expect(await page('/groups')).toContain('The group family is not empty.');

  const undone = String((await person.post(`${joined.at}/undo`)).headers.location);
  expect(await page(undone)).toContain('gpasswd -d second family');
  await person.post(`${undone}/run`, { code: '000000' });
  expect(await page(undone)).toContain('Done.');
  expect(await page('/groups')).toMatch(/family \d+ nobody/);
  expect((await act('/groups/family/remove')).result).toContain('Done.');
  expect(await page('/groups')).toContain('There are no groups yet.');
});

it('gives a shell and takes it away; locks and lets in again', async () => {
  expect((await act('/users/second/shell', { shell: 'yes' })).preview).toContain('usermod -s /bin/bash second');
  expect(await page('/users')).toMatch(/second Someone \d+ password set yes never active/);
  await act('/users/second/shell', { shell: 'no' });

  const locked = await act('/users/second/lock');
  expect(locked.preview).toContain('pdbedit -d0 -r -c \\[D\\] -u second');
  expect(locked.result).toContain('Done.');
  expect(await page('/users')).toMatch(/second Someone \d+ password set no never locked/);
  await act('/users/second/password', { password, repeat: password });
  expect(await page('/users')).toMatch(/second Someone \d+ password set no never locked/);
  expect((await act('/users/second/let-in')).result).toContain('Done.');
  expect(await page('/users')).toMatch(/second Someone \d+ password set no never active/);
});

it('empties the trash of a deleted user by the exact name', async () => {
  expect(await page('/users/deleted/half')).toContain('Destroys the home folder and the keys of half for good.');
  const wrong = await person.post('/users/deleted/half/empty', { confirm: 'Half' });
  expect([wrong.status, text(wrong.text)]).toEqual([422, expect.stringContaining('This is not the exact login.')]);
  expect((await act('/users/deleted/half/empty', { confirm: 'half' })).result).toContain('Done.');
  expect(await page('/users')).not.toContain('Half Made');
});

it('leaves a take-over and a new administrator to somebody at the terminal', async () => {
  appendFileSync(join(env.GATEHOUSE_STATE, 'host/etc/passwd'), 'kim:x:1700:100:Kim:/home/kim:/bin/sh\n');
  await expect.poll(() => page('/users')).toMatch(/kim Kim .* uid 1700 Take over/);
  expect(await page('/users')).not.toMatch(/uid 1000 Take over/);
  for (const path of ['/users/accounts/kim/take-over', '/users/jo-2/administrator'])
    expect((await act(path)).result).toContain('gatehouse-agent approve');
  expect((await person.post('/users/accounts/debian/take-over')).headers.location).toBe('/users');
});

it('lets a member set their own password and keys by the old password, and nobody else’s', async () => {
  const { db } = dashboard.deps;
  const member = { id: 'm', login: 'sec', name: 'Second', role: 'member', language: null, user: 'second' } as const;
  await insertAccount(db, { ...member, password_hash: await hashPassword('a few plain words'), created_at: 1 });
  const visitor = dashboard.visitor();
  await visitor.get('/sign-in');
  await visitor.post('/sign-in', { login: 'sec', password: 'a few plain words' });
  const own = async (path: string, fields: Record<string, string>, code: string) => {
    const at = String((await visitor.post(path, fields)).headers.location);
    const preview = text((await visitor.get(at)).text);
    await visitor.post(`${at}/run`, { code });
    return { preview, result: text((await visitor.get(at)).text) };
  };
  expect(text((await visitor.get('/my-user')).text)).toContain('Your user second of this host');

  const next = 'another four words';
  const wrong = await own('/my-user/password', { password: next, repeat: next }, 'not the old one');
  expect(wrong.preview).toContain('chpasswd --encrypted');
  expect(wrong.result).not.toContain('Done.');
  expect((await own('/my-user/password', { password: next, repeat: next }, password)).result).toContain('Done.');
  const keyed = await own('/my-user/keys', { key, keyName: 'My laptop' }, next);
  expect(keyed.preview).toContain('/etc/gatehouse/own-keys/second');
  expect(keyed.result).toContain('Done.');
  expect(text((await visitor.get('/my-user')).text)).toContain('My laptop');
  expect(await page('/users/second')).toContain('My laptop');
  expect((await visitor.post('/users/second/password', { password, repeat: password })).status).toBe(403);
});

it('works on after the agent was stopped and started again', async () => {
  await stopAgent();
  await expect.poll(() => page('/users')).toContain('The agent does not answer');
  await startAgent();
  await expect.poll(() => page('/users')).not.toContain('The agent does not answer');
  expect((await act('/users/second/name', { fullName: 'Second' })).result).toContain('Done.');
  await expect.poll(() => page('/audit')).toContain('The agent started');
});
