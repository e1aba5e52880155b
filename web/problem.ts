// What cannot be answered with a page: a status and a sentence of its own. Everything else that is thrown is a 500.
import { randomBytes } from 'node:crypto';
import type { ErrorRequestHandler, IRoute, RequestHandler, Response } from 'express';
import type { Logger } from 'winston';
import type { Feature } from './feature.ts';
import { sentence } from './i18n/text.ts';

type Kind = 400 | 403 | 404 | 405 | 413 | 415 | 421 | 422 | 429 | 'role' | 'session' | 'another';

/** Its texts are `error.<kind>.title` and `error.<kind>.text`, filled with `values`. */
export class Problem extends Error {
  readonly kind: Kind;
  readonly values: Record<string, string | number>;
  readonly headers: Record<string, string>;

  constructor(kind: Kind, values: Record<string, string | number> = {}, headers: Record<string, string> = {}) {
    super(`Problem ${kind}`);
    this.kind = kind;
    this.values = values;
    this.headers = headers;
  }
}

/**
 * The end of the line: another method of a known page is a 405, the rest a 404. The address of an act stays in the address bar where a form
 * had a fault: who looks there again is led to the page that the act stands on.
 */
export function notFound(features: readonly Feature[]): RequestHandler {
  const methodsOf = (path: string) => features.flatMap(feature => methodsAt(feature, path));
  return (req, res, _next) => {
    const methods = methodsOf(req.path);
    if (methods.length === 0) throw new Problem(404);
    const page = pagesAbove(req.path).find(path => methodsOf(path).includes('get'));
    if ((req.method === 'GET' || req.method === 'HEAD') && page) return res.redirect(303, page);
    const allow = [...new Set(methods)].map(name => name.toUpperCase()).join(', ');
    throw new Problem(405, { method: req.method }, { Allow: allow });
  };
}

/** `/users/jo/keys`: first `/users/jo`, then `/users`. */
function pagesAbove(path: string): string[] {
  const parts = path.split('/').slice(1, -1);
  return parts.map((_, i) => `/${parts.slice(0, parts.length - i).join('/')}`);
}

function methodsAt(feature: Feature, path: string): string[] {
  const base = feature.path === '/' ? '' : feature.path;
  if (path !== base && !path.startsWith(`${base}/`)) return [];
  const below = path.slice(base.length) || '/';
  // `match` is the router's own, which its types leave out.
  const layers = feature.router.stack as unknown as { route?: IRoute; match(path: string): boolean }[];
  return layers.flatMap(layer => (layer.route && layer.match(below) ? layer.route.stack.map(one => one.method) : []));
}

export function showProblem(log: Logger): ErrorRequestHandler {
  return (error, req, res, next) => {
    if (res.headersSent) return next(error);
    const problem = error instanceof Problem ? error : fromParser(error);
    if (problem) {
      res.status(typeof problem.kind === 'string' ? 403 : problem.kind).set(problem.headers);
      return page(res, String(problem.kind), problem.values, req.get('HX-Request') !== undefined);
    }
    const reference = randomBytes(4).toString('hex');
    log.error('a page failed', { reference, method: req.method, path: req.path, error });
    page(res.status(500), '500', { reference }, req.get('HX-Request') !== undefined);
  };
}

/** What the readers of requests say with an error of their own: a malformed path or body, or one too large. */
function fromParser(error: unknown): Problem | undefined {
  const status = (error as { status?: unknown } | null)?.status;
  if (status === 413) return new Problem(413);
  if (status === 415) return new Problem(415);
  return typeof status === 'number' && status >= 400 && status < 500 ? new Problem(400) : undefined;
}

function page(res: Response, kind: string, values: Record<string, string | number>, inPlace: boolean): void {
  // Asked for by htmx, it takes the place of the page's content, whatever part was to be swapped.
  if (inPlace) res.set({ 'HX-Retarget': '#main', 'HX-Reselect': '#main', 'HX-Reswap': 'outerHTML' });
  const title = sentence(`error.${kind}.title`, values);
  const text = sentence(`error.${kind}.text`, values);
  const action = actionFor(kind, values, res.locals.path);
  res.render(res.locals.nav ? 'views/problem' : 'views/problem-plain', { title, text, action, kind });
}

/** The one thing to do next. */
function actionFor(kind: string, values: Record<string, string | number>, path: string) {
  if (kind === 'session') return { href: String(values.signIn), text: sentence('error.session.action') };
  if (kind === '421') return { href: String(values.origin), text: sentence('error.421.action', values) };
  if (kind === '422' || kind === '429') return { href: path, text: sentence(`error.${kind}.action`) };
  return { href: '/', text: sentence('error.action') };
}
