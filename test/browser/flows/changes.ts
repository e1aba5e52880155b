// The changes: found, taken back, and a wrong code on the way.
import { begin, change, type Flow, run, send } from './house.ts';
import { makeUser } from './users.ts';

export const undo: Flow = async ({ sam }) => {
  await makeUser(sam, 'kim', 'Kim Example');
  await sam.visit('/users/kim');
  await change(sam, '/users/kim/name', { fullName: 'Kim O’Example' });
  await sam.follow('.nav a[href="/changes"]');
  await sam.set('.filters [name=subject]', 'kim');
  await sam.set('.filters [name=state]', 'done');
  await sam.follow('.filters button');
  await sam.follow('form[action$="/undo"] button');
  await run(sam);
  await sam.follow('main dl a[href^="/changes/"]');
};

export const wrongCode: Flow = async ({ sam }) => {
  await sam.visit('/users/kim');
  await send(sam, '/users/kim/lock');
  await begin(sam, '999999');
  await sam.see('#code-error');
  await sam.visit(new URL(sam.page.url()).pathname);
  await run(sam);
};
