// `node test/host/image.ts` builds what a test host starts from, once for each recipe; a second call only looks.
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boot, newName } from './boot.ts';
import { readyEngine, readyToBuild } from './engine.ts';
import { withLock } from './lock.ts';
import { removeAtExit, removeHost, sweep } from './remove.ts';
import { docker, dockerArgv, dockerRun, must, pipe } from './run.ts';

const here = import.meta.dirname;
const project = join(here, '../..');
const recipes = join(here, 'image');
/** What npm needs of this project to fill its cache, so that it works in a host without a network. */
const manifests = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  'allowlist/package.json',
  'host-agent/package.json',
  'web/package.json',
];
const suite = 'bookworm';
const standIns = { node: 'node:24-bookworm-slim', mariadb: 'mariadb:10.11' } as const;

export interface HostImage {
  image: string;
  /** A volume: the store of an inner Docker that holds the stand-in images. */
  seed: string;
}

/** The image of the recipe as it stands now, built where it is missing. */
export async function hostImage(): Promise<HostImage> {
  await readyEngine();
  const key = await recipeKey();
  const built = { image: `gatehouse-test-host:${key}`, seed: `gatehouse-test-seed-${key}` };
  if (await isBuilt(built)) return built;
  await withLock('gatehouse-test-host.lock', async () => {
    if (!(await isBuilt(built))) await build(built);
  });
  return built;
}

async function recipeKey(): Promise<string> {
  const hash = createHash('sha256').update(process.arch);
  const files = [...(await readdir(recipes)).sort().map(name => join(recipes, name)), join(here, 'image.ts')];
  for (const file of [...files, join(project, 'package-lock.json')]) {
    hash.update(await readFile(file)).update('\0');
  }
  return hash.digest('hex').slice(0, 12);
}

/** The image gets its name last, so where it is, all of it is. */
async function isBuilt({ image, seed }: HostImage): Promise<boolean> {
  const [found, volume] = await Promise.all([
    dockerRun(['image', 'inspect', image]),
    dockerRun(['volume', 'inspect', seed]),
  ]);
  return found.code === 0 && volume.code === 0;
}

