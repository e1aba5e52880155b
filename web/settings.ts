// The one file that reads the environment (contract §1). A wrong value stops the start with one sentence.
import { isIP } from 'node:net';
import { Secret } from './secret.ts';

export interface Settings {
  /** Path of the agent's socket. */
  socket: string;
  host: string;
  port: number;
  /** `sqlite:PATH` or `mysql://user:password@host/db`. */
  database: Secret;
  secretFile: string;
  /** The address people use, without a path: https://nas.example. */
  origin: string;
  trustedProxies: string[];
  /** Where it was given; otherwise one is made at each start until set up. */
  setupToken: Secret | undefined;
}

/** A setting that cannot be used; the message names it, says what was wrong and shows an example. */
export class WrongSetting extends Error {}

/** Those of the agent are known here too, so that one environment may serve both. */
const known = [
  'MODE SOCKET PEER_UIDS AUDIT RULES STATE SHARES APPS NOTIFY',
  'PORT HOST DATABASE SECRET_FILE ORIGIN TRUSTED_PROXIES SETUP_TOKEN',
].flatMap(line => line.split(' ').map(name => `GATEHOUSE_${name}`));

export function readSettings(env: Readonly<Record<string, string | undefined>> = process.env): Settings {
  for (const name of Object.keys(env)) {
    if (name.startsWith('GATEHOUSE_') && !known.includes(name)) {
      const all = known.map(other => other.slice('GATEHOUSE_'.length)).join(', ');
      throw wrong(name, `is not a setting of Gatehouse, which knows ${all}`, 'GATEHOUSE_PORT=8080');
    }
  }
  const host = take(env, 'GATEHOUSE_HOST', '127.0.0.1', '127.0.0.1', isHost, 'is not an address or a host name');
  const port = Number(take(env, 'GATEHOUSE_PORT', '8080', '8080', isPort, 'is not a port number from 1 to 65535'));
  const fallback = `http://${['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${port}`;
  const proxies = take(
    env,
    'GATEHOUSE_TRUSTED_PROXIES',
    '',
    '127.0.0.1,::1',
    text => text === '' || list(text).every(address => isIP(address) !== 0),
    'is not a comma-separated list of exact addresses',
  );
  const token = take(
    env,
    'GATEHOUSE_SETUP_TOKEN',
    '',
    '$(openssl rand -hex 32)',
    text => text === '' || /^[!-~]{8,256}$/.test(text),
    'is not 8 to 256 visible ASCII characters',
    true,
  );
  return {
    socket: take(
      env,
      'GATEHOUSE_SOCKET',
      env.GATEHOUSE_MODE === 'real' ? '/run/gatehouse/agent.sock' : '.gatehouse/run/agent.sock',
      '/run/gatehouse/agent.sock',
      text => text !== '' && Buffer.byteLength(text) <= 107,
      'is not a path of 1 to 107 bytes, which is all a Unix socket can have',
    ),
    host,
    port,
    database: new Secret(
      take(
        env,
        'GATEHOUSE_DATABASE',
        'sqlite:.gatehouse/gatehouse.db',
        'sqlite:.gatehouse/gatehouse.db or mysql://user:password@host/db',
        isDatabase,
        'is neither sqlite:PATH nor mysql://user:password@host/db',
        true,
      ),
    ),
    secretFile: take(
      env,
      'GATEHOUSE_SECRET_FILE',
      '.gatehouse/secret',
      '/var/lib/gatehouse-web/secret',
      text => text !== '',
      'is empty',
    ),
    origin: new URL(
      take(
        env,
        'GATEHOUSE_ORIGIN',
        fallback,
        'https://nas.example',
        isOrigin,
        'is not an http or https address without a path',
      ),
    ).origin,
    trustedProxies: list(proxies),
    setupToken: token === '' ? undefined : new Secret(token),
  };
}

function take(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  fallback: string,
  example: string,
  valid: (text: string) => boolean,
  fault: string,
  secret = false,
): string {
  const text = env[name] ?? fallback;
  if (!valid(text)) throw wrong(name, secret ? fault : `"${text}" ${fault}`, `${name}=${example}`);
  return text;
}

function wrong(name: string, fault: string, example: string): WrongSetting {
  return new WrongSetting(`${name} ${fault}; for example: ${example}`);
}

const list = (text: string) => (text === '' ? [] : text.split(',').map(part => part.trim()));
const isPort = (text: string) => /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65535;
const isName = (text: string) => /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text);
/** What no link could hold is no name, such as 256.1.1.1. */
const isHost = (text: string) => isIP(text) !== 0 || (isName(text) && URL.canParse(`http://${text}`));

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return false;
  return url.username === '' && url.password === '' && `${url.pathname}${url.search}${url.hash}` === '/';
}

function isDatabase(text: string): boolean {
  if (text.startsWith('sqlite:')) return text.length > 'sqlite:'.length;
  const url = URL.parse(text);
  return url?.protocol === 'mysql:' && url.hostname !== '' && url.username !== '' && /^\/[^/]+$/.test(url.pathname);
}
