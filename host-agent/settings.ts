// The one file of the agent that reads the environment (contract §1). A wrong value stops the start with one sentence.
import { lstatSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';

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
  const path = (name: string, kind: Kind, atReal: string, atDummy = atReal) => {
    const value = env[name] ?? (real ? atReal : atDummy);
    const fault = (rule: string) => wrong(name, value, rule, atReal);
    if (!isPath(value)) throw fault('must be an absolute path');
    return placed(resolve(value), kind, fault);
  };
  const gatehouse = real ? accountOf('gatehouse') : undefined;
  return {
    mode,
    socket: path(
      'GATEHOUSE_SOCKET',
      'a socket in a folder of its own',
      '/run/gatehouse/agent.sock',
      '.gatehouse/run/agent.sock',
    ),
    gid: gatehouse?.gid,
    peerUids: peerUids(env.GATEHOUSE_PEER_UIDS, real ? gatehouse?.uid : uid),
    audit: path('GATEHOUSE_AUDIT', 'a regular file', '/var/log/gatehouse/audit.jsonl', '.gatehouse/audit.jsonl'),
    ruleFolders: ruleFolders(env.GATEHOUSE_RULES, real, isPath),
    state: path('GATEHOUSE_STATE', 'a folder below /', '/var/lib/gatehouse', '.gatehouse/state'),
    shares: path('GATEHOUSE_SHARES', 'a folder below /', '/srv/shares'),
    apps: path('GATEHOUSE_APPS', 'a folder below /', '/srv/apps'),
    notify: notify(env.GATEHOUSE_NOTIFY),
  };
}

function peerUids(value: string | undefined, otherwise: number | undefined): ReadonlySet<number> {
  if (value === undefined && otherwise === undefined)
    throw new SettingError(
      'GATEHOUSE_PEER_UIDS is not set and this host has no user gatehouse; make it (docs/install-by-hand.md) or set an example such as GATEHOUSE_PEER_UIDS=990.',
    );
  const uids = (value ?? String(otherwise)).split(',');
  // The last number of 32 bits is the kernel's "no uid".
  if (!uids.every(uid => /^(0|[1-9][0-9]{0,9})$/.test(uid) && Number(uid) < 2 ** 32 - 1))
    throw wrong('GATEHOUSE_PEER_UIDS', value, 'must be uids with commas between', '990,991');
  return new Set(uids.map(Number));
}

function ruleFolders(value: string | undefined, real: boolean, isPath: (folder: string) => boolean): string[] {
  const shipped = resolve(import.meta.dirname, '../allowlist/rules');
  const folders = value?.split(':') ?? [shipped, ...(real ? ['/etc/gatehouse/rules.d'] : [])];
  const fault = (rule: string) =>
    wrong('GATEHOUSE_RULES', folders.join(':'), rule, `${shipped}:/etc/gatehouse/rules.d`);
  if (!folders.every(isPath)) throw fault('must be folders with ":" between');
  // Only the owner's folder of a host where nobody set this may be missing.
  return folders.map((folder, layer) =>
    placed(resolve(folder), value === undefined && layer > 0 ? 'a folder below /' : 'a folder that is there', rule =>
      fault(`must be folders with ":" between, and ${folder} ${rule}`),
    ),
  );
}

function notify(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const fault = (rule: string) => wrong('GATEHOUSE_NOTIFY', value, rule, '/usr/local/sbin/tell-me');
  if (!isAbsolute(value)) throw fault('must be the absolute path of a program');
  return placed(value, 'a program that can be run', fault);
}

/** What may stand at a path already; all but the last two may be made there. */
const kinds = {
  'a socket in a folder of its own': (found, path) => dirname(path) !== '/' && found?.isSocket() !== false,
  'a regular file': found => found?.isFile() !== false,
  'a folder below /': (found, path) => path !== '/' && found?.isDirectory() !== false,
  'a folder that is there': found => found?.isDirectory() === true,
  'a program that can be run': found => found?.isFile() === true && (found.mode & 0o111) !== 0,
} satisfies Record<string, (found: Stats | undefined, path: string) => boolean>;
type Kind = keyof typeof kinds;

/** The path, where it leads to something of this kind, or may be made below folders. Throws `fault` of what is wrong with it. */
function placed(path: string, kind: Kind, fault: (rule: string) => SettingError): string {
  const absent = { throwIfNoEntry: false };
  try {
    const found = statSync(path, absent);
    if (!kinds[kind](found, path)) throw fault(`is not ${kind}`);
    let above = dirname(path);
    while (!statSync(above, absent)) above = dirname(above);
    if (!statSync(above).isDirectory()) throw fault(`must lie in folders, and ${above} is none`);
    if (!found && lstatSync(path, absent)) throw fault('is a link to nothing');
    return path;
  } catch (error) {
    throw error instanceof SettingError
      ? error
      : fault(`cannot be looked at (${(error as NodeJS.ErrnoException).code})`);
  }
}

function accountOf(login: string): { uid: number; gid: number } | undefined {
  const [, uid, gid] =
    new RegExp(`^${login}:[^:]*:(\\d+):(\\d+):`, 'm').exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

export function wrong(name: string, value: string | undefined, rule: string, example: string): SettingError {
  return new SettingError(`${name}=${JSON.stringify(value ?? '')} ${rule}; an example is ${name}=${example}.`);
}
