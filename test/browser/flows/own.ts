// What a member does with their own user of the host, by its old password.
import { expect } from 'vitest';
import { invite } from './accounts.ts';
import { change, type Flow, fileOf, goOn, key, signOut } from './house.ts';
import { makeUser } from './users.ts';

const lee = { login: 'lee', password: 'six rather plain words of lee' };

export const member: Flow = async house => {
  const old = 'old password of lee';
  const next = 'new password of lee';
  await makeUser(house.sam, 'lee', 'Lee Example', old);
  const hand = await invite(house, lee, 'member', 'lee');
  await hand.follow('.nav a[href="/my-user"]');
  await change(hand, '/my-user/password', { password: next, repeat: next }, old);
  await goOn(hand);
  await change(hand, '/my-user/keys', { key, keyName: 'Phone' }, next);
  expect(fileOf(house, '/etc/gatehouse/own-keys/lee')).toContain('Phone');
  await house.sam.visit('/users/lee');
  await change(house.sam, '/users/lee/own-keys/revoke');
  expect(fileOf(house, '/etc/gatehouse/own-keys/lee')).toBe('');
  await goOn(hand);
  await change(hand, '/my-user/keys', { key, keyName: 'New phone' }, next);
  await goOn(hand);
  await change(hand, '/my-user/keys/remove', {}, next);
  await hand.follow('.nav a[href="/changes"]');
  await signOut(hand);
  await hand.page.context().close();
};
