// What the images are made of, fetched by this machine's own clients: Debian by debootstrap, Node and npm by npm.
import { createHash } from 'node:crypto';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { docker, dockerRun, must } from './run.ts';

const project = join(import.meta.dirname, '../..');
const suite = 'bookworm';

/** What npm needs of this project to fill its cache, so that it works in a host without a network. */
const manifests = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  'allowlist/package.json',
  'host-agent/package.json',
  'web/package.json',
];
/** A minimal Debian by debootstrap, from the mirror and with the settings that this machine's own apt uses. */
export async function debian(folder: string): Promise<string> {
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
export async function tools(folder: string, to: string): Promise<void> {
  const fetched = join(folder, 'fetched');
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
  const cache = join(to, 'share/npm-cache');
  const quietly = ['--ignore-scripts', '--cache', cache];
  await mkdir(fetched);
  await must(['npm', 'install', '--prefix', fetched, '--no-save', ...quietly, `node-linux-${arch}@24`, 'npm@11']);
  for (const name of ['bin', 'lib/node_modules', 'etc', 'share']) await mkdir(join(to, name), { recursive: true });
  await cp(join(fetched, `node_modules/node-linux-${arch}/bin/node`), join(to, 'bin/node'));
  await cp(join(fetched, 'node_modules/npm'), join(to, 'lib/node_modules/npm'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  for (const name of ['npm', 'npx']) await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(to, 'bin', name));

  const copy = join(folder, 'project');
  for (const name of manifests) await cp(join(project, name), join(copy, name));
  await must(['npm', 'install', '--omit=dev', ...quietly], { cwd: copy });
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
