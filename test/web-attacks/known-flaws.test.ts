// Flaws that were published of other dashboards of servers (Cockpit, Webmin, CasaOS, 1Panel, OpenMediaVault, Uptime Kuma), tried here. Those that stand in another file are named in docs/known-attacks.md.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type House, type Opened, openHouse, origin, type Person, password } from './house.ts';

let house: House;
/** Where the dashboard's clock stands still, so that two pages say the same of when something was. */
let stopped: number | undefined;
beforeAll(async () => {
  house = await openHouse({ now: () => stopped ?? Date.now() });
  await house.agent?.add('jo', 'Jo Example');
  await house.make('mo', 'member', 'jo');
  await house.make('rita', 'reviewer');
  await house.make('rob', 'reviewer');
});
afterAll(() => house.close());

const acts = () => house.agent?.entries().filter(({ kind }) => kind !== 'started' && kind !== 'note').length;
const isIn = async ({ cookie }: Pick<Person, 'cookie'>) =>
  (await house.open('/me', { Cookie: cookie })).answer.statusCode === 200;
const shell = ['test|id', '$(touch /tmp/x)', '`id`', ';reboot', '\nroot:x', "' || true #"];

describe('Webmin', () => {
  it('CVE-2019-15107: no field of a change of password is ever a command', async () => {
    const { visitor } = await house.signIn('rita');
    const before = acts();
    for (const old of shell) {
      const { status } = await visitor.post('/me/password', {
        old,
        password: 'test2 test2 test2',
        repeat: 'test2 test2 test2',
      });
      expect(status, old).toBe(422);
    }
    expect(acts()).toBe(before);
    const right = {
      old: password,
      password: `${shell.join('')} is a password`,
      repeat: `${shell.join('')} is a password`,
    };
    expect((await visitor.post('/me/password', right)).status).toBe(303);
    expect(acts()).toBe(before);
  });

  it('CVE-2003-0101: line feeds in an Authorization header begin no session', async () => {
    const evil = Buffer.from('x:y\r\nsid=1\nnew 2222222222 alex\r\n').toString('base64');
    for (const Authorization of [
      `Basic ${evil}`,
      `Basic ${Buffer.from(`alex:${password}`).toString('base64')}`,
      'Bearer alex',
    ]) {
      expect((await house.open('/me', { Authorization })).answer.statusCode).toBe(303);
    }
    expect(await isIn(house.admin)).toBe(true);
  });

  it('CVE-2005-3912: signs of format in a login stay a login', async () => {
    const visitor = house.dashboard.visitor();
    await visitor.get('/sign-in');
    for (const login of ['%n%n%n%s%s%s', '%2147483647d', '%j%o%O%c']) {
      const { status, text } = await visitor.post('/sign-in', { login, password });
      expect([status, text.includes(`value="${login}"`)]).toEqual([422, true]);
    }
  });

  it('CVE-2022-0824: who may look reaches no act, and a member no user but their own', async () => {
    const [rob, mo] = [(await house.signIn('rob')).visitor, (await house.signIn('mo')).visitor];
    const before = acts();
    expect((await rob.post('/users/jo/name', { fullName: 'X' })).status).toBe(403);
    for (const path of [
      '/users/jo/name',
      '/users/jo/password',
      '/users',
      '/accounts',
      '/groups',
      '/my-user/password?login=root',
    ]) {
      const { status } = await mo.post(path, {
        fullName: 'X',
        login: 'root',
        user: 'root',
        password: 'x',
        repeat: 'x',
      });
      expect(path.startsWith('/my-user') ? 422 : 403, path).toBe(status);
    }
    expect(acts()).toBe(before);
    expect((await mo.post('/my-user/password', { password: 'a long new one', repeat: 'a long new one' })).status).toBe(
      303,
    );
  });
});

