// Where the SSH keys of users lie, which sshd reads (systemd/sshd): those that an administrator set, and those that a member keeps.
export const keyFolders = ['/etc/gatehouse/keys', '/etc/gatehouse/own-keys'] as const;

export const ownKeysOf = (login: string): string => `${keyFolders[1]}/${login}`;

export function keyFilesOf(login: string): string[] {
  return keyFolders.map(folder => `${folder}/${login}`);
}
