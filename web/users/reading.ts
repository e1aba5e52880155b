// What the users' pages read of the host: all users at once, and one user's keys.
import type { Reader } from '../agent/reader.ts';
import { generationsSchema, usersSchema } from '../agent/results.ts';
import { type Keeper, type KeptKeys, keysPath } from './credentials.ts';
import { readKeys } from './keys.ts';

export const readPeople = (reader: Reader) => reader.read({ cmd: '@users', args: [] }, usersSchema);

/** The keys as the host has them now, or why they are not known. */
export async function readKeysOf(reader: Reader, login: string, by: Keeper): Promise<KeptKeys | string> {
  const file = { cmd: '@generations', args: [keysPath(login, by)] };
  const { value, stale } = await reader.read(file, generationsSchema);
  if (stale || !value) return stale?.why ?? '';
  const content = value.content ?? '';
  return { keys: readKeys(content), content };
}
