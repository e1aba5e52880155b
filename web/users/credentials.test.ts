import { expect, it } from 'vitest';
import type { HostCommand } from '../changes/change.ts';
import { addKey, removeKey, setPassword } from './credentials.ts';
import { keysFile, readKey } from './keys.ts';
import { user } from './user.fixture.ts';

const jo = user('jo');
const password = { text: `p"a's $w\\o rd é`, hash: '$6$rounds=100000$salt$hash' };
const base64 = 'AAAAC3NzaC1lZDI1NTE5AAAAIE4plYOxwxYY2PyXB59yp5PnjEMwFPgUhhbRIbEBQ1Bz';
const key = (name: string) => {
  const read = readKey(`ssh-ed25519 ${base64}`, name);
  if (!read.ok) throw new Error(read.fault);
  return read.key;
};
const kept = (name: string) => ({ keys: [key(name)], content: keysFile([key(name)]) });
const text = ({ cmd, args, stdin }: HostCommand) =>
  [cmd, ...args].join(' ') + (stdin === undefined ? '' : ` <<< ${JSON.stringify(stdin)}`);
const steps = (change: { steps: HostCommand[] }) => change.steps.map(text);

it('sets the password for the host and for file shares', () => {
  expect(setPassword(jo, password).steps.map(({ cmd, args }) => [cmd, ...args].join(' '))).toEqual([
    'chpasswd -e',
    'pdbedit -d0 -t -a -u jo',
  ]);
});

it('keeps a locked user out of file shares, into which a new password would let them', () => {
  expect(setPassword({ ...jo, expired: true }, password).steps.at(-1)?.args).toEqual([
    '-d0',
    '-r',
    '-c',
    '[D]',
    '-u',
    'jo',
  ]);
});

it('asks by other rules, and writes another file, where users act for themselves', () => {
  expect(setPassword(jo, password, 'self').steps.map(({ cmd, args }) => [cmd, ...args].join(' '))).toEqual([
    'chpasswd --encrypted',
    'pdbedit -d0 -a -t -u jo',
  ]);
  expect(setPassword({ ...jo, samba: false }, password, 'self').steps).toHaveLength(1);
  expect(setPassword({ ...jo, samba: false }, password).steps).toHaveLength(2);
  expect(addKey('jo', { keys: [], content: '' }, key('phone'), 'self').steps[0]?.args).toEqual([
    '/etc/gatehouse/own-keys/jo',
  ]);
});

it('never puts a password where it may be shown', () => {
  const change = setPassword(jo, password);
  const shown = JSON.stringify(change.steps.map(({ stdin: _, ...rest }) => rest));
  expect(shown).not.toContain('w\\\\o');
  expect(shown).not.toContain(password.hash);
  expect(change.steps.map(step => step.given)).toEqual(['jo:•••', 'the password, twice']);
});

it('adds a key below the ones there are, each with its name above it', () => {
  const change = addKey('jo', kept('old laptop'), key('phone'));
  const old = `# old laptop\nssh-ed25519 ${base64}\n`;
  expect(steps(change)).toEqual([
    `@write /etc/gatehouse/keys/jo <<< ${JSON.stringify(`${old}# phone\nssh-ed25519 ${base64}\n`)}`,
  ]);
  expect(change.inverse?.map(text)).toEqual([`@write /etc/gatehouse/keys/jo <<< ${JSON.stringify(old)}`]);
});

it('removes the last key by writing an empty file', () => {
  expect(steps(removeKey('jo', kept('laptop'), key('laptop')))).toEqual(['@write /etc/gatehouse/keys/jo <<< ""']);
});
