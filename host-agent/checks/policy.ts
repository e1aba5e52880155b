// Whether files that grant something on this host name a login, before it exists or beside what sudo itself would say.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const grants = {
  sudo: ['/etc/sudoers', '/etc/sudoers.d'],
  doas: ['/etc/doas.conf'],
  polkit: ['/etc/polkit-1', '/usr/share/polkit-1/rules.d', '/usr/local/share/polkit-1/rules.d', '/var/lib/polkit-1'],
  sshd: ['/etc/ssh/sshd_config', '/etc/ssh/sshd_config.d'],
  cron: ['/etc/crontab', '/etc/cron.d', '/etc/cron.allow', '/etc/at.allow'],
  samba: ['/etc/samba'],
} as const;
export type Policy = keyof typeof grants;

/** The file that names this login in the configuration of one of `policies`; undefined where none does. Comments do not count. */
export function fileNaming(
  root: string,
  login: string,
  policies: readonly Policy[] = Object.keys(grants) as Policy[],
): string | undefined {
  return fileWith(root, policies, new RegExp(`(?<![\\w.-])${login}(?![\\w.-])`));
}

/** The file by which doas or polkit serves everybody in the group that all of Gatehouse's users are in. */
export function fileServingUsers(root: string): string | undefined {
  return fileWith(root, ['doas', 'polkit'], /(?:["':])users(?![\w.-])/);
}

/** The line of sudoers that serves a uid by number, or the group users. */
export function sudoersServingNew(root: string, uid: number): string | undefined {
  return fileWith(root, ['sudo'], new RegExp(`#${uid}(?!\\d)|%(?:users|#100)(?![\\w.-])`), /^\s*#(?![0-9i])/);
}

function fileWith(
  root: string,
  policies: readonly Policy[],
  wanted: RegExp,
  comment = /^\s*(?:#(?!include)|;|\/\/)/,
): string | undefined {
  return policies
    .flatMap(policy => grants[policy])
    .flatMap(path => filesBelow(root, path))
    .find(path =>
      readFileSync(root + path, 'utf8')
        .split('\n')
        .some(line => !comment.test(line) && wanted.test(line)),
    );
}

function filesBelow(root: string, path: string): string[] {
  const found = lstatSync(root + path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return readdirSync(root + path).flatMap(name => filesBelow(root, join(path, name)));
  return found?.isFile() || (found?.isSymbolicLink() && isReadable(root + path)) ? [path] : [];
}

/** A link in a configuration folder counts for what it leads to; one that leads nowhere names nobody. */
function isReadable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
