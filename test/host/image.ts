// `node test/host/image.ts` builds what a test host starts from, once for each recipe; a second call only looks.
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boot, label, newName } from './boot.ts';
import { readyEngine, readyToBuild } from './engine.ts';
import { debian, tools } from './ingredients.ts';
import { withLock } from './lock.ts';
import { removeAtExit, removeHost, sweep } from './remove.ts';
import { docker, dockerArgv, dockerRun, pipe } from './run.ts';

const here = import.meta.dirname;
const project = join(here, '../..');
const recipes = join(here, 'image');
/** Recipe → the name it has in the inner Docker. Outside it goes by another one, so as never to pass for the real image. */
const standIns = { node: 'node:24-bookworm-slim', mariadb: 'mariadb:10.11' };

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
  const files = [
    ...(await readdir(recipes)).sort().map(name => join(recipes, name)),
    ...['image.ts', 'ingredients.ts'].map(name => join(here, name)),
  ];
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
    for (const [name, of] of Object.entries(standIns)) {
      say(`stand-in for ${of}`);
      await from(base, context, name, outside(name));
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

const outside = (recipe: string): string => `gatehouse-test-stand-in:${recipe}`;

async function from(base: string, context: string, name: string, tag: string): Promise<void> {
  const proxies = ['http_proxy', 'https_proxy', 'no_proxy'].filter(name => process.env[name]);
  const settings = [`BASE=${base}`, ...proxies].flatMap(setting => ['--build-arg', setting]);
  await docker(
    'build',
    '--quiet',
    '--label',
    label,
    ...settings,
    '--file',
    join(context, `${name}.Dockerfile`),
    '--tag',
    tag,
    context,
  );
}

/** Lets a host load the stand-ins into its own engine, once; every later host begins with a copy of that volume. */
async function seedVolume(image: string, seed: string, archive: string): Promise<void> {
  await docker('save', '--output', archive, ...Object.keys(standIns).map(outside));
  await sweep();
  await docker('volume', 'rm', '--force', seed);
  await docker('volume', 'create', seed);
  const name = newName();
  removeAtExit(name);
  try {
    await boot(image, name, seed, process.pid);
    await pipe(['cat', archive], dockerArgv('exec', '-i', name, 'docker', 'load'));
    for (const [recipe, tag] of Object.entries(standIns)) {
      await docker('exec', name, 'docker', 'tag', outside(recipe), tag);
      await docker('exec', name, 'docker', 'rmi', outside(recipe));
    }
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
  await dockerRun(['image', 'prune', '--force', '--filter', `label=${label}`]);
}

if (import.meta.main) console.log((await hostImage()).image);