async function build({ image, seed }: HostImage): Promise<void> {
  await readyToBuild();
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-image-'));
  const context = join(folder, 'context');
  const say = (what: string) => console.error(`test host: ${what}`);
  try {
    say('Debian');
    const base = await debian(folder);
    say('Node, npm and the packages of the lock');
    await cp(recipes, context, { recursive: true });
    await tools(folder, join(context, 'tools'));
    for (const [name, tag] of Object.entries(standIns)) {
      say(`stand-in for ${tag}`);
      await from(base, context, name, tag);
    }
    say('the host');
    const unseeded = `${image}-unseeded`;
    await from(base, context, 'host', unseeded);
    say('its inner Docker');
    await seedVolume(unseeded, seed, join(folder, 'stand-ins.tar'));
    await docker('tag', unseeded, image);
    await docker('rmi', unseeded);
    await forgetOlder(image, seed);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A minimal Debian by debootstrap, from the mirror and with the settings that this machine's own apt uses. */
async function debian(folder: string): Promise<string> {
  const targets = await must(['apt-get', 'indextargets', '--format', '$(RELEASE) $(SITE)', 'Created-By: Packages']);
  const mirror = targets
    .split('\n')
    .find(line => line.startsWith(`${suite} `))
    ?.split(' ')[1];
  const settings = (await must(['apt-config', 'dump']))
    .split('\n')
    .filter(line => /^Acquire::(https?|Check-\w+|Check-Valid-Until|Retries)\b/.test(line))
    .join('\n');
  const inputs = [suite, mirror ?? '', settings, process.arch].join('\n');
  const tag = `gatehouse-test-base:${createHash('sha256').update(inputs).digest('hex').slice(0, 12)}`;
  if ((await dockerRun(['image', 'inspect', tag])).code === 0) return tag;
  const root = join(folder, 'root');
  await must([
    'debootstrap',
    '--variant=minbase',
    '--include=ca-certificates',
    suite,
    root,
    ...(mirror ? [mirror] : []),
  ]);
  await writeFile(join(root, 'etc/apt/apt.conf.d/90-machine'), `${settings}\n`);
  await rm(join(root, 'etc/resolv.conf'), { force: true });
  const archive = join(folder, 'root.tar');
  await must(['tar', '-C', root, '-cf', archive, '.']);
  await docker('import', archive, tag);
  await rm(root, { recursive: true });
  await rm(archive);
  return tag;
}

/** Fills a folder with what goes to /usr/local: Node 24, npm, and npm's cache for this project's lock. */
async function tools(folder: string, to: string): Promise<void> {
  const fetched = join(folder, 'fetched');
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
  await mkdir(fetched);
  await must([
    'npm',
    'install',
    '--prefix',
    fetched,
    '--no-save',
    '--ignore-scripts',
    `node-linux-${arch}@24`,
    'npm@11',
  ]);
  for (const name of ['bin', 'lib/node_modules', 'etc', 'share']) await mkdir(join(to, name), { recursive: true });
  await cp(join(fetched, `node_modules/node-linux-${arch}/bin/node`), join(to, 'bin/node'));
  await cp(join(fetched, 'node_modules/npm'), join(to, 'lib/node_modules/npm'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  for (const name of ['npm', 'npx']) await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(to, 'bin', name));

  const copy = join(folder, 'project');
  for (const name of manifests) await cp(join(project, name), join(copy, name));
  const cache = join(to, 'share/npm-cache');
  await must(['npm', 'install', '--omit=dev', '--ignore-scripts', '--cache', cache], { cwd: copy });
  await must(['chmod', '-R', 'a+rwX', cache]);
  await writeFile(join(to, 'etc/npmrc'), await npmSettings(to));
}

/** npm inside uses the cache first, then the registry and the certificates that this machine uses. */
async function npmSettings(to: string): Promise<string> {
  const lines = ['cache=/usr/local/share/npm-cache', 'prefer-offline=true', 'update-notifier=false'];
  lines.push(`registry=${await must(['npm', 'config', 'get', 'registry'])}`);
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  if (certificates) {
    await cp(certificates, join(to, 'share/machine-certificates.crt'), { dereference: true });
    lines.push('cafile=/usr/local/share/machine-certificates.crt');
  }
  return `${lines.join('\n')}\n`;
}

async function from(base: string, context: string, name: string, tag: string): Promise<void> {
  const proxies = ['http_proxy', 'https_proxy', 'no_proxy'].filter(name => process.env[name]);
  const settings = [`BASE=${base}`, ...proxies].flatMap(setting => ['--build-arg', setting]);
  await docker('build', '--quiet', ...settings, '--file', join(context, `${name}.Dockerfile`), '--tag', tag, context);
}

/** Lets a host load the stand-ins into its own engine, once; every later host begins with a copy of that volume. */
async function seedVolume(image: string, seed: string, archive: string): Promise<void> {
  await docker('save', '--output', archive, ...Object.values(standIns));
  await sweep();
  await docker('volume', 'rm', '--force', seed);
  await docker('volume', 'create', seed);
  const name = newName();
  removeAtExit(name);
  try {
    await boot(image, name, seed, process.pid);
    await pipe(['cat', archive], dockerArgv('exec', '-i', name, 'docker', 'load'));
    await docker('exec', name, 'systemctl', 'stop', 'docker.socket', 'docker.service', 'containerd.service');
  } finally {
    await removeHost(name);
  }
}

/** Older recipes go, but for what a host still runs on. */
async function forgetOlder(image: string, seed: string): Promise<void> {
  const images = (await docker('images', '--format', '{{.Repository}}:{{.Tag}}', 'gatehouse-test-host')).split('\n');
  const seeds = (await docker('volume', 'ls', '--quiet', '--filter', 'name=gatehouse-test-seed-')).split('\n');
  for (const old of images.filter(name => name && name !== image)) await dockerRun(['rmi', old]);
  for (const old of seeds.filter(name => name && name !== seed)) await dockerRun(['volume', 'rm', old]);
}

if (import.meta.main) console.log((await hostImage()).image);
