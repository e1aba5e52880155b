import { expect, it } from 'vitest';
import { readSettings } from './settings.ts';

it('is in dummy mode with its own uid as peer, where nothing is said', () => {
  const settings = readSettings({}, 4711);
  expect(settings).toMatchObject({ mode: 'dummy', peerUids: new Set([4711]), notify: undefined });
  expect(settings.socket).toMatch(/\/\.gatehouse\/run\/agent\.sock$/);
});

it('takes what is said', () => {
  const settings = readSettings(
    { GATEHOUSE_MODE: 'real', GATEHOUSE_PEER_UIDS: '990,0', GATEHOUSE_SOCKET: '/run/x/s' },
    0,
  );
  expect(settings).toMatchObject({
    mode: 'real',
    peerUids: new Set([990, 0]),
    socket: '/run/x/s',
    state: '/var/lib/gatehouse',
  });
  expect(settings.ruleFolders.at(-1)).toBe('/etc/gatehouse/rules.d');
});

it.each([
  ['GATEHOUSE_MODE', 'fake', 'must be dummy or real'],
  ['GATEHOUSE_NOSUCH', '1', 'is not a setting of Gatehouse'],
  ['GATEHOUSE_PEER_UIDS', 'x', 'must be uids'],
  ['GATEHOUSE_PEER_UIDS', '', 'must be uids'],
  ['GATEHOUSE_PEER_UIDS', '1, 2', 'must be uids'],
  ['GATEHOUSE_PEER_UIDS', '-1', 'must be uids'],
  ['GATEHOUSE_SOCKET', '', 'must be an absolute path'],
  ['GATEHOUSE_RULES', '/a::/b', 'must be folders'],
  ['GATEHOUSE_NOTIFY', 'mail me', 'must be the absolute path of a program'],
])('%s=%s stops the start with one sentence that names it and gives an example', (name, value, words) => {
  expect(() => readSettings({ [name]: value }, 0)).toThrow(words);
  expect(() => readSettings({ [name]: value }, 0)).toThrow(new RegExp(`^${name}.*GATEHOUSE_\\w+=`));
});

it('needs uid 0 for the real machine', () => {
  expect(() => readSettings({ GATEHOUSE_MODE: 'real', GATEHOUSE_PEER_UIDS: '990' }, 1000)).toThrow('needs uid 0');
});

it('leaves the settings of the web alone', () => {
  expect(() =>
    readSettings({ GATEHOUSE_PORT: 'x', GATEHOUSE_DATABASE: 'y', GATEHOUSE_SETUP_TOKEN: 'z' }, 0),
  ).not.toThrow();
});
