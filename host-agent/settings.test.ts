import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings, SettingError } from './settings.ts';

const read = (env: NodeJS.ProcessEnv, uid = 1000) => readSettings(env, uid);
const sentence = (env: NodeJS.ProcessEnv, uid = 1000) => {
  try {
    read(env, uid);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingError);
    return (error as Error).message;
  }
  return 'no error';
};

describe('without any setting', () => {
  it('a simulated host lies in the folder of the project, and its own uid may connect', () => {
    const settings = read({});
    expect(settings).toMatchObject({
      mode: 'dummy',
      gid: undefined,
      shares: '/srv/shares',
      apps: '/srv/apps',
      notify: undefined,
    });
    expect(settings.socket).toBe(`${process.cwd()}/.gatehouse/run/agent.sock`);
    expect(settings.audit).toBe(`${process.cwd()}/.gatehouse/audit.jsonl`);
    expect(settings.state).toBe(`${process.cwd()}/.gatehouse/state`);
    expect([...settings.peerUids]).toEqual([1000]);
    expect(settings.ruleFolders).toEqual([expect.stringMatching(/allowlist\/rules$/)]);
  });
});

describe('a setting', () => {
  it('of the other process is no error', () => {
    const web = ['PORT', 'HOST', 'DATABASE', 'SECRET_FILE', 'ORIGIN', 'TRUSTED_PROXIES', 'SETUP_TOKEN'];
    expect(read(Object.fromEntries(web.map(name => [`GATEHOUSE_${name}`, '?'])))).toMatchObject({ mode: 'dummy' });
  });

  it.each(['GATEHOUSE_NOSUCH', 'GATEHOUSE_', 'GATEHOUSE_MODE_', 'GATEHOUSE_mode', 'GATEHOUSE_SOCKETS'])(
    'that is none, %s, is named',
    name => {
      expect(sentence({ [name]: '1' })).toMatch(new RegExp(`^${name} is not a setting.*such as GATEHOUSE_`));
    },
  );

  it('of something else is not looked at', () => {
    expect(read({ gatehouse_mode: 'x', GATEHOUSEMODE: 'x', PATH: '' })).toMatchObject({ mode: 'dummy' });
  });

  it.each([
    ['GATEHOUSE_MODE', ''],
    ['GATEHOUSE_MODE', 'fake'],
    ['GATEHOUSE_MODE', 'Real'],
    ['GATEHOUSE_MODE', 'dummy '],
    ['GATEHOUSE_PEER_UIDS', ''],
    ['GATEHOUSE_PEER_UIDS', 'x'],
    ['GATEHOUSE_PEER_UIDS', '1,'],
    ['GATEHOUSE_PEER_UIDS', '1, 2'],
    ['GATEHOUSE_PEER_UIDS', '-1'],
    ['GATEHOUSE_PEER_UIDS', '00'],
    ['GATEHOUSE_PEER_UIDS', '1e3'],
    ['GATEHOUSE_PEER_UIDS', '0x0'],
    ['GATEHOUSE_PEER_UIDS', '4294967295'],
    ['GATEHOUSE_PEER_UIDS', '990,9999999999'],
    ['GATEHOUSE_SOCKET', ''],
    ['GATEHOUSE_AUDIT', ''],
    ['GATEHOUSE_STATE', ''],
    ['GATEHOUSE_SHARES', ''],
    ['GATEHOUSE_APPS', ''],
    ['GATEHOUSE_RULES', ''],
    ['GATEHOUSE_RULES', '/a::/b'],
    ['GATEHOUSE_NOTIFY', ''],
    ['GATEHOUSE_NOTIFY', 'mail'],
  ])('with a wrong value, %s=%j, is named with what is wrong and an example', (name, value) => {
    const said = sentence({ [name]: value });
    expect(said.startsWith(`${name}=${JSON.stringify(value)} `)).toBe(true);
    expect(said).toMatch(new RegExp(`an example is ${name}=\\S+\\.$`));
  });

  it.each([
    ['GATEHOUSE_PEER_UIDS', '0', { peerUids: new Set([0]) }],
    ['GATEHOUSE_PEER_UIDS', '990,991', { peerUids: new Set([990, 991]) }],
    ['GATEHOUSE_PEER_UIDS', '4294967294', { peerUids: new Set([4294967294]) }],
    ['GATEHOUSE_NOTIFY', process.execPath, { notify: process.execPath }],
    ['GATEHOUSE_RULES', '/usr:/etc/../var', { ruleFolders: ['/usr', '/var'] }],
    ['GATEHOUSE_STATE', '/var/x/', { state: '/var/x' }],
  ])('with a right value, %s=%s, is taken', (name, value, taken) => {
    expect(read({ [name]: value })).toMatchObject(taken);
  });
});

