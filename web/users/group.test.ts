import { expect, it } from 'vitest';
import type { HostCommand } from '../changes/change.ts';
import { makeGroup, putInGroup, removeGroup, takeOutOfGroup } from './group.ts';
import { user } from './user.fixture.ts';

const jo = user('jo', { groups: ['users', 'family'] });
const text = (steps: readonly HostCommand[] | undefined) => steps?.map(({ cmd, args }) => [cmd, ...args].join(' '));

it('makes a group with the number the agent told, and can take it back', () => {
  expect(text(makeGroup('family', 1007).steps)).toEqual(['groupadd -g 1007 family']);
  expect(text(makeGroup('family', 1007).inverse)).toEqual(['groupdel family']);
});

it('removes a group for good, since its number comes to nobody again', () => {
  expect(text(removeGroup('family').steps)).toEqual(['groupdel family']);
  expect(removeGroup('family').inverse).toBeUndefined();
});

it('puts a user in and takes one out, each the way back of the other', () => {
  const joins = putInGroup(jo, 'music');
  expect(text(joins.steps)).toEqual(['gpasswd -a jo music']);
  expect(text(joins.inverse)).toEqual(['gpasswd -d jo music']);
  expect(joins.expects?.map(({ value }) => value)).toEqual(['family, users']);
  expect(joins.leaves?.map(({ value }) => value)).toEqual(['family, music, users']);
  const leaves = takeOutOfGroup(jo, 'family');
  expect(text(leaves.steps)).toEqual(['gpasswd -d jo family']);
  expect(text(leaves.inverse)).toEqual(['gpasswd -a jo family']);
  expect(leaves.leaves?.map(({ value }) => value)).toEqual(['users']);
});
