import { describe, expect, it } from 'vitest';
import { readSettings, WrongSetting } from './settings.ts';

describe('the settings of the dashboard', () => {
  it('has the defaults of the contract', () => {
    const { database, setupToken, ...plain } = readSettings({});
    expect(plain).toEqual({
      socket: '.gatehouse/run/agent.sock',
      host: '127.0.0.1',
      port: 8080,
      secretFile: '.gatehouse/secret',
      origin: 'http://127.0.0.1:8080',
      trustedProxies: [],
    });
    expect(database.reveal()).toBe('sqlite:.gatehouse/gatehouse.db');
    expect(setupToken).toBeUndefined();
  });

  it('finds the agent of real mode in /run', () => {
    expect(readSettings({ GATEHOUSE_MODE: 'real' }).socket).toBe('/run/gatehouse/agent.sock');
  });

  it('takes the origin from where it listens, unless told', () => {
    expect(readSettings({ GATEHOUSE_PORT: '9000' }).origin).toBe('http://127.0.0.1:9000');
    expect(readSettings({ GATEHOUSE_HOST: '0.0.0.0' }).origin).toBe('http://127.0.0.1:8080');
    expect(readSettings({ GATEHOUSE_HOST: '::1' }).origin).toBe('http://[::1]:8080');
    expect(readSettings({ GATEHOUSE_ORIGIN: 'https://nas.example/' }).origin).toBe('https://nas.example');
  });

  it('leaves the variables of the agent and of other programs alone', () => {
    expect(() => readSettings({ GATEHOUSE_AUDIT: '/x', GATEHOUSE_PEER_UIDS: 'x', PATH: '/bin' })).not.toThrow();
  });

  it.each([
    ['GATEHOUSE_NOSUCH', '1', 'is not a setting of Gatehouse'],
    ['GATEHOUSE_', '1', 'is not a setting of Gatehouse'],
    ['GATEHOUSE_PORT', '0', '"0" is not a port number from 1 to 65535'],
    ['GATEHOUSE_PORT', '65536', '"65536" is not a port number'],
    ['GATEHOUSE_PORT', '80 ', '"80 " is not a port number'],
    ['GATEHOUSE_PORT', '', '"" is not a port number'],
    ['GATEHOUSE_HOST', 'a b', '"a b" is not an address or a host name'],
    ['GATEHOUSE_HOST', '256.1.1.1', '"256.1.1.1" is not an address or a host name'],
    ['GATEHOUSE_DATABASE', 'postgres://x', 'is neither sqlite:PATH nor mysql:'],
    ['GATEHOUSE_DATABASE', 'sqlite:', 'is neither sqlite:PATH nor mysql:'],
    ['GATEHOUSE_DATABASE', 'mysql://user@host', 'is neither sqlite:PATH nor mysql:'],
    ['GATEHOUSE_ORIGIN', 'nas.example', '"nas.example" is not an http or https address'],
    ['GATEHOUSE_ORIGIN', 'https://nas.example/dash', 'is not an http or https address without a path'],
    ['GATEHOUSE_ORIGIN', 'https://u:p@nas.example', 'is not an http or https address'],
    ['GATEHOUSE_TRUSTED_PROXIES', '10.0.0.0/8', '"10.0.0.0/8" is not a comma-separated list of exact addresses'],
    ['GATEHOUSE_TRUSTED_PROXIES', '127.0.0.1,', 'exact addresses'],
    ['GATEHOUSE_SETUP_TOKEN', 'seven77', 'is not 8 to 256 visible ASCII characters'],
    ['GATEHOUSE_SETUP_TOKEN', 'with a blank', 'is not 8 to 256 visible ASCII characters'],
    ['GATEHOUSE_SETUP_TOKEN', 'mit-Umläuten', 'is not 8 to 256 visible ASCII characters'],
    ['GATEHOUSE_SETUP_TOKEN', 'x'.repeat(257), 'is not 8 to 256 visible ASCII characters'],
    ['GATEHOUSE_SOCKET', `/${'x'.repeat(107)}`, 'is not a path of 1 to 107 bytes'],
    ['GATEHOUSE_SECRET_FILE', '', '"" is empty'],
  ])('stops at %s=%s and says why, with an example', (name, value, fault) => {
    const read = () => readSettings({ [name]: value });
    expect(read).toThrow(WrongSetting);
    expect(read).toThrow(new RegExp(`^${name} .*; for example: GATEHOUSE_[A-Z_]+=.+$`));
    expect(read).toThrow(fault);
  });

  it.each([
    ['GATEHOUSE_PORT', '65535'],
    ['GATEHOUSE_HOST', 'localhost'],
    ['GATEHOUSE_HOST', 'fe80::1'],
    ['GATEHOUSE_HOST', '1.nas-2.example'],
    ['GATEHOUSE_DATABASE', 'mysql://user:p%40ss@db:3307/gatehouse'],
    ['GATEHOUSE_ORIGIN', 'http://192.168.1.5:8080'],
    ['GATEHOUSE_TRUSTED_PROXIES', '127.0.0.1, ::1'],
    ['GATEHOUSE_SETUP_TOKEN', '01234567'],
    ['GATEHOUSE_SETUP_TOKEN', `!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`],
    ['GATEHOUSE_SETUP_TOKEN', 'x'.repeat(256)],
  ])('takes %s=%s', (name, value) => {
    expect(() => readSettings({ [name]: value })).not.toThrow();
  });

  it('never says what was wrong with a secret by showing it', () => {
    const told = (name: string, value: string) => {
      try {
        readSettings({ [name]: value });
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(told('GATEHOUSE_DATABASE', 'mysql://user:hunter2@host')).not.toContain('hunter2');
    expect(told('GATEHOUSE_SETUP_TOKEN', 'hunter2')).not.toContain('hunter2');
    expect(JSON.stringify(readSettings({ GATEHOUSE_DATABASE: 'mysql://user:hunter2@host/db' }))).not.toContain(
      'hunter2',
    );
  });
});
