// In and out of the dashboard, and what everybody does for themselves.
import { join } from 'node:path';
import { expect } from 'vitest';
import { openDatabase } from '../../../web/database.ts';
import { codeOf } from '../door.ts';
import type { Hand } from '../hand.ts';
import { type Flow, type House, owner, send, signIn, signOut } from './house.ts';

export const setUp: Flow = async ({ dashboard, sam }) => {
  await sam.visit('/setup');
  await sam.set('[name=token]', new URL(dashboard.setupLink).searchParams.get('token') ?? '');
  await sam.follow('main form button[type=submit]');
  const { name, login, password } = owner;
  await send(sam, '/setup', { name, login, password, repeat: password });
  await signOut(sam);
  await send(sam, '/sign-in', { login, password: 'not this one at all' });
  await sam.see('#password-error');
  await send(sam, '/sign-in', { login, password });
};

export const proveOnce: Flow = async house => {
  const { sam } = house;
  await later(house);
  await sam.visit('/accounts/new');
  await send(sam, '/prove', { password: owner.password });
  await sam.see('form[action="/accounts"]');
};

export const oneself: Flow = async ({ sam }) => {
  const html = sam.page.locator('html');
  await sam.visit('/');
  await sam.follow('a[href="/me"]');
  await send(sam, '/me', { name: 'Sam O’Example', language: 'de' });
  expect(await html.getAttribute('lang')).toBe('de');
  await send(sam, '/me', { name: owner.name, language: 'en' });
  expect(await html.getAttribute('lang')).toBe('en');
  for (const theme of ['dark', 'system']) {
    await sam.follow(`main form[action="/theme"] button[value=${theme}]`);
    expect(await html.getAttribute('data-theme')).toBe(theme === 'system' ? null : theme);
  }
};

export const ownPassword: Flow = async ({ sam, open }) => {
  const other = await open();
  await signIn(other, owner);
  const next = 'another four plain words';
  await sam.visit('/me');
  await send(sam, '/me/password', { old: owner.password, password: next, repeat: next });
  await sam.see('main .note.ok');
  await other.visit('/users');
  await other.see('main form[action="/sign-in"]');
  await send(sam, '/me/password', { old: next, password: owner.password, repeat: owner.password });
  await other.page.context().close();
};

export const sessions: Flow = async ({ sam, open }) => {
  const other = await open();
  const ended = async () => {
    await other.visit('/me');
    await other.see('main form[action="/sign-in"]');
  };
  await signIn(other, owner);
  await sam.visit('/me');
  await sam.follow('tr:not(:has(.tag)) form[action="/me/sessions/end"] button');
  await ended();
  await signIn(other, owner);
  await sam.visit('/me');
  await send(sam, '/me/sessions/end', {}, '[value=all]');
  await sam.see('main form[action="/sign-in"]');
  await ended();
  await signIn(sam, owner);
  await other.page.context().close();
};

/** An app with its six digits, which stand in for the password, are asked at sign-in, or a recovery code in their place. */
export const secondFactor: Flow = async house => {
  const { sam } = house;
  await sam.visit('/me');
  await sam.follow('a[href="/me/factors"]');
  const first = await enrol(sam);
  await later(house);
  await sam.visit('/me/factors');
  await sam.set('[name=code]', codeOf(first, 1));
  await sam.follow('form:has([name=code]) button[type=submit]');
  await send(sam, '/me/factors/codes');
  const codes = (await sam.see('code.cmd')).split('\n');
  expect(codes).toHaveLength(10);
  await sam.follow('main a.primary');
  const second = await enrol(sam);
  expect(second).not.toBe(first);
  const signInBy = async (code: () => string) => {
    await signOut(sam);
    await signIn(sam, owner);
    await send(sam, '/sign-in/second', { code: code() });
    await sam.see('.nav');
  };
  await signInBy(() => codeOf(second, 1));
  await signInBy(() => codes[0]!);
  await sam.visit('/me/factors');
  await send(sam, '/me/factors/app/remove');
  await signOut(sam);
  await signIn(sam, owner);
  await sam.see('.nav');
};

/** With what the hand's authenticator keeps, instead of the password. */
export const passkey: Flow = async house => {
  const { sam } = house;
  await sam.visit('/me/factors');
  await send(sam, '/me/factors/passkeys', { name: 'Laptop' });
  await signOut(sam);
  await sam.follow('form[action="/sign-in/passkey"] button');
  await sam.see('.nav');
  await later(house);
  await sam.visit('/me/factors');
  await sam.follow('form[action="/prove/passkey"] button');
  await sam.follow('form[action^="/me/factors/passkeys/"] button');
  expect(await sam.page.locator('form[action^="/me/factors/passkeys/"]').count()).toBe(0);
};

/** Time goes by, until nobody counts any more as having proved who they are. */
async function later({ dashboard }: House): Promise<void> {
  const db = await openDatabase(`sqlite:${join(dashboard.folder, 'web.db')}`);
  await db('sessions').update({ data: db.raw("json_remove(data, '$.provedAt')") });
  await db.destroy();
}

/** Gives the secret of the app. */
async function enrol(hand: Hand): Promise<string> {
  await hand.follow('a[href="/me/factors/app"]');
  const secret = await hand.see('.facts code');
  await send(hand, '/me/factors/app', { code: codeOf(secret) });
  // The first time, the recovery codes come; they are made anew anyhow.
  if (await hand.page.locator('main code.cmd').count()) await hand.follow('main a.primary');
  return secret;
}
