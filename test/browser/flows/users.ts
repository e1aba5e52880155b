// The users of the host and their groups.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Hand } from '../hand.ts';
import { begin, change, decide, done, type Flow, fileOf, goOn, key, run, send } from './house.ts';

const password = `four $words "and" 'a' \\fish ä`;
const passwd = '/etc/passwd';

export const oneUser: Flow = async house => {
  const { sam } = house;
  await sam.visit('/');
  await sam.follow('.nav a[href="/users"]');
  await makeUser(sam, 'jo', "Jo O'Example");
  expect(fileOf(house, passwd)).toMatch(/^jo:x:\d+:100:Jo O'Example:\/home\/jo:\/usr\/sbin\/nologin$/m);
  await goOn(sam);

  await send(sam, '/users/jo/name', { fullName: 'a:b' });
  await sam.see('#fullName-error');
  await act('name', { fullName: 'Zoë' });
  expect(fileOf(house, passwd)).toContain(':Zoë:');
  await act('password', { password, repeat: password });
  await act('keys', { key, keyName: 'Laptop' });
  expect(fileOf(house, '/etc/gatehouse/keys/jo')).toContain(key.split(' ')[1]);
  await act('keys/remove');
  expect(fileOf(house, '/etc/gatehouse/keys/jo')).not.toContain('ssh-');
  await act('shell');
  expect(fileOf(house, passwd)).toMatch(/^jo:.*:\/bin\/bash$/m);
  await act('shell');
  expect(fileOf(house, passwd)).toMatch(/^jo:.*:\/usr\/sbin\/nologin$/m);
  await act('lock');
  await act('let-in');

  async function act(what: string, fields: Record<string, string> = {}): Promise<void> {
    await change(sam, `/users/jo/${what}`, fields);
    await goOn(sam);
    await sam.see('form[action="/users/jo/name"]');
  }
};

export const findUsers: Flow = async ({ sam }) => {
  await sam.visit('/users');
  await sam.follow('thead a');
  await sam.set('.filters [name=q]', 'nobody of this name');
  await sam.follow('.filters button');
  await sam.follow('.empty a');
  await sam.set('.filters [name=state]', 'active');
  await sam.follow('.filters button');
  await sam.follow('#users td a');
};

/** Gone by the exact name, back again, and gone for good. */
export const deleteUser: Flow = async house => {
  const { sam } = house;
  const trash = async () => {
    await sam.visit('/users/jo');
    await change(sam, '/users/jo/delete', { confirm: 'jo' });
    expect(fileOf(house, passwd)).not.toContain('jo:');
    await goOn(sam);
  };
  await trash();
  await change(sam, '/users/deleted/jo/put-back');
  expect(fileOf(house, passwd)).toContain(':Zoë:/home/jo:');
  await trash();
  await sam.follow('a[href="/users/deleted/jo"]');
  await send(sam, '/users/deleted/jo/empty', { confirm: 'Jo' });
  await sam.see('#confirm-error');
  await change(sam, '/users/deleted/jo/empty', { confirm: 'jo' });
};

export const groups: Flow = async house => {
  const { sam } = house;
  await sam.visit('/users');
  await sam.follow('main a[href="/groups"]');
  await change(sam, '/groups', { name: 'music' });
  await sam.visit('/users/jo');
  await change(sam, '/users/jo/groups', { group: 'music' });
  expect(fileOf(house, '/etc/group')).toMatch(/^music:.*:jo$/m);
  await sam.visit('/groups');
  await sam.follow('a[href="/users?group=music"]');
  await sam.follow('#users td a');
  await change(sam, '/users/jo/groups/leave');
  await goOn(sam);
  await sam.follow('main a[href="/groups"]');
  await change(sam, '/groups/music/remove');
  expect(fileOf(house, '/etc/group')).not.toContain('music');
};

/** Somebody at the host's terminal decides. */
export const approvals: Flow = async house => {
  const { sam, dashboard } = house;
  const etc = join(dashboard.folder, 'state/host/etc');
  appendFileSync(join(etc, 'passwd'), 'robin:x:1700:100:Robin Example:/home/robin:/bin/bash\n');
  appendFileSync(join(etc, 'shadow'), 'robin:!:19000:0:99999:7:::\n');
  mkdirSync(join(dashboard.folder, 'state/host/home/robin'), { mode: 0o700 });
  const takeOver = 'form[action="/users/accounts/robin/take-over"] button';
  // The host's users are read again after a moment.
  const isListed = async () => {
    await sam.visit('/users');
    return (await sam.page.locator(takeOver).count()) === 1;
  };
  await expect.poll(isListed).toBe(true);
  await sam.follow(takeOver);
  await begin(sam);
  await decide(house, sam, 'yes');
  await done(sam);

  await sam.visit('/users/robin');
  await send(sam, '/users/robin/administrator');
  await begin(sam);
  await sam.follow('form[action$="/cancel"] button');
  await decide(house, sam, 'no');
  await sam.see('#job-now .note:not(.busy, .info)');
  await sam.visit('/users/robin');
  await send(sam, '/users/robin/administrator');
  await begin(sam);
  await decide(house, sam, 'yes');
  await done(sam);
  expect(fileOf(house, '/etc/group')).toMatch(/^sudo:.*robin/m);
};

export async function makeUser(hand: Hand, login: string, fullName: string, own = ''): Promise<void> {
  await hand.visit('/users');
  await hand.follow('a[href="/users/new"]');
  await send(hand, '/users', { login, fullName, ...(own && { password: own, repeat: own }) });
  await run(hand);
}
