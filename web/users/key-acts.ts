// A key put in or taken out by a form: on the page of a user, and on the page of one's own.
import type { Reader } from '../agent/reader.ts';
import type { Change } from '../changes/change.ts';
import { t } from '../i18n/text.ts';
import { addKey, type Keeper, type KeptKeys, removeKey } from './credentials.ts';
import { type Faults, newKey } from './keys.ts';
import { readKeysOf } from './reading.ts';

export function keyActs(reader: Reader, by: Keeper) {
  const withKeys = async (login: string, make: (kept: KeptKeys) => Change | Faults) => {
    const kept = await readKeysOf(reader, login, by);
    return typeof kept === 'string' ? { faults: { key: t('users.keys.away', { why: kept }) } } : make(kept);
  };
  return {
    add: (login: string, typed: { key: string; keyName: string }) =>
      withKeys(login, kept => {
        const key = newKey(kept.keys, typed);
        return 'faults' in key ? key : addKey(login, kept, key, by);
      }),
    remove: (login: string, { fingerprint }: { fingerprint: string }) =>
      withKeys(login, kept => {
        const key = kept.keys.find(known => known.fingerprint === fingerprint);
        return key ? removeKey(login, kept, key, by) : { faults: { key: t('users.keys.gone') } };
      }),
  };
}
