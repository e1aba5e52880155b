import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestHost, type TestHost } from './fake-host.fixture.ts';
import { user } from './user.fixture.ts';

let host: TestHost;
beforeEach(async () => {
  host = await openTestHost([user('jo', { groups: ['users', 'family'] }), user('kim')]);
  host.people.groups = [
    { name: 'family', gid: 1003, members: ['jo'] },
    { name: 'music', gid: 1004, members: [] },
  ];
});
afterEach(() => host.close());

const text = (html: string) => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

it('lists the groups with who is in them, and offers the end of an empty one only', async () => {
  const page = await host.person.get('/groups');
  expect(text(page.text)).toContain('family 1003 1 user jo');
  expect(text(page.text)).toContain('music 1004 nobody Delete');
  expect(page.text).not.toContain('/groups/family/remove');
});

it.each([
  ['Family', 'A name is a small letter'],
  ['-family', 'A name is a small letter'],
  ['family', 'is taken'],
  ['jo', 'is taken'],
  ['debian', 'is taken'],
])('does not make a group %s, and keeps what was typed', async (name, why) => {
  const answer = await host.person.post('/groups', { name });
  expect([answer.status, text(answer.text)]).toEqual([422, expect.stringContaining(why)]);
  expect(answer.text).toContain(`value="${name}"`);
});

it('makes one with the number that the agent told', async () => {
  const preview = await host.follow(await host.person.post('/groups', { name: 'band' }));
  expect(text(preview.text)).toContain('groupadd -g 1007 band');
});

it('puts a user only into a group that is there, and takes one out only of one they are in', async () => {
  const put = (group: string) => host.person.post('/users/kim/groups', { group });
  expect((await put('music')).status).toBe(303);
  for (const group of ['', 'sudo', 'nosuch']) expect((await put(group)).status, group).toBe(422);
  expect((await host.person.post('/users/jo/groups', { group: 'family' })).status).toBe(422);
  expect((await host.person.post('/users/jo/groups/leave', { group: 'family' })).status).toBe(303);
  expect((await host.person.post('/users/kim/groups/leave', { group: 'family' })).status).toBe(422);
});

it('finds the users of a group', async () => {
  const page = await host.person.get('/users?group=family');
  expect(page.text).toContain('/users/jo"');
  expect(page.text).not.toContain('/users/kim"');
});

it('escapes what the host tells', async () => {
  host.people.groups.push({ name: '<i>x', gid: 1005, members: ['<b>y'] });
  const page = await host.person.get('/groups');
  expect(page.text).not.toContain('<i>x');
  expect(page.text).not.toContain('<b>y');
});
