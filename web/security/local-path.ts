// Where a form may send the browser afterwards: a path of this dashboard, and nothing else.
export function localPath(given: unknown): string {
  if (typeof given !== 'string' || !given.startsWith('/') || given.length > 2000) return '/';
  const here = 'http://gatehouse.invalid';
  const url = URL.parse(given, here);
  // A path that begins with two slashes would be another host; `/..//elsewhere` becomes one.
  return url?.origin === here && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}` : '/';
}
