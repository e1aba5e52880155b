// The sidebar: what the features say of themselves, in the order of ui.md. It holds only what exists.
import type { RequestHandler } from 'express';
import type { Feature, NavGroup } from './feature.ts';
import { sentence } from './i18n/text.ts';
import { mayLook } from './security/gate.ts';

const groups: readonly (NavGroup | '')[] = ['', 'files', 'network', 'apps', 'system', 'trust'];

export function navigation(features: readonly Feature[]): RequestHandler {
  return (req, res, next) => {
    const { account } = res.locals;
    const open = account ? features.filter(feature => mayLook(feature, account)) : [];
    const searched = open.find(({ search }) => search !== undefined);
    if (searched?.search) res.locals.search = { action: searched.path, text: sentence(searched.search) };
    const here = (path: string) => req.path === path || (path !== '/' && req.path.startsWith(`${path}/`));
    res.locals.nav = groups.flatMap(group => {
      const links = open.flatMap(({ path, nav }) =>
        nav && (nav.group ?? '') === group
          ? [{ href: path, text: sentence(nav.text), icon: nav.icon, current: here(path) }]
          : [],
      );
      return links.length > 0 ? [{ group, links }] : [];
    });
    next();
  };
}
