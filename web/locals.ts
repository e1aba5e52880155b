// What every view may use, beside what its own route gives it.
import type { Account } from './accounts/store.ts';
import type { said } from './agent/said.ts';
import type { visible } from './changes/command.ts';
import type { HostHealth, NavGroup } from './feature.ts';
import type * as figures from './i18n/figures.ts';
import type { Language } from './i18n/language.ts';
import type { sentence, t } from './i18n/text.ts';

export interface NavLink {
  href: string;
  text: string;
  icon: string;
  current: boolean;
}

declare global {
  namespace Express {
    interface Locals {
      t: typeof t;
      sentence: typeof sentence;
      /** Moments, spans, sizes and shares as the reader's language writes them: i18n/figures.ts. */
      time: typeof figures.time;
      zone: typeof figures.zone;
      took: typeof figures.took;
      span: typeof figures.span;
      size: typeof figures.size;
      percent: typeof figures.percent;
      plain: typeof figures.plain;
      celsius: typeof figures.celsius;
      share: typeof figures.share;
      ago(ms: number | string): string;
      /** What another wrote, with each sign written out that would hide, obey or turn around. */
      visible: typeof visible;
      said: typeof said;
      /** The address of a file of static/, with its content's hash in it. */
      asset(name: string): string;
      /** The token that `+form` puts into every form. */
      csrf: string;
      /** Of this session or, before sign-in, this browser, and no other: what is bound to it holds for it alone. Never in a page. */
      visitor: string;
      /** The address of this request below the origin, with its query where it was looked at; for links back. */
      path: string;
      /** What this page is written in. */
      language: Language;
      theme: 'light' | 'dark' | 'system';
      /** Set for a signed-in account. */
      account?: Account;
      nav?: { group: NavGroup | ''; links: NavLink[] }[];
      host?: HostHealth;
      /** The search in the top bar: of the feature that offers one. */
      search?: { action: string; text: string };
      /** What stands beside a link of the sidebar, by its address: "2 refused". */
      badges?: Record<string, string>;
      /** What the last act came to, said once; see notice.ts. */
      notice?: { tone: 'ok' | 'warn' | 'bad'; text: string };
    }
  }
}
