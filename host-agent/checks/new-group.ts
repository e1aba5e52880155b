// <new-group>: free as a login must be, but for what only a login could find waiting for it.
import type { Check } from './check.ts';
import { namedIn, takenBy } from './new-login.ts';

export const newGroup: Check = async (name, asking) =>
  (await takenBy(name, 'name', asking)) ?? namedIn(name, 'name', asking);
