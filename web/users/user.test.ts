import { expect, it } from 'vitest';
import { type Change, compensation, type HostCommand } from '../changes/change.ts';
import { readKey } from './keys.ts';
import { user } from './user.fixture.ts';
import { addKey, deleteUser, letIn, makeUser, putBackUser, removeKey, renameUser, setPassword } from './user.ts';

const jo = user('jo', { uid: 1007, fullName: 'Jo Example' });
const password = { text: `p"a's $w\\o rd é`, hash: '$6$rounds=100000$salt$hash' };
const base64 = 'AAAAC3NzaC1lZDI1NTE5AAAAIE4plYOxwxYY2PyXB59yp5PnjEMwFPgUhhbRIbEBQ1Bz';
const key = (name: string) => {
  const read = readKey(`ssh-ed25519 ${base64}`, name);
  if (!read.ok) throw new Error(read.fault);
  return read.key;
};

const text = ({ cmd, args, stdin }: HostCommand) =>
  [cmd, ...args.map(arg => (arg === '' || arg.includes(' ') ? `'${arg}'` : arg))].join(' ') +
  (stdin === undefined ? '' : ` <<< ${JSON.stringify(stdin)}`);
const steps = (change: Change) => change.steps.map(text);
const undo = (change: Change) => change.undo.map(step => `${step.of}: ${text(step)}`);

it('makes a user with the number the agent told', () => {
  const change = makeUser({ login: 'jo', fullName: 'Jo Example', uid: 1007 });
  expect(change.title).toBe('Make user jo');
  expect(steps(change)).toEqual([
    "useradd -m -K HOME_MODE=0700 -u 1007 -g users -s /usr/sbin/nologin -c 'Jo Example' jo",
  ]);
  expect(compensation(change)).toEqual([]);
});

it('makes a user with a password, and takes the account back when the password fails', () => {
  const change = makeUser({ login: 'jo', fullName: 'Jo', uid: 1007, password });
  expect(steps(change)).toEqual([
    'useradd -m -K HOME_MODE=0700 -u 1007 -g users -s /usr/sbin/nologin -c Jo jo',
    'chpasswd -e <<< "jo:$6$rounds=100000$salt$hash\\n"',
    `pdbedit -d0 -t -a -u jo <<< ${JSON.stringify(`${password.text}\n${password.text}\n`)}`,
  ]);
  expect(compensation(change).map(text)).toEqual(['@trash jo', 'userdel jo']);
});

it('says which steps wait for an earlier one, so that a preview does not call them impossible', () => {
  const change = makeUser({ login: 'jo', fullName: 'Jo', uid: 1007, password });
  expect(change.steps.map(step => step.relies ?? false)).toEqual([false, true, true]);
});

it('never puts a password where it may be shown', () => {
  const change = setPassword('jo', password);
  const shown = JSON.stringify(change.steps.map(({ stdin: _, ...rest }) => rest));
  expect(shown).not.toContain('w\\\\o');
  expect(shown).not.toContain(password.hash);
  expect(change.steps.map(step => step.given)).toEqual(['jo:•••', 'the password, twice']);
});

it('renames, and knows the name to go back to', () => {
  const change = renameUser(jo, "Zoë O'Neil");
  expect(steps(change)).toEqual(["usermod -c 'Zoë O'Neil' jo"]);
  expect(change.inverse?.map(text)).toEqual(["usermod -c 'Jo Example' jo"]);
});

it('cannot go back to a name that was empty', () => {
  expect(renameUser({ ...jo, fullName: '' }, 'Jo').inverse).toBeUndefined();
});

it('adds a key below the ones there are, each with its name above it', () => {
  const change = addKey('jo', [key('old laptop')], key('phone'));
  const old = `# old laptop\nssh-ed25519 ${base64}\n`;
  expect(steps(change)).toEqual([
    `@write /etc/gatehouse/keys/jo <<< ${JSON.stringify(`${old}# phone\nssh-ed25519 ${base64}\n`)}`,
  ]);
  expect(change.inverse?.map(text)).toEqual([`@write /etc/gatehouse/keys/jo <<< ${JSON.stringify(old)}`]);
});

it('removes the last key by writing an empty file', () => {
  expect(steps(removeKey('jo', [key('laptop')], key('laptop')))).toEqual(['@write /etc/gatehouse/keys/jo <<< ""']);
});

it('locks out and ends everything before the home moves, and removes the account last', () => {
  const change = deleteUser(jo);
  expect(steps(change)).toEqual([
    'usermod -L -e 1 jo',
    'pkill -KILL -u jo',
    'pdbedit -d0 -x -u jo',
    '@trash jo',
    'userdel jo',
  ]);
  expect(change.steps[1]?.accept).toEqual([0, 1]);
  expect(undo(change)).toEqual(["0: usermod -e '' jo", '3: @untrash jo']);
  expect(change.inverse?.map(text)).toEqual(['@untrash jo']);
});

it('leaves file shares alone where the user has no password for them', () => {
  const change = deleteUser({ ...jo, samba: false });
  expect(steps(change)).toEqual(['usermod -L -e 1 jo', 'pkill -KILL -u jo', '@trash jo', 'userdel jo']);
  expect(undo(change)).toEqual(["0: usermod -e '' jo", '2: @untrash jo']);
});

it('puts a deleted user back, and lets a locked one in', () => {
  expect(steps(putBackUser('jo'))).toEqual(['@untrash jo']);
  expect(steps(letIn('jo'))).toEqual(["usermod -e '' jo"]);
});