describe('Cockpit', () => {
  it('CVE-2026-4631, CVE-2020-35850: who signs in names no other host to go to', async () => {
    let reached = 0;
    const elsewhere = createServer(socket => void socket.destroy(void reached++)).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const { port } = elsewhere.address() as { port: number };
    const host = `127.0.0.1:${port}`;
    const visitor = house.dashboard.visitor();
    await visitor.get('/sign-in');
    for (const field of ['host', 'server', 'machine', 'hostname']) {
      expect((await visitor.post('/sign-in', { login: 'alex', password, [field]: host })).status, field).toBe(422);
    }
    for (const login of [`-oProxyCommand=nc 127.0.0.1 ${port}`, `alex@${host}`]) {
      expect((await visitor.post('/sign-in', { login, password })).status, login).toBe(422);
    }
    for (const path of [`/=${host}/`, `/cockpit+=${host}/login`, `//${host}/`, `/sign-in?host=${host}`]) {
      expect((await house.open(path, { 'X-Host': host })).answer.statusCode, path).toBeLessThan(404);
    }
    expect(reached).toBe(0);
    elsewhere.close();
    expect((await visitor.post('/sign-in', { login: 'alex', password })).status).toBe(303);
  });

  it('CVE-2021-3660: no page stands in a frame of another, whatever its status', async () => {
    for (const [path, Cookie] of [
      ['/sign-in', ''],
      ['/me', house.admin.cookie],
      ['/users', ''],
      ['/nosuch', house.admin.cookie],
      ['/health', ''],
      ['/static/x', ''],
    ] as const) {
      const { headers } = (await house.open(path, { Cookie, Origin: 'http://evil.example' })).answer;
      expect(headers['x-frame-options'], path).toBe('DENY');
      expect(headers['content-security-policy'], path).toContain("frame-ancestors 'none'");
    }
  });
});

describe('CasaOS', () => {
  it('CVE-2023-37266: a session that somebody signed for themselves is none, even with the id of another', async () => {
    const cookie = (value: string) => ({ cookie: `gatehouse-session=${encodeURIComponent(value)}` });
    const [, signed = ''] = /gatehouse-session=([^;]+)/.exec(house.admin.cookie) ?? [];
    const id = decodeURIComponent(signed).slice(2).split('.')[0] ?? '';
    for (const key of ['casaos', 'secret', 'gatehouse', 'sessions', 'keyboard cat']) {
      const mac = createHmac('sha256', key).update(id).digest('base64').replace(/=+$/, '');
      expect(await isIn(cookie(`s:${id}.${mac}`)), key).toBe(false);
    }
    const part = (text: string) => Buffer.from(text).toString('base64url');
    const token = `${part('{"alg":"none"}')}.${part('{"id":1,"username":"alex"}')}.`;
    for (const value of [id, `s:${id}`, `s:${id}.`, token, '{"accountId":"id-rita"}'])
      expect(await isIn(cookie(value))).toBe(false);
    expect((await house.open('/me', { Authorization: token })).answer.statusCode).toBe(303);
    expect(await isIn(cookie(decodeURIComponent(signed)))).toBe(true);
  });
});