describe('a path', () => {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-settings-'));
  const at = (name: string) => (name.startsWith('/') ? name : join(dir, name));
  const server = createServer();

  beforeAll(async () => {
    mkdirSync(at('folder'));
    writeFileSync(at('file'), '');
    execFileSync('mkfifo', [at('fifo')]);
    symlinkSync('nowhere', at('dangling'));
    symlinkSync('loop', at('loop'));
    symlinkSync('folder', at('to-folder'));
    symlinkSync('file', at('to-file'));
    await new Promise<void>(done => server.listen(at('socket'), done));
  });
  afterAll(() => {
    server.close();
    rmSync(dir, { recursive: true });
  });

  const long = 'x'.repeat(300);
  it.each([
    ['SOCKET', ['socket', 'new', 'folder/new', 'new/folder/new'], ['file', 'folder', 'file/x', 'dangling', '/x']],
    ['AUDIT', ['file', 'to-file', 'new', 'new/x'], ['folder', 'fifo', 'socket', 'file/x/y', '/dev/null', '/', long]],
    ['STATE', ['folder', 'to-folder', 'new', 'new/x'], ['file', 'file/x', 'fifo', 'dangling', 'loop', '/']],
    ['SHARES', ['folder', 'new'], ['file', 'file/x', '/', '/folder/..']],
    ['APPS', ['folder', 'new'], ['file', 'file/x', '/', long]],
    ['RULES', ['folder', 'to-folder'], ['new', 'file', 'file/x', 'dangling', 'loop']],
    ['NOTIFY', [process.execPath], ['new', 'file', 'folder', 'file/x', 'fifo', 'loop', '/dev/null']],
  ])(
    'of GATEHOUSE_%s leads to what it should be, or to what can be made; otherwise it is named',
    (short, right, others) => {
      const name = `GATEHOUSE_${short}`;
      for (const place of right) expect(sentence({ [name]: at(place) }), place).toBe('no error');
      for (const place of others) {
        const said = sentence({ [name]: at(place) });
        expect(said.startsWith(`${name}="${at(place)}" `), said).toBe(true);
        expect(said).toMatch(new RegExp(`an example is ${name}=\\S+\\.$`));
      }
    },
  );

  it('of rules that is set must be there, in whatever place; only the one that nobody set may be missing', () => {
    const value = `${at('folder')}:${at('new')}`;
    expect(sentence({ GATEHOUSE_RULES: value })).toContain(
      `must be folders with ":" between, and ${at('new')} is not a folder that is there; an example is`,
    );
    const real = { GATEHOUSE_MODE: 'real', GATEHOUSE_PEER_UIDS: '990' };
    expect(read(real, 0).ruleFolders.at(-1)).toBe('/etc/gatehouse/rules.d');
  });

  it('says which folder above is none', () => {
    expect(sentence({ GATEHOUSE_STATE: at('file/x/y') })).toContain(`must lie in folders, and ${at('file')} is none`);
  });
});

describe('real mode', () => {
  const real = { GATEHOUSE_MODE: 'real', GATEHOUSE_PEER_UIDS: '990' };

  it('needs uid 0', () => {
    expect(sentence(real)).toMatch(/^GATEHOUSE_MODE=real needs uid 0.*uid 1000.*GATEHOUSE_MODE=dummy/);
    expect(read(real, 0)).toMatchObject({
      ...{ mode: 'real', socket: '/run/gatehouse/agent.sock', audit: '/var/log/gatehouse/audit.jsonl' },
      ...{ state: '/var/lib/gatehouse', ruleFolders: [expect.any(String), '/etc/gatehouse/rules.d'] },
    });
  });

  it('does not trust uid 0 unless it is listed', () => {
    expect(read(real, 0).peerUids.has(0)).toBe(false);
  });

  it.each(['SOCKET', 'AUDIT', 'STATE', 'SHARES', 'APPS', 'RULES'])('takes no relative path for %s', name => {
    expect(sentence({ ...real, [`GATEHOUSE_${name}`]: 'here' }, 0)).toMatch(
      new RegExp(`^GATEHOUSE_${name}="here" must be`),
    );
    expect(read({ ...real, [`GATEHOUSE_${name}`]: name === 'RULES' ? '/usr' : '/here/x' }, 0)).toBeDefined();
  });
});
