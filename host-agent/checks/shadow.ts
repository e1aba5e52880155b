// What shadow(5) says of passwords, without them.
import { readFileSync } from 'node:fs';

/** Nulls where it has no line. */
export function shadowStates(root: string) {
  const lines = readFileSync(`${root}/etc/shadow`, 'utf8').split('\n');
  const fields = new Map(
    lines
      .map(line => line.split(':'))
      .map(([login = '', hash = '', , , , , , expiry = '']) => [login, { hash, expiry }]),
  );
  const today = Date.now() / 86_400_000;
  return (login: string) => {
    const found = fields.get(login);
    if (!found) return { locked: null, hasPassword: null, expired: null };
    const { hash, expiry } = found;
    return {
      locked: hash.startsWith('!'),
      hasPassword: /^!?\$/.test(hash),
      expired: expiry !== '' && Number(expiry) <= today,
    };
  };
}
