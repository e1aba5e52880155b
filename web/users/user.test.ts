import { expect, it } from 'vitest';
import { type Change, compensation, type HostCommand } from '../changes/change.ts';
import { user } from './user.fixture.ts';
import {
  deleteUser,
  emptyTrash,
  lockUser,
  makeAdministrator,
  makeUser,
  putBackUser,
  renameUser,
  revokeKeys,
  setShell,
  takeOver,
  unlockUser,
} from './user.ts';

const jo = user('jo', { uid: 1007, fullName: 'Jo Example' });
const password = { text: `p"a's $w\\o rd é`, hash: '$6$rounds=100000$salt$hash' };

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

it('renames, and knows the name to go back to', () => {
  const change = renameUser(jo, "Zoë O'Neil");
  expect(steps(change)).toEqual(["usermod -c 'Zoë O'Neil' jo"]);
  expect(change.inverse?.map(text)).toEqual(["usermod -c 'Jo Example' jo"]);
});

it('cannot go back to a name that was empty', () => {
  expect(renameUser({ ...jo, fullName: '' }, 'Jo').inverse).toBeUndefined();
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
  expect(undo(change)).toEqual(["0: usermod -U -e '' jo", '3: @untrash jo']);
  expect(change.inverse?.map(text)).toEqual(['@untrash jo']);
});

it('puts a deleted user back into the groups they were in', () => {
  const change = deleteUser({ ...jo, groups: ['users', 'jo', 'family', 'music'] });
  expect(change.inverse?.map(text)).toEqual(['@untrash jo', 'gpasswd -a jo family', 'gpasswd -a jo music']);
});

it('leaves file shares alone where the user has no password for them', () => {
  const change = deleteUser({ ...jo, samba: false });
  expect(steps(change)).toEqual(['usermod -L -e 1 jo', 'pkill -KILL -u jo', '@trash jo', 'userdel jo']);
  expect(undo(change)).toEqual(["0: usermod -U -e '' jo", '2: @untrash jo']);
});

it('puts a deleted user back, and destroys what the trash keeps', () => {
  expect(steps(putBackUser('jo'))).toEqual(['@untrash jo']);
  expect(steps(emptyTrash('jo'))).toEqual(['@empty jo']);
  expect(emptyTrash('jo').inverse).toBeUndefined();
});

it('locks before it ends what runs, shuts file shares, and knows the way back', () => {
  const change = lockUser(jo);
  expect(steps(change)).toEqual(['usermod -L -e 1 jo', 'pdbedit -d0 -r -c [D] -u jo', 'pkill -KILL -u jo']);
  expect(undo(change)).toEqual(["0: usermod -U -e '' jo", '1: pdbedit -d0 -r -c [] -u jo']);
  expect(change.inverse?.map(text)).toEqual(["usermod -U -e '' jo", 'pdbedit -d0 -r -c [] -u jo']);
});

it('leaves a password locked that was locked before, and file shares alone where there is no password for them', () => {
  const change = lockUser({ ...jo, locked: true, samba: false });
  expect(steps(change)).toEqual(['usermod -L -e 1 jo', 'pkill -KILL -u jo']);
  expect(change.inverse?.map(text)).toEqual(["usermod -e '' jo"]);
});

it('lets a locked user in with the password they had, and one who never had one without', () => {
  const locked = { ...jo, locked: true, expired: true };
  expect(steps(unlockUser(locked))).toEqual(["usermod -U -e '' jo", 'pdbedit -d0 -r -c [] -u jo']);
  expect(unlockUser(locked).inverse?.map(text)).toEqual(['usermod -L -e 1 jo', 'pdbedit -d0 -r -c [D] -u jo']);
  expect(steps(unlockUser({ ...locked, hasPassword: false, samba: false }))).toEqual(["usermod -e '' jo"]);
});

it('gives a shell and takes it away, and goes back only to a shell that a rule allows', () => {
  expect(steps(setShell(jo, 'yes'))).toEqual(['usermod -s /bin/bash jo']);
  expect(setShell(jo, 'yes').inverse?.map(text)).toEqual(['usermod -s /usr/sbin/nologin jo']);
  expect(steps(setShell({ ...jo, shell: '/usr/bin/zsh' }, 'no'))).toEqual(['usermod -s /usr/sbin/nologin jo']);
  expect(setShell({ ...jo, shell: '/usr/bin/zsh' }, 'no').inverse).toBeUndefined();
});

it('asks for what a person at the terminal approves', () => {
  expect(steps(takeOver('debian'))).toEqual(['@adopt debian']);
  expect(steps(makeAdministrator('jo'))).toEqual(['@administrator jo']);
  expect(steps(revokeKeys(jo))).toEqual(['@revoke jo']);
});

it('says what was so and what will be, for whoever looks for drift', () => {
  const about = ({ expects, leaves }: Change) => [expects, leaves].map(facts => facts?.map(({ value }) => value));
  expect(about(renameUser(jo, 'Zoë'))).toEqual([['Jo Example'], ['Zoë']]);
  expect(about(lockUser(jo))).toEqual([['no'], ['yes']]);
  expect(about(unlockUser({ ...jo, expired: true }))).toEqual([['yes'], ['no']]);
});
