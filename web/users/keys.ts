// The file of SSH keys of one user, as Gatehouse writes it: each key a line, its name in a comment above.
import { createHash } from 'node:crypto';
import { faultOf, slotTypes } from '../../allowlist/types.ts';
import { said } from '../agent/said.ts';
import { t } from '../i18n/text.ts';

export interface Key {
  name: string;
  /** `ssh-ed25519`, … */
  type: string;
  base64: string;
  /** As ssh-keygen -l prints it. */
  fingerprint: string;
}

export type KeyRead = { ok: true; key: Key } | { ok: false; fault: string };

const keyType = slotTypes.get('ssh-public-key');
const commentType = slotTypes.get('comment');

/** One line as ssh-keygen writes it to id_….pub. What follows the key names it unless `name` does. */
export function readKey(text: string, name = ''): KeyRead {
  const [type = '', base64 = '', ...words] = text.trim().split(/\s+/);
  const fault = keyType && faultOf(keyType, `${type} ${base64}`);
  if (fault) return { ok: false, fault };
  const called = [...(name || words.join(' ') || type)].slice(0, 100).join('');
  const misnamed = commentType && faultOf(commentType, `# ${called}`);
  if (misnamed) return { ok: false, fault: misnamed };
  return { ok: true, key: { name: called, type, base64, fingerprint: fingerprintOf(base64) } };
}

/** The keys of a file. A line that is no key is left out, and so is gone with the next write: its diff shows that. */
export function readKeys(content: string): Key[] {
  const keys: Key[] = [];
  let name = '';
  for (const line of content.split('\n')) {
    if (line.startsWith('# ')) name = line.slice(2);
    else {
      const read = readKey(line, name);
      if (read.ok) keys.push(read.key);
      name = '';
    }
  }
  return keys;
}

export function keysFile(keys: readonly Key[]): string {
  return keys.map(({ name, type, base64 }) => `# ${name}\n${type} ${base64}\n`).join('');
}

/** A key as somebody pasted it, or what is wrong with which field. */
export function newKey(keys: readonly Key[], { key, keyName }: { key: string; keyName: string }): Key | Faults {
  if (key.includes('PRIVATE KEY')) return { faults: { key: t('users.key.private') } };
  if (key.includes('\n')) return { faults: { key: t('users.key.several') } };
  if (keyName !== '' && !/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,100}$/u.test(keyName))
    return { faults: { keyName: t('users.key.name-fault') } };
  const read = readKey(key, keyName);
  if (!read.ok) return { faults: { key: t('users.key.fault', { fault: said(read.fault) }) } };
  const known = keys.find(({ fingerprint }) => fingerprint === read.key.fingerprint);
  return known ? { faults: { key: t('users.key.known', { name: known.name }) } } : read.key;
}

/** What is wrong, by the name of the field. */
export interface Faults {
  faults: Record<string, string>;
}

function fingerprintOf(base64: string): string {
  const digest = createHash('sha256').update(Buffer.from(base64, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}
