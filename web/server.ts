/* Puts the dashboard together: what every request passes, in order, and where the features hang.

A feature is a folder. In it: routes.ts (HTTP only) → forms.ts (zod) → <noun>.ts (pure) → store.ts (knex) → views/*.pug, texts.ts, tests beside.
- routes.ts exports a function that takes Deps (and what else it needs, such as the agent) and returns a Feature (feature.ts):
  { path: '/users', router, nav: { text: 'users.nav', icon: 'users' } }. features.ts lists them all, in the order of the sidebar.
- Its router is reached only by the roles that its `access` names (security/gate.ts: default deny); res.locals.account is set. GET only looks. Whatever is not GET or HEAD has passed
  the checks of security/csrf.ts; forms carry the token by the mixin +form, htmx by a header of the layout.
- res.render('users/views/list.pug', { title, … }); the view begins with `extends /views/layout.pug` and has the mixins of views/mixins.pug.
  locals.ts says what every view may use.
- A form: readForm(schema, req.body, secret fields) → on errors res.status(422).render(view, { form }); +field shows what was typed and what was wrong.
- After an act: leaveNotice(req, 'ok', t('users.made', { login })) and res.redirect(303, …).
- Words: texts.ts of the feature, named in i18n/en.ts. Tables: migrations/, listed in migrations/index.ts.
- A page that goes wrong throws; Problem (problem.ts) carries a status and a sentence, everything else is a 500 with a reference to the log. */
import compression from 'compression';
import express from 'express';
import { enterRoutes } from './accounts/enter.ts';
import type { Deps, Feature } from './feature.ts';
import './locals.ts';
import { said } from './agent/said.ts';
import { loadAssets } from './assets.ts';
import { visible } from './changes/command.ts';
import * as figures from './i18n/figures.ts';
import { speak } from './i18n/language.ts';
import { sentence, t } from './i18n/text.ts';
import { navigation } from './navigation.ts';
import { takeNotice } from './notice.ts';
import { notFound, showProblem } from './problem.ts';
import { formsOnly, onlyKnownMethods, readBody } from './security/body.ts';
import { carryToken, refuseForgery } from './security/csrf.ts';
import { requireAccess, requireSetup } from './security/gate.ts';
import { securityHeaders } from './security/headers.ts';
import { refuseForeignHost } from './security/host.ts';
import { limit } from './security/limit.ts';
import { sessions } from './sessions/session.ts';
import { hideSetupOnceDone, setupRoutes } from './setup/routes.ts';
import type { Setup } from './setup/setup.ts';
import { signInRoutes } from './signin/routes.ts';
import { themeOf, themeRoutes } from './theme.ts';
import { renderView } from './views.ts';

const assets = loadAssets();

/** The whole dashboard as an Express app. `setup` is the one-time token's keeper, made by commands.ts. */
export function createApp(deps: Deps, setup: Setup, features: readonly Feature[]): express.Express {
  const app = express();
  app.set('trust proxy', deps.settings.trustedProxies);
  app.set('views', import.meta.dirname);
  app.engine('pug', renderView);
  app.set('view engine', 'pug');
  app.enable('view cache');
  // A path spelt otherwise is no path: the gate and the router must never differ about whose page it is.
  app.enable('case sensitive routing');
  // Express itself shows a stack otherwise, where even our page for errors fails.
  app.set('env', 'production');
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('etag', false);
  Object.assign(app.locals, { basedir: import.meta.dirname, compileDebug: false, doctype: 'html' });
  Object.assign(app.locals, { t, sentence, asset: assets.url, language: 'en', ...figures, visible, said });
  app.locals.ago = (ms: number | string) => figures.ago(ms, deps.now());

  app.use(securityHeaders(deps.settings.origin));
  app.get('/health', (_req, res) => void res.set('Cache-Control', 'no-store').json({ ok: true }));
  app.use(assets.router);
  app.use(compression({ filter: isPage }));
  app.use((req, res, next) => {
    res.set('Cache-Control', 'private, no-store');
    Object.assign(res.locals, {
      path: req.originalUrl,
      theme: themeOf(req, deps.settings.origin),
      csrf: '',
      visitor: '',
    });
    next();
  });
  app.use(speak);
  app.use(refuseForeignHost(deps.settings.origin));
  app.use('/setup', hideSetupOnceDone(setup));
  app.use(onlyKnownMethods, formsOnly, readBody);
  app.use(sessions(deps));
  app.use(speak);
  app.use(limit({ most: 1_200, minutes: 1 }));
  app.use(carryToken(deps), refuseForgery(deps));
  app.use(themeRoutes(deps.settings.origin));
  app.use(setupRoutes(deps, setup));
  app.use(requireSetup(setup));
  app.use(enterRoutes(deps));
  app.use(signInRoutes(deps));

  app.use(requireAccess(features), takeNotice, navigation(features));
  for (const feature of features) if (feature.before) app.use(feature.before);
  for (const feature of features) app.use(feature.path, feature.router);
  app.use(notFound(features));
  app.use(showProblem(deps.log));
  return app;
}

/** Pages that are looked at. What an act answers may hold a secret and is said once; a stream is not to wait until enough has come. */
function isPage({ method }: express.Request, res: express.Response): boolean {
  return method === 'GET' && /^text\/html\b/.test(String(res.getHeader('Content-Type')));
}
