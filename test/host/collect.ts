// Runs ON a test host, by its Node, from stdin: prints the state of the host as JSON. Imports nothing but Node.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';

type Section = Record<string, string>;

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const lines = (text: string): string[] => text.split('\n').filter(line => line !== '');
const names = { user: idNames('/etc/passwd'), group: idNames('/etc/group') };

const state: Record<string, Section> = {
  accounts: byName('/etc/passwd'),
  groups: byName('/etc/group'),
  shadow: secretByName('/etc/shadow'),
  gshadow: secretByName('/etc/gshadow'),
  subuid: byName('/etc/subuid'),
  subgid: byName('/etc/subgid'),
  samba: samba(),
  files: Object.assign(
    {},
    ...['/etc', '/usr/local', '/root', '/home', '/srv', '/var/mail'].map(top => tree(top, true)),
  ),
  crontabs: tree('/var/spool/cron', true),
  // What the agent writes while it serves is listed without its content.
  gatehouse: { ...tree('/var/lib/gatehouse', false), ...tree('/run/gatehouse', false) },
  unitFiles: unitFiles(),
  units: units(),
  sockets: sockets(),
  containers: containers(),
  setuid: setuid(),
  mounts: mounts(),
};
process.stdout.write(JSON.stringify(state));

/** Stdout of a program, whatever its exit code; what it says on stderr where it cannot be started or fails. */
function output(program: string, ...args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (problem) {
    const { stdout, stderr, message } = problem as Error & { stdout?: string; stderr?: string };
    return stdout || `failed ${lines(stderr || message)[0] ?? ''}\n`;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw problem;
  }
}

/** Keys that come twice keep both values, in order. */
function section(entries: Iterable<readonly [string, string]>): Section {
  const found: Section = {};
  for (const [key, value] of entries) found[key] = key in found ? `${found[key]}\n${value}` : value;
  return found;
}

function idNames(path: string): Map<string, string> {
  return new Map(lines(read(path)).map(line => [line.split(':')[2] ?? '', line.split(':')[0] ?? '']));
}

function byName(path: string): Section {
  return section(lines(read(path)).map(line => [line.split(':', 1)[0] ?? '', line]));
}

/** Password fields as the kind of thing they are and a hash: enough to see a change, nothing to crack. */
function secretByName(path: string): Section {
  const entries = lines(read(path)).map(line => {
    const [name = '', password = '', ...rest] = line.split(':');
    const kind = password === '' ? 'EMPTY' : /^[!*]/.test(password) ? 'locked' : 'set';
    return [name, `${kind} ${sha256(password).slice(0, 16)} ${rest.join(':')}`] as const;
  });
  return section(entries);
}

function samba(): Section {
  const entries = lines(output('pdbedit', '-d0', '-L', '-w')).map(line => {
    const [name = '', uid, , hash = '', flags] = line.split(':');
    return [name, `${uid} ${flags} ${sha256(hash).slice(0, 16)}`] as const;
  });
  return section(entries);
}

function tree(path: string, withContent: boolean): Section {
  let at: Stats;
  try {
    at = lstatSync(path);
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw problem;
  }
  const found: Section = { [path]: describe(path, at, withContent) };
  if (at.isDirectory())
    for (const name of readdirSync(path).sort()) Object.assign(found, tree(`${path}/${name}`, withContent));
  return found;
}

function describe(path: string, at: Stats, withContent: boolean): string {
  const kinds = {
    d: at.isDirectory(),
    l: at.isSymbolicLink(),
    p: at.isFIFO(),
    s: at.isSocket(),
    b: at.isBlockDevice(),
  };
  const kind = at.isFile() ? '-' : (Object.entries(kinds).find(([, is]) => is)?.[0] ?? 'c');
  const owner = `${names.user.get(`${at.uid}`) ?? at.uid}:${names.group.get(`${at.gid}`) ?? at.gid}`;
  const text = `${kind} ${(at.mode & 0o7777).toString(8).padStart(4, '0')} ${owner}`;
  if (kind === 'l') return `${text} -> ${readlinkSync(path)}`;
  if (kind !== '-' || !withContent) return text;
  return `${text} ${at.nlink > 1 ? `links ${at.nlink} ` : ''}${at.size} bytes ${sha256(readFileSync(path)).slice(0, 16)}`;
}

