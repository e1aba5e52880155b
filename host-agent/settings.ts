// The one file of the agent that reads the environment (contract §1). A wrong value stops the start with one sentence.
import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';

export interface Settings {
  mode: 'real' | 'dummy';
  socket: string;
  /** Group that may reach the socket and read the audit log; undefined leaves what the process has. */
  gid: number | undefined;
  peerUids: ReadonlySet<number>;
  audit: string;
  ruleFolders: readonly string[];
  state: string;
  shares: string;
  apps: string;
  notify: string | undefined;
}

export class SettingError extends Error {}

const known = new Set(
  [
    ...['MODE', 'SOCKET', 'PEER_UIDS', 'AUDIT', 'RULES', 'STATE', 'SHARES', 'APPS', 'NOTIFY'],
    ...['PORT', 'HOST', 'DATABASE', 'SECRET_FILE', 'ORIGIN', 'TRUSTED_PROXIES', 'SETUP_TOKEN'],
  ].map(name => `GATEHOUSE_${name}`),
);

/** Reads and checks every setting. Throws SettingError. */
export function readSettings(env: NodeJS.ProcessEnv = process.env, uid = process.getuid?.() ?? -1): Settings {
  const unknown = Object.keys(env).find(name => name.startsWith('GATEHOUSE_') && !known.has(name));
  if (unknown !== undefined)
    throw new SettingError(
      `${unknown} is not a setting of Gatehouse; docs/ARCHITECTURE.md lists them all, such as GATEHOUSE_MODE=dummy.`,
    );
  const mode = env.GATEHOUSE_MODE ?? 'dummy';
  if (mode !== 'dummy' && mode !== 'real') throw wrong('GATEHOUSE_MODE', mode, 'must be dummy or real', 'dummy');
  const real = mode === 'real';
  if (real && uid !== 0)
    throw new SettingError(
      `GATEHOUSE_MODE=real needs uid 0, and this process has uid ${uid}; an example that needs nothing is GATEHOUSE_MODE=dummy.`,
    );
  const isPath = (value: string) => value !== '' && !value.includes('\0') && (!real || isAbsolute(value));
  const path = (name: string, atReal: string, atDummy = atReal) => {
    const value = env[name] ?? (real ? atReal : atDummy);
    if (!isPath(value)) throw wrong(name, value, 'must be an absolute path', atReal);
    return resolve(value);
  };
  const gatehouse = real ? accountOf('gatehouse') : undefined;
  return {
    mode,
    socket: path('GATEHOUSE_SOCKET', '/run/gatehouse/agent.sock', '.gatehouse/run/agent.sock'),
    gid: gatehouse?.gid,
    peerUids: peerUids(env.GATEHOUSE_PEER_UIDS, real ? gatehouse?.uid : uid),
    audit: path('GATEHOUSE_AUDIT', '/var/log/gatehouse/audit.jsonl', '.gatehouse/audit.jsonl'),
    ruleFolders: ruleFolders(env.GATEHOUSE_RULES, real, isPath),
    state: path('GATEHOUSE_STATE', '/var/lib/gatehouse', '.gatehouse/state'),
    shares: path('GATEHOUSE_SHARES', '/srv/shares'),
    apps: path('GATEHOUSE_APPS', '/srv/apps'),
    notify: notify(env.GATEHOUSE_NOTIFY),
  };
}

function peerUids(value: string | undefined, otherwise: number | undefined): ReadonlySet<number> {
  if (value === undefined && otherwise === undefined)
    throw new SettingError(
      'GATEHOUSE_PEER_UIDS is not set and this host has no user gatehouse; make it (docs/install-by-hand.md) or set an example such as GATEHOUSE_PEER_UIDS=990.',
    );
  const uids = (value ?? String(otherwise)).split(',');
  if (!uids.every(uid => /^(0|[1-9][0-9]{0,9})$/.test(uid)))
    throw wrong('GATEHOUSE_PEER_UIDS', value, 'must be uids with commas between', '990,991');
  return new Set(uids.map(Number));
}

function ruleFolders(value: string | undefined, real: boolean, isPath: (folder: string) => boolean): string[] {
  const shipped = resolve(import.meta.dirname, '../allowlist/rules');
  const folders = value?.split(':') ?? [shipped, ...(real ? ['/etc/gatehouse/rules.d'] : [])];
  if (!folders.every(isPath))
    throw wrong('GATEHOUSE_RULES', value, 'must be folders with ":" between', `${shipped}:/etc/gatehouse/rules.d`);
  return folders.map(folder => resolve(folder));
}

function notify(value: string | undefined): string | undefined {
  if (value !== undefined && !isAbsolute(value))
    throw wrong('GATEHOUSE_NOTIFY', value, 'must be the absolute path of a program', '/usr/local/sbin/tell-me');
  return value;
}

function accountOf(login: string): { uid: number; gid: number } | undefined {
  const [, uid, gid] =
    new RegExp(`^${login}:[^:]*:(\\d+):(\\d+):`, 'm').exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

export function wrong(name: string, value: string | undefined, rule: string, example: string): SettingError {
  return new SettingError(`${name}=${JSON.stringify(value ?? '')} ${rule}; an example is ${name}=${example}.`);
}
