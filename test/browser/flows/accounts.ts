// The accounts of the dashboard: invited, changed, let in again, ended.
import { expect } from 'vitest';
import type { Hand } from '../hand.ts';
import { type Flow, type House, type Person, send, signIn, signOut } from './house.ts';

const ann = { login: 'ann', password: 'five other plain words here' };

export const reviewer: Flow = async house => {
  const { sam } = house;
  const hand = await invite(house, ann, 'reviewer');
  await hand.follow('.nav a[href="/rules"]');
  await signOut(hand);

  await sam.visit('/accounts');
  await find(sam, 'ann');
  await sam.follow('#accounts td a');
  const { pathname: at } = new URL(sam.page.url());
  await send(sam, at, { name: 'Ann O’Example' });
  await sam.see('main .note.ok');

  await signIn(hand, ann);
  await hand.follow('a[href="/me"]');
  await sam.visit(at);
  await send(sam, `${at}/sessions/end`);
  await hand.visit('/audit');
  await hand.see('main form[action="/sign-in"]');

  await send(sam, `${at}/invite`);
  const link = await sam.see('main code.cmd');
  await enter(hand, link, ann.password);
  await signOut(hand);
  await hand.visit(link);
  await hand.follow('main a.primary');

  await enter(hand, recovery(house, ann.login), ann.password);

  await sam.visit(at);
  await send(sam, `${at}/delete`, { confirm: 'somebody else' });
  await sam.see('#confirm-error');
  await send(sam, `${at}/delete`, { confirm: ann.login });
  await sam.see('main .note.ok');
  await find(sam, 'ann');
  await sam.follow('.empty a');
  await hand.page.context().close();
};

/** Makes an account and follows the link that it is given, in a browser of its own. */
export async function invite({ sam, open }: House, who: Person, role: string, user = ''): Promise<Hand> {
  await sam.visit('/accounts');
  await sam.follow('a[href="/accounts/new"]');
  await send(sam, '/accounts', { login: who.login, name: `${who.login} Example`, role, user });
  const hand = await open();
  await enter(hand, await sam.see('main code.cmd'), who.password);
  return hand;
}

async function enter(hand: Hand, link: string, password: string): Promise<void> {
  await hand.visit(link);
  await send(hand, '/enter', { password, repeat: password });
  await hand.see('.nav');
}

async function find(hand: Hand, login: string): Promise<void> {
  await hand.set('.filters [name=q]', login);
  await hand.follow('.filters button');
  expect(new URL(hand.page.url()).searchParams.get('q')).toBe(login);
}

/** The link that somebody gets at the host's terminal who lost everything. */
function recovery({ dashboard }: House, login: string): string {
  return /http\S+/.exec(dashboard.atTerminal('web/main.ts', ['recover', login]))?.[0] ?? '';
}
