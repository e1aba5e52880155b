// Which routes of the dashboard were met by what a browser sent; the table of all of them is that of web/security/routes.table.test.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';

const table = readFileSync(join(import.meta.dirname, '../../web/security/routes.table.test.ts'), 'utf8');
/** As they stand there: «GET /users/:login». */
export const routes = [...table.matchAll(/^(GET|POST) +(\/\S*) +[ARMS-]+$/gm)].map(
  ([, method, path]) => `${method} ${path}`,
);

const patterns = routes
  .map(route => ({ route, pattern: new RegExp(`^${route.replaceAll(/:\w+/g, '[^/]+')}$`) }))
  // /users/new is no user.
  .toSorted((a, b) => a.route.split(':').length - b.route.split(':').length);

/** Notes in `met` each route that is asked for from now on. */
export function noteRoutes(context: BrowserContext, met: Set<string>): void {
  const note = (method: string, url: string) => {
    const asked = `${method} ${new URL(url).pathname}`;
    const found = patterns.find(({ pattern }) => pattern.test(asked));
    if (found) met.add(found.route);
  };
  context.on('request', request => note(request.method(), request.url()));
  // What is saved to a file is no request of a page.
  context.on('page', page => page.on('download', download => note('GET', download.url())));
}
