// What a feature is given and what it gives back. How to write one stands at the top of server.ts.
import type { RequestHandler, Router } from 'express';
import type { Knex } from 'knex';
import type { Logger } from 'winston';
import type { Account, Role } from './accounts/store.ts';
import type { PlainKey } from './i18n/text.ts';
import type { Settings } from './settings.ts';

export interface Deps {
  settings: Settings;
  db: Knex;
  log: Logger;
  /** Milliseconds since 1970, as Date.now. */
  now: () => number;
  /** The bytes of GATEHOUSE_SECRET_FILE; keys are derived from it by name, see keys.ts. */
  secret: Buffer;
}

export type NavGroup = 'files' | 'network' | 'apps' | 'system' | 'trust';

export interface Access {
  look: readonly Role[];
  act: readonly Role[];
}

export const onlyAdministrators: Access = { look: ['administrator'], act: ['administrator'] };

export interface Feature {
  /** Where its pages live: '/', '/users'. Its router sees the path below it. */
  path: string;
  /** Who is let in: `look` for GET, `act` for everything else. Nobody else is. */
  access: Access;
  /** Asked beside `access`: it is neither shown nor opened where this says no. */
  only?: (account: Account) => boolean;
  /** Reached only by whom `access` lets in; a form's token and origin have been checked. */
  router: Router;
  /** Its place in the sidebar; a feature without one is reached from other pages. */
  nav?: { text: PlainKey; icon: string; group?: NavGroup };
  /** What the search of the top bar says, where it is this feature's list, which takes `?q=`. */
  search?: PlainKey;
  /** Runs before every page of a signed-in account, of whichever feature: fills res.locals.host, for instance. */
  before?: RequestHandler;
}

/** The top bar's word about the host; a feature's `before` sets res.locals.host. */
export interface HostHealth {
  name: string;
  tone: 'ok' | 'warn' | 'bad' | 'off';
  /** One or two words beside the icon: "healthy", "agent gone". */
  word: string;
  /** It cannot be asked now, and the page is one that can be made anew when it can: not the answer to an act, which may be said once. */
  renews?: boolean;
}
