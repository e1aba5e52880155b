// What the flows share: the house they take place in, how a form is sent, and how a change runs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dashboard } from '../dashboard.ts';
import type { Hand } from '../hand.ts';

export interface House {
  dashboard: Dashboard;
  /** Another browser, where nobody is signed in. */
  open(): Promise<Hand>;
  /** The browser of the administrator, who is signed in. */
  sam: Hand;
  /** Whether scripts run: without them there are no passkeys, and nothing comes by itself. */
  scripts: boolean;
}

export type Flow = (house: House) => Promise<void>;

export interface Person {
  login: string;
  password: string;
}

export const owner = { login: 'sam', name: 'Sam Example', password: 'correct horse battery staple' };
export const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBUbkFyXlqH8hBYvXtsf4zcXWZTXCZLXtBAbUW5Dlzvk laptop';

/** Fills in the form of this action and sends it. `button` is which one, where there are several. */
export async function send(hand: Hand, action: string, fields: Record<string, string> = {}, button = '') {
  const form = `main form[action="${action}"]`;
  for (const [name, value] of Object.entries(fields)) await hand.set(`${form} [name="${name}"]`, value);
  await hand.follow(`${form} button[type=submit]${button}`);
}

export async function signIn(hand: Hand, { login, password }: Person): Promise<void> {
  await hand.visit('/sign-in');
  await send(hand, '/sign-in', { login, password });
}

export async function signOut(hand: Hand): Promise<void> {
  await hand.follow('form[action="/sign-out"] button');
  await hand.see('main form[action="/sign-in"]');
}

/** Sends a form that plans a change, and runs what it planned: done. `code` is the one-time code or one's own password, where it is asked. */
export async function change(hand: Hand, action: string, fields: Record<string, string> = {}, code?: string) {
  await send(hand, action, fields);
  await run(hand, code);
}

export async function run(hand: Hand, code = '000000'): Promise<void> {
  await begin(hand, code);
  await done(hand);
}

/** Runs what is previewed, and does not wait for its end. */
export async function begin({ page, see, set, follow }: Hand, code = '000000'): Promise<void> {
  const form = 'form[action$="/run"]';
  await see(form);
  if (await page.locator(`${form} [name=code]`).count()) await set(`${form} [name=code]`, code);
  await follow(`${form} button`);
}

export async function done({ page, see }: Hand): Promise<void> {
  const said = await see('#job-now .note:not(.busy, .info), main .note[role=alert]');
  if (!(await page.locator('#job-now .note.ok').count())) throw new Error(`it did not go well: ${said}`);
}

/** Goes on from a change that is done. */
export const goOn = (hand: Hand) => hand.follow('main .head a.primary');

export const fileOf = ({ dashboard }: House, path: string) =>
  readFileSync(join(dashboard.folder, 'state/host', path), 'utf8');

/** Approved or refused by somebody at the host's terminal, under the number that the page tells. */
export async function decide({ dashboard }: House, { see }: Hand, answer: 'yes' | 'no'): Promise<void> {
  const number = /approve (\d+)/.exec(await see('#job-now code'))?.[1] ?? '';
  const more = answer === 'yes' ? [] : ['--refuse'];
  dashboard.atTerminal('host-agent/main.ts', ['approve', number, ...more], `${answer}\n`);
}
