import { describe, expect, it } from 'vitest';
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
    ['GATEHOUSE_NOTIFY', '/usr/local/sbin/tell', { notify: '/usr/local/sbin/tell' }],
    ['GATEHOUSE_RULES', '/a:/b/../c', { ruleFolders: ['/a', '/c'] }],
    ['GATEHOUSE_STATE', '/var/x/', { state: '/var/x' }],
  ])('with a right value, %s=%s, is taken', (name, value, taken) => {
    expect(read({ [name]: value })).toMatchObject(taken);
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
    expect(read({ ...real, [`GATEHOUSE_${name}`]: '/here' }, 0)).toBeDefined();
  });
});
