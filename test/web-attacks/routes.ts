// Every route that the dashboard has, as its routers know them.
import type { IRoute, Router } from 'express';
import type { House } from './house.ts';

export interface Route {
  method: 'GET' | 'POST';
  /** As it was written: '/users/:login'. */
  path: string;
}

export function routesOf({ dashboard, features }: House): Route[] {
  const within = (router: Router, below: string): Route[] =>
    router.stack.flatMap(({ route, handle }) => {
      if (route)
        return methodsOf(route).map(method => ({ method, path: `${below}${route.path}`.replace(/(?<=.)\/$/, '') }));
      const inner = handle as unknown as Router;
      const path = features.find(feature => feature.router === inner)?.path ?? '';
      return Array.isArray(inner.stack) ? within(inner, path === '/' ? '' : path) : [];
    });
  return within(dashboard.app.router as unknown as Router, '');
}

const methodsOf = (route: IRoute) =>
  [...new Set(route.stack.map(({ method }) => method?.toUpperCase()))].filter(
    (method): method is Route['method'] => method === 'GET' || method === 'POST',
  );
