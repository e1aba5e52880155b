// Ten codes for whoever lost their second factor: shown once, kept as a hash only this dashboard can make, good once each.
import { randomInt } from 'node:crypto';
import type { Deps } from '../feature.ts';
import { keyFor, sealed } from '../keys.ts';

/** Crockford's: none of them is taken for another. */
const letters = '0123456789abcdefghjkmnpqrstvwxyz';
const howMany = 10;

type Kept = Pick<Deps, 'db' | 'secret'>;

/** In place of all that were made before. */
export async function makeCodes({ db, secret }: Kept, accountId: string): Promise<string[]> {
  const codes = Array.from({ length: howMany }, newCode);
  await db.transaction(async trx => {
    await trx('recovery_codes').where({ account_id: accountId }).delete();
    const rows = codes.map(code => ({ account_id: accountId, code_hash: hashOf(code, accountId, secret) }));
    await trx('recovery_codes').insert(rows);
  });
  return codes;
}

/** Takes the code: of two that come at once, one is right. */
export async function takeRecoveryCode({ db, secret }: Kept, accountId: string, code: string): Promise<boolean> {
  const row = { account_id: accountId, code_hash: hashOf(code, accountId, secret) };
  return (await db('recovery_codes').where(row).delete()) === 1;
}

function newCode(): string {
  const part = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('');
  return `${part()}-${part()}-${part()}`;
}

/** Read as people write it: large letters, other separators, an o for a zero. */
function hashOf(code: string, accountId: string, secret: Buffer): string {
  const plain = code.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
  return sealed(`${accountId} ${plain}`, keyFor('recovery', secret));
}
