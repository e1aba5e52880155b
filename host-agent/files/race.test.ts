// Somebody swaps what lies at a path, as fast as he can, while the agent writes there.
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Refused } from '../../allowlist/refused.ts';
import type { FilesDeps } from './deps.ts';
import { runWrite, type WriteTarget } from './write.ts';

const target: WriteTarget = { path: '/etc/keys/jo', mode: 0o644, secret: false };
let folder: string;
let deps: FilesDeps;
let swapper: ChildProcess;

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'gatehouse-race-'));
  fs.mkdirSync(join(folder, 'host/etc/keys'), { recursive: true });
  fs.mkdirSync(join(folder, 'outside'), { mode: 0o700 });
  fs.writeFileSync(join(folder, 'outside/jo'), 'outside\n');
  deps = {
    host: { mode: 'dummy', root: join(folder, 'host'), start: () => expect.fail('nothing starts processes here') },
    stateDir: join(folder, 'state'),
    now: () => new Date(),
    run: async () => ({ code: 0, signal: null, stdout: '', stderr: '' }),
  };
});
afterEach(() => {
  swapper.kill('SIGKILL');
});

/** Exchanges `path` and `path.link`, a link to `to`, until the test ends. */
async function swap(path: string, to: string): Promise<void> {
  fs.symlinkSync(to, `${path}.link`);
  const loop = `const { renameSync } = require('node:fs');
    const [path] = process.argv.slice(1);
    const move = (from, to) => { try { renameSync(from, to); } catch {} };
    console.log('swapping');
    for (;;) {
      move(path, path + '.real'), move(path + '.link', path);
      move(path, path + '.link'), move(path + '.real', path);
    }`;
  swapper = spawn(process.execPath, ['-e', loop, path]);
  await new Promise(resolve => swapper.stdout?.once('data', resolve));
}

it.each([
  ['the folder', 'host/etc/keys', 'outside'],
  ['a folder on the way', 'host/etc', 'outside'],
  ['the file', 'host/etc/keys/jo', 'outside/jo'],
])(
  'writes nothing outside while %s is swapped for a link',
  async (_, path, to) => {
    await runWrite(deps, target, 'first\n');
    fs.mkdirSync(join(folder, 'outside/keys'));
    await swap(join(folder, path), join(folder, to));
    const answers = { refused: 0, written: 0 };
    for (let n = 0; n < 400 || (n < 4000 && (answers.refused === 0 || answers.written === 0)); n++) {
      const answer = await runWrite(deps, { ...target, takeOver: true }, `${n}\n`);
      answers[answer instanceof Refused ? 'refused' : 'written']++;
    }
    // Both happened, so the swaps met the writes.
    expect(answers.refused).toBeGreaterThan(0);
    expect(answers.written).toBeGreaterThan(0);
    expect(fs.readdirSync(join(folder, 'outside')).sort()).toEqual(['jo', 'keys']);
    expect(fs.readdirSync(join(folder, 'outside/keys'))).toEqual([]);
    expect(fs.readFileSync(join(folder, 'outside/jo'), 'utf8')).toBe('outside\n');
  },
  180_000,
);
