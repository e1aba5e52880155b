import { expect, it } from 'vitest';
import { localPath } from './local-path.ts';

it.each([
  ['/users?q=jo&page=2', '/users?q=jo&page=2'],
  ['/users/../audit', '/audit'],
  ['/', '/'],
  ['//evil.example/x', '/'],
  ['/\\evil.example/x', '/'],
  ['/\t/evil.example/x', '/'],
  ['/..//evil.example/x', '/'],
  ['/.//evil.example/x', '/'],
  ['https://evil.example/x', '/'],
  ['http:evil', '/'],
  ['users', '/'],
  [`/${'x'.repeat(2000)}`, '/'],
  [undefined, '/'],
  [['/users'], '/'],
])('sends %j to %s', (given, path) => {
  expect(localPath(given)).toBe(path);
});
