// <next-uid>: the one number that the agent's counter gives next, and nothing on the host has or serves it yet.
import { lstatSync } from 'node:fs';
import { uidRange } from '../registry.ts';
import type { Asking, Check } from './check.ts';
import { fileServingUid, grantsOf } from './policy.ts';

export const nextUid: Check = async (value, asking) => {
  const fault = await notNext(value, 'uid', asking);
  if (fault) return fault;
  const file = fileServingUid(grantsOf(asking.host.root, 'sudo', 'doas'), Number(value));
  return file && `${file} serves the uid ${value} or the group users, so a new user would be privileged.`;
};

export async function notNext(value: string, what: string, asking: Asking): Promise<string | undefined> {
  const next = await freeUid(asking);
  if (next > uidRange.last)
    return `All numbers up to ${uidRange.last} have been used; no more users or groups can be made.`;
  if (Number(value) !== next) return `The ${what} must be ${next}, the next one that was never used; ${value} is not.`;
  return undefined;
}

/** The counter, moved past numbers that another hand has used meanwhile. */
export async function freeUid({ facts, registry }: Pick<Asking, 'facts' | 'registry'>): Promise<number> {
  const isTaken = async (id: number) => (await facts.account(id)) ?? (await facts.group(id));
  while (registry.nextUid <= uidRange.last && (await isTaken(registry.nextUid))) registry.skipTo(registry.nextUid + 1);
  return registry.nextUid;
}

/** At the first start: uids in use, and those that own something in /home. */
export function usedUids(root: string, read: { passwd: string; homes: readonly string[] }): number[] {
  const inPasswd = read.passwd.split('\n').map(line => Number(line.split(':')[2]));
  const ofHomes = read.homes.map(name => lstatSync(`${root}/home/${name}`, { throwIfNoEntry: false })?.uid ?? 0);
  return [...inPasswd, ...ofHomes].filter(Number.isInteger);
}
