// The whole dashboard against whoever bends requests, and against a host or an agent that lies.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { told } from './agent/fake-agent.fixture.ts';
import { openTestHost, type TestHost } from './users/fake-host.fixture.ts';
import { user } from './users/user.fixture.ts';

let host: TestHost;
beforeEach(async () => {
  host = await openTestHost();
});
afterEach(() => host.close());

const forms = [
  '/users',
  '/users/jo/name',
  '/users/jo/password',
  '/users/jo/keys',
  '/users/jo/keys/remove',
  '/users/jo/delete',
] as const;

/** Sends a body as it stands, behind the token. */
const raw = (path: string, body: string) => host.person.raw(path, `_csrf=${host.person.token}&${body}`);

describe('a bent form', () => {
  it.each(forms)('is a form with errors, never a failure, when its fields come twice or as objects: %s', async path => {
    const names = ['login', 'fullName', 'password', 'repeat', 'key', 'keyName', 'fingerprint', 'confirm'];
    for (const bend of [
      (name: string) => `${name}=a&${name}=b`,
      (name: string) => `${name}[x]=a`,
      (name: string) => `${name}[]=a&${name}[]=b`,
    ]) {
      expect((await raw(path, names.map(bend).join('&'))).status).toBe(422);
    }
    const strange = await raw(path, '__proto__[admin]=1&__proto__=1&constructor=1&toString=1');
    expect([strange.status, strange.text]).toEqual([422, expect.stringContaining('Open the page again')]);
    expect((await raw(path, 'a='.repeat(300).replaceAll('a=', 'a=&'))).status).toBe(413);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
    expect(host.acts()).toEqual([]);
  });

  it('is a refusal where it would run or undo a change', async () => {
    const posted = await host.person.post('/users/jo/password', { password: 'long enough', repeat: 'long enough' });
    const at = String(posted.headers.location);
    await host.follow(posted);
    const { seen } = host.person;
    expect((await raw(`${at}/run`, `seen=${seen}&code=000000&code=111111`)).status).toBe(422);
    expect((await raw(`${at}/run`, `seen=${seen}&code[a]=000000`)).status).toBe(422);
    expect((await raw(`${at}/run`, `seen=${seen}&seen=${seen}&code=000000`)).status).toBe(422);
    expect(host.acts()).toEqual([]);
    expect((await raw(`${at}/run`, `seen=${seen}&code=000000`)).status).toBe(303);
  });

  it('signs nobody in', async () => {
    const stranger = host.dashboard.visitor();
    await stranger.get('/sign-in');
    const send = (body: string) => stranger.raw('/sign-in', `_csrf=${stranger.token}&${body}`);
    expect((await send('login=alex&login=alex&password=a+few+plain+words')).status).toBe(422);
    expect((await send('login=alex&password=a+few+plain+words&password=x')).status).toBe(422);
    expect((await send('login[$ne]=x&password[$ne]=x')).status).toBe(422);
    expect((await send('login=alex&password=a+few+plain+words&next=/users&next=//evil.example')).status).toBe(422);
    expect((await send('login=alex&password=a+few+plain+words&next=/users')).headers.location).toBe('/users');
  });
});

it('answers every query, however it is bent, with a page', async () => {
  for (const path of ['/users', '/users/new', '/audit', '/changes', '/users/jo']) {
    for (const query of [
      'q=a&q=b',
      'q[]=a',
      'page=1&page=2',
      'sort[__proto__]=x',
      'page=-1',
      'page=1e9',
      'log=1e400',
    ]) {
      expect((await host.person.get(`${path}?${query}`)).status, `${path}?${query}`).toBe(200);
    }
  }
  for (const name of ['constructor', '__proto__', 'toString']) {
    for (const path of ['/audit?change=', '/audit?rule=', '/users?state=', '/users?sort=', '/audit?outcome=']) {
      const page = await host.person.get(`${path}${name}`);
      expect([page.status, page.text.includes('native code')], path + name).toEqual([200, false]);
    }
    expect((await host.person.get(`/changes/${name}`)).status).toBe(404);
    expect((await host.person.get(`/users/${name}`)).status).toBe(303);
  }
});

it('takes GET, HEAD and POST, each where it belongs, and no other method anywhere', async () => {
  const posted = await host.person.post('/users/jo/name', { fullName: 'Jo New' });
  for (const path of [
    '/',
    '/users',
    '/users/new',
    '/users/jo',
    '/audit',
    '/changes',
    String(posted.headers.location),
  ]) {
    const head = await host.person.send('HEAD', path);
    expect([head.status, head.text], path).toEqual([200, undefined]);
    for (const method of ['OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE'])
      expect((await host.person.send(method, path)).status, `${method} ${path}`).toBe(405);
  }
  expect((await host.person.send('HEAD', `${posted.headers.location}/run`)).status).toBe(303);
  expect(host.acts()).toEqual([]);
});

it('leads from the address of an act, where a form had a fault, to the page that it stands on', async () => {
  const faulty = await host.person.post('/users/jo/name', { fullName: '' });
  expect(faulty.status).toBe(422);
  expect(faulty.text).toContain('name="back" value="/users/jo/name"');
  for (const [act, page] of [
    ['/users/jo/name', '/users/jo'],
    ['/users/jo/own-keys/revoke', '/users/jo'],
    ['/me/password', '/me'],
    ['/accounts/7/invite', '/accounts/7'],
    ['/prove/passkey', '/prove'],
  ] as const)
    expect((await host.person.get(act)).headers.location, act).toBe(page);
  expect((await host.person.get('/users/jo/nosuch')).status).toBe(404);
  expect(host.acts()).toEqual([]);
});