function unitFiles(): Section {
  const list = output('systemctl', 'list-unit-files', '--no-legend', '--no-pager', '--plain', '--full');
  return section(
    lines(list)
      .map(line => line.split(/\s+/))
      .map(([unit = '', enabled = '']) => [unit, enabled]),
  );
}

/** Units that are not at rest, less scopes (sessions, runs of a container) and what a timer starts for a moment. */
function units(): Section {
  const timed = new Set(lines(output('systemctl', 'show', '*.timer', '--property=Unit', '--value', '--all')));
  const list = output('systemctl', 'list-units', '--all', '--no-legend', '--no-pager', '--plain', '--full');
  const entries = lines(list)
    .map(line => line.trim().split(/\s+/))
    .filter(([unit = '', , active]) => !unit.endsWith('.scope') && active !== 'inactive' && !timed.has(unit))
    .map(([unit = '', load, active, sub]) => [unit, `${load} ${active} ${sub}`] as const);
  return section(entries);
}

/** Listening sockets that have an address, and the names of the programs behind them. */
function sockets(): Section {
  const network = lines(output('ss', '-H', '-lntup')).map(line => {
    const [kind = '', , , , address = ''] = line.trim().split(/\s+/);
    return [`${kind} ${address}`, programs(line)] as const;
  });
  const local = lines(output('ss', '-H', '-lxp')).map(line => {
    const [kind = '', , , , path = ''] = line.trim().split(/\s+/);
    return [`${kind} ${path}`, programs(line)] as const;
  });
  // Unnamed ones, names the kernel gave, and what Samba opens for each client and by process id come and go by themselves.
  const transient = / (\*|@[0-9a-f]{5}|\/run\/samba\/(msg\.sock|ncalrpc)\/.*)$/;
  return section([...network, ...local].filter(([key]) => !transient.test(key)).sort());
}

function programs(line: string): string {
  return [...new Set(line.match(/(?<=[(,]\(?")[^"]+(?=",pid=)/g) ?? [])].sort().join(' ');
}

function containers(): Section {
  const all = lines(
    output('docker', 'ps', '--all', '--no-trunc', '--format', '{{.Names}}\t{{.State}} {{.Image}} {{.ID}}'),
  );
  const volumes = lines(output('docker', 'volume', 'ls', '--format', '{{.Name}}\tvolume {{.Driver}}'));
  const networks = lines(output('docker', 'network', 'ls', '--format', '{{.Name}}\tnetwork {{.Driver}} {{.ID}}'));
  const images = lines(output('docker', 'images', '--no-trunc', '--format', '{{.Repository}}:{{.Tag}}\timage {{.ID}}'));
  const keyed = [...all, ...volumes, ...networks, ...images].map(line => line.split('\t'));
  return section(keyed.map(([name = '', what = '']) => [name, what] as const));
}

/** Files of the root file system that run as their owner, as their group or with capabilities. */
function setuid(): Section {
  const found = lines(output('find', '/', '-xdev', '-type', 'f', '-perm', '/6000', '-printf', '%p\t%m %u:%g\n'));
  const capable = lines(output('sh', '-c', 'find / -xdev -type f -executable -print0 | xargs -0 getcap')).map(line => {
    const at = line.lastIndexOf(' ');
    return `${line.slice(0, at)}\t${line.slice(at + 1)}`;
  });
  return section([...found, ...capable].map(line => line.split('\t') as [string, string]).sort());
}

function mounts(): Section {
  const entries = lines(read('/proc/1/mountinfo')).map(line => {
    const [, , , root, at = '', options, ...rest] = line.split(' ');
    const [kind, source, more] = rest.slice(rest.indexOf('-') + 1);
    return [at, `${kind} ${source} ${root} ${options} ${more}`] as const;
  });
  return section(entries);
}
