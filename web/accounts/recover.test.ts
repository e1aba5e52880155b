import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../database.ts';
import { openSecretFile } from '../keys.ts';
import { openHouse, password } from './accounts.fixture.ts';
import { recover } from './recover.ts';
import { insertAccount } from './store.ts';

const chosen = { password: 'my very own words', repeat: 'my very own words' };

describe('recovery from the host’s terminal', () => {
  it('changes nothing before its link is used; then password, sessions and tries begin anew, and the page says so', async () => {
    const { dashboard, admin, signIn } = await openHouse();
    for (let i = 0; i < 11; i++) await signIn('alex', 'a guess');
    const { ok, text } = await recover(dashboard.deps, 'ALEX');
    const token = /enter\?token=([\w-]{43})/.exec(text)?.[1] ?? '';
    expect([ok, JSON.stringify(await dashboard.deps.db('invitations')).includes(token)]).toEqual([true, false]);
    expect((await admin.get('/accounts')).text).toContain('recovery link open');

    const owner = dashboard.visitor();
    expect((await owner.get(`/enter?token=${token}`)).text).toContain('made at the terminal of the host');
    expect((await owner.post('/enter', { token, ...chosen })).status).toBe(303);
    expect((await owner.get('/accounts')).text).toContain('Every other session was ended');
    expect((await admin.get('/me')).status).toBe(303);
    expect(await dashboard.deps.db('tries')).toEqual([]);
    expect((await (await signIn('alex', password)).get('/me')).status).toBe(303);
    expect((await (await signIn('alex', chosen.password)).get('/me')).status).toBe(200);
  });

  it('has a link for 15 minutes', async () => {
    const { dashboard, now } = await openHouse();
    const link = /(\/enter\S+)/.exec((await recover(dashboard.deps, 'alex')).text)?.[1] ?? '';
    now.ms += 15 * 60_000 - 1;
    expect((await dashboard.visitor().get(link)).status).toBe(200);
    now.ms += 1;
    expect((await dashboard.visitor().get(link)).status).toBe(404);
  });

  it('makes no account that is not there, and names those that are', async () => {
    const { dashboard } = await openHouse();
    expect(await recover(dashboard.deps, 'nobody\u001b[2J')).toEqual({
      ok: false,
      text: 'There is no account "nobody\\u001b[2J". Administrators: alex.',
    });
    expect(await dashboard.deps.db('accounts')).toHaveLength(1);
  });
});

describe('the command', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-recover-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function run(...args: string[]): Promise<{ code: number; said: string }> {
    const env = { PATH: process.env.PATH };
    const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts'), ...args], { cwd: folder, env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk));
    const [code] = await once(child, 'close');
    return { code, said };
  }

  it('is of no use where the dashboard does not run, and leaves nothing behind there', async () => {
    const { code, said } = await run('recover', 'alex');
    expect([code, said]).toEqual([1, expect.stringMatching(/^GATEHOUSE_SECRET_FILE .* is not there/)]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('prints a link for an account that is there', async () => {
    const db = await openDatabase(`sqlite:${join(folder, '.gatehouse/gatehouse.db')}`);
    const alex = { id: 'a', login: 'alex', name: 'Alex', role: 'administrator', language: null, user: null } as const;
    await insertAccount(db, { ...alex, password_hash: 'x', created_at: 1 });
    openSecretFile(join(folder, '.gatehouse/secret'));
    const { code, said } = await run('recover', 'alex');
    expect([code, said]).toEqual([0, expect.stringMatching(/http:\/\/127\.0\.0\.1:8080\/enter\?token=[\w-]{43}\n/)]);
    await db.destroy();
  });

  it('says what commands there are', async () => {
    expect(await run('recover')).toEqual({ code: 1, said: 'There is no command recover; there is recover LOGIN.\n' });
  });
});