describe('what the host tells', () => {
  const evil = [
    '<img src=x onerror=alert(1)>',
    '"><script>alert(1)</script>',
    '\u202egpj.exe',
    '\u0000\u0007',
    '#{7*7}',
  ];

  it('stays text on every page', async () => {
    host.people.users = evil.map((name, n) =>
      user(`u${n}`, { fullName: name.repeat(400), home: name, shell: name, groups: [name] }),
    );
    host.people.accounts = evil.map((name, n) => ({
      ...{ login: name, uid: n, fullName: name, why: name, mayTakeOver: true },
    }));
    host.people.groups = evil.map((name, n) => ({ name, gid: n, members: [name] }));
    host.people.trash = evil.map((name, n) => ({ login: name, uid: n, fullName: name, at: name }));
    host.keys = evil.map(name => `# ${name}\nssh-ed25519 ${name}\n`).join('');
    for (const path of ['/users', '/users/u0', '/users/u1', '/users/u2', '/groups', '/']) {
      const page = await host.person.get(path);
      expect(page.status, path).toBe(200);
      expect(page.text, path).not.toMatch(/<img|<script>|onerror=alert\(1\)>|>49</);
    }
  });

  it('leads nowhere else, whatever a login is', async () => {
    host.people.users = [user('../sign-out'), user('//evil.example/'), user('a?b#c')];
    host.people.trash = [{ login: '../../x', uid: 1, fullName: '', at: '' }];
    const { text } = await host.person.get('/users');
    const links = [...text.matchAll(/(?:href|action)="([^"]*)"/g)].map(([, link]) => link!);
    expect(links).toContain('/users/..%2Fsign-out');
    expect(links.filter(link => !/^(#main|\/[\w?=&;./%#-]*)$/.test(link) || link.includes('../'))).toEqual([]);
  });
});

describe('an agent that lies', () => {
  const answers: Record<string, unknown> = {
    nothing: {},
    null: null,
    'lists that are none': { users: {}, rules: 7, entries: 'x' },
    'users that are none': { users: [null, 7, { login: 7 }], accounts: [], trash: [], nextUid: 'x' },
    'figures that are none': { hostname: 7, uptimeMs: 'x', cores: null, load: [], memory: 1, disks: [{}] },
    'deep nesting': JSON.parse(`${'['.repeat(900)}${']'.repeat(900)}`),
  };

  it.each(Object.keys(answers))('is not believed when it tells %s, and pages open', async name => {
    host.fake.answer = () => told(answers[name] as object);
    for (const path of ['/', '/users', '/audit', '/changes', '/users/new']) {
      expect((await host.person.get(path)).status, path).toBe(200);
    }
    expect((await host.person.get('/users/jo')).status).toBe(503);
  });

  it('is dropped when it never ends a line or answers with what is none, and pages open', async () => {
    for (const junk of [
      'x'.repeat(1_000_000),
      '{"id":"1"}\n',
      '[]\n',
      '{"id":"1","event":"done","code":1e300}\n',
      '\u0000\n',
    ]) {
      host.fake.answer = (_request, _reply, socket) => {
        socket.write(junk);
        if (junk.length > 1_000) for (let n = 0; n < 16; n++) socket.write(junk);
        return undefined;
      };
      expect((await host.person.get('/')).status, junk.slice(0, 20)).toBe(200);
    }
  });

  it('cannot answer for a request that is another’s, or was never asked', async () => {
    const answer = host.fake.answer;
    host.fake.answer = (request, reply, socket) => {
      socket.write(
        `${JSON.stringify({ ...told({ users: [], accounts: [], trash: [], nextUid: 1 }), id: '999999' })}\n`,
      );
      socket.write(`${JSON.stringify({ ...told({}), id: null })}\n`);
      return answer(request, reply, socket);
    };
    expect((await host.person.get('/users')).text).toContain('/users/jo');
  });

  it('writes an audit log whose entries are of any shape, and each opens', async () => {
    const odd = { toString: 1, valueOf: 1 };
    const entry = {
      n: 1,
      at: '\u202eyesterday',
      kind: 'constructor',
      prev: '0'.repeat(64),
      peer: { pid: odd, uid: odd },
      claimed: { account: '<b>', ip: odd, change: 'constructor' },
      rule: '__proto__',
      argv: [odd, null, ['x'], 'y'.repeat(50_000), '\u0000'],
      problem: 'toString',
      requests: [{ rule: 'x', argv: ['\u202e'] }],
      message: odd,
      stdoutBytes: odd,
      code: 1e300,
      ms: 1e300,
    };
    host.fake.answer = ({ cmd, args }) =>
      cmd === '@audit' ? told({ entries: args[1] === '0' ? [entry] : [] }) : told(cmd === '@users' ? host.people : {});
    for (const path of ['/audit', '/audit/1']) {
      await expect.poll(async () => (await host.person.get(path)).status).toBe(200);
      const { text } = await host.person.get(path);
      expect(text).toContain('yyyy');
      expect(text).not.toMatch(/native code|\u202e|\u0000|<b>/);
    }
  });
});
