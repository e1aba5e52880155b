// Files that grant something on this host: whom they name, before an account exists or beside what sudo itself would say.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const granting = {
  sudo: ['/etc/sudoers', '/etc/sudoers.d'],
  doas: ['/etc/doas.conf'],
  polkit: ['/etc/polkit-1', '/usr/share/polkit-1/rules.d', '/usr/local/share/polkit-1/rules.d', '/var/lib/polkit-1'],
  pam: ['/etc/pam.d', '/etc/security/access.conf', '/etc/security/group.conf'],
  sshd: ['/etc/ssh/sshd_config', '/etc/ssh/sshd_config.d'],
  cron: ['/etc/crontab', '/etc/cron.d', '/etc/cron.allow', '/etc/at.allow'],
  samba: ['/etc/samba'],
} as const;
export type Policy = keyof typeof granting;

export interface Grant {
  file: string;
  line: string;
}

/** Every line of the configuration of these policies that is no comment. */
export function grantsOf(root: string, ...policies: Policy[]): Grant[] {
  return policies.flatMap(policy =>
    granting[policy]
      .flatMap(path => filesBelow(root, path))
      .flatMap(file => {
        const lines = readFileSync(root + file, 'utf8').split('\n');
        const granted = lines.filter(line => !/^\s*(?:#(?!include|\d)|;|\/\/|$)/.test(line));
        // Before the "=" of smb.conf stands the name of an option, such as "max log size".
        return granted.map(line => ({ file, line: policy === 'samba' ? line.replace(/^[^=[]*=/, '') : line }));
      }),
  );
}

/** The file that names this login, or uid, as a word of its own. Case is ignored, as Samba does. */
export function fileNaming(grants: readonly Grant[], login: string): string | undefined {
  const word = new RegExp(`(?<![\\w.-])${login}(?![\\w.-])`, 'i');
  return grants.find(({ line }) => word.test(line))?.file;
}

/** The file by which doas or polkit serves everybody in the group that all of Gatehouse's users are in. */
export function fileServingUsers(grants: readonly Grant[]): string | undefined {
  return grants.find(({ line }) => /["':](?:users|100)(?![\w.-])/.test(line))?.file;
}

/** The file of sudo or doas that serves a uid by its number, the group users, or everybody. */
export function fileServingUid(grants: readonly Grant[], uid: number): string | undefined {
  const served = new RegExp(`(?<![\\w.-])${uid}(?![\\w.-])|(?:%|%#|\\s:)(?:users|100)(?![\\w.-])|^\\s*ALL[\\s,]`);
  return grants.find(({ line }) => served.test(line))?.file;
}

/** A link counts for what it leads to; one that leads nowhere names nobody. Each folder is read once, should links lead in a circle. */
function filesBelow(root: string, path: string, read = new Set<string>()): string[] {
  const found = existsSync(root + path) ? statSync(root + path) : undefined;
  if (!found?.isDirectory()) return found?.isFile() ? [path] : [];
  const folder = `${found.dev}:${found.ino}`;
  if (read.has(folder)) return [];
  read.add(folder);
  return readdirSync(root + path).flatMap(name => filesBelow(root, join(path, name), read));
}