describe('1Panel', () => {
  it('CVE-2024-39911: what a browser says of itself is kept as a text, and shown as none', async () => {
    const agent = `Mozilla/5.0 Firefox/1' OR 1=1; DROP TABLE sessions; -- "><script>alert(1)</script>`;
    const person = await house.signIn('alex', { 'User-Agent': agent });
    const { text } = await person.visitor.get('/me');
    expect(text).toContain('Firefox');
    expect(text).not.toContain('DROP TABLE');
    expect(await house.dashboard.deps.db('sessions').where({ agent }).count({ n: '*' }).first()).toEqual({ n: 1 });
    expect(await isIn(house.admin)).toBe(true);
  });

  it('CVE-2024-39907: no filter of a list finds more than it says', async () => {
    const { visitor } = house.admin;
    const all = ["' OR '1'='1", "%' OR 1=1 --", '%', '_', '\\', "') UNION SELECT password_hash FROM accounts --"];
    for (const text of all.map(encodeURIComponent)) {
      for (const path of [
        `/audit?rule=${text}`,
        `/audit?q=${text}&account=${text}`,
        `/changes?account=${text}`,
        `/changes?subject=${text}`,
        `/accounts?q=${text}`,
      ]) {
        const page = await visitor.get(path);
        expect(page.status, path).toBe(200);
        expect(page.text, path).not.toMatch(/\$argon2|id="entry-|href="\/changes\/c_|href="\/accounts\/id-/);
      }
    }
    expect((await visitor.get('/accounts?q=rita')).text).toContain('href="/accounts/id-rita"');
  });

  it('CVE-2023-39965: what can be saved is the audit log, and no other file by any name', async () => {
    const { visitor } = house.admin;
    for (const name of [
      '..%2f..%2fetc%2fpasswd',
      '%2e%2e/%2e%2e/etc/passwd',
      'audit.csv%00/etc/passwd',
      'secret',
      'audit.csv/../../settings.ts',
    ]) {
      for (const base of ['/audit/', '/static/', '/']) {
        const answer = await visitor.send('GET', `${base}${name}`);
        expect([303, 400, 404], base + name).toContain(answer.status);
        expect(answer.text, base + name).not.toContain('root:');
      }
    }
    expect((await visitor.send('GET', '/audit/audit.csv')).status).toBe(200);
  });
});

describe('OpenMediaVault', () => {
  it('CVE-2020-26124: a list is sorted by what it has, and by no text that is sent', async () => {
    const { visitor } = house.admin;
    const code = encodeURIComponent("login'.`id`.exec(1);//");
    stopped = Date.now();
    onTestFinished(() => {
      stopped = undefined;
    });
    for (const path of ['/users', '/accounts', '/rules', '/audit', '/changes']) {
      const plain = await visitor.get(path);
      const sent = await visitor.get(`${path}?sort=${code}&dir=${code}&sortfield=${code}`);
      const rows = ({ text }: { text: string }) =>
        /<tbody.*<\/tbody>/s.exec(text)?.[0].replaceAll(/href="[^"]*"|\d+:\d+/g, '');
      expect([sent.status, rows(sent)], path).toEqual([200, rows(plain)]);
    }
    expect((await visitor.get('/users?sort=uid')).status).toBe(200);
  });

  it('CVE-2017-1000065: a name of a user or account runs nothing, in whatever page it stands', async () => {
    const { visitor } = house.admin;
    const name = `<svg/onload=alert(1)>"'`;
    const planned = await visitor.post('/users/jo/name', { fullName: name });
    const page = await visitor.get(String(planned.headers.location));
    expect(page.text).not.toContain('<svg/onload');
    expect(page.text).toContain('&lt;svg/onload=alert(1)&gt;');
    await visitor.post('/accounts/id-rita', { name, role: 'reviewer', user: '' });
    for (const path of ['/accounts', '/accounts/id-rita'])
      expect((await visitor.get(path)).text).not.toContain('<svg/onload');
  });
});

describe('Uptime Kuma', () => {
  it('CVE-2023-49805: nothing is spoken but HTTP, and a stream of another site’s asking is not read by it', async () => {
    const headers = {
      ...{ Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' },
      ...{ 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', Origin: 'http://evil.example', Cookie: house.admin.cookie },
    };
    const answers: Opened[] = [];
    for (const path of ['/', '/socket.io/?EIO=4&transport=websocket', '/me'])
      answers.push(await house.open(path, headers));
    expect(answers.map(({ answer }) => answer.statusCode)).toEqual([200, 404, 200]);
    for (const { answer } of answers) expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect((await house.open('/me', { Cookie: house.admin.cookie, Origin: origin })).answer.statusCode).toBe(200);
  });

  it('CVE-2023-44400, CVE-2023-49804: with a new password every other session ends, and what was kept of one opens nothing', async () => {
    await house.make('uma', 'reviewer');
    const [mine, stolen] = [await house.signIn('uma'), await house.signIn('uma')];
    const next = 'some other words';
    expect(await isIn(stolen)).toBe(true);
    const { status } = await mine.visitor.post('/me/password', { old: password, password: next, repeat: next });
    expect([status, (await mine.visitor.get('/me')).status]).toEqual([303, 200]);
    expect([await isIn(stolen), await isIn(mine)]).toEqual([false, false]);
    await expect(house.signIn('uma')).rejects.toThrow('422');
  });
});
