// Stops the agent before each of its steps in turn, as a crash would, and sees what the next request finds.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Answer } from '../run.ts';
import type { FilesDeps } from './deps.ts';
import { keyFolders } from './key-files.ts';
import { empty, trash, trashed, untrash } from './trash.ts';
import { listGenerations, runWrite, type WriteTarget } from './write.ts';

class Crash extends Error {}
const ok: Answer = { code: 0, signal: null, stdout: '', stderr: '' };

let folder: string;
let deps: FilesDeps;
let accounts: Map<string, number>;
/** What the service that `then` reloads has read. */
let loaded: string | undefined;
let fail: boolean;
/** Called before each step. */
let step: () => void;

const at = (path: string) => join(folder, 'host', path);
const contentOf = (path: string) => (fs.existsSync(at(path)) ? fs.readFileSync(at(path), 'utf8') : undefined);

beforeEach(() => {
  step = () => {};
  const steps = [
    'renameSync',
    'mkdirSync',
    'unlinkSync',
    'rmdirSync',
    'rmSync',
    'linkSync',
    'fsyncSync',
    'fchmodSync',
  ] as const;
  for (const name of steps) {
    const real = fs[name] as (...args: unknown[]) => unknown;
    vi.spyOn(fs, name).mockImplementation(((...args: unknown[]) => {
      step();
      return real(...args);
    }) as never);
  }
  for (const name of ['rename', 'unlink', 'rmdir'] as const) {
    const real = fs.promises[name] as (...args: unknown[]) => Promise<void>;
    vi.spyOn(fs.promises, name).mockImplementation((async (...args: unknown[]) => {
      step();
      await real(...args);
    }) as never);
  }
  const write = fs.writeFileSync;
  vi.spyOn(fs, 'writeFileSync').mockImplementation((file, data) => {
    // Half of it is written when the crash comes.
    const bytes = data as Buffer;
    write(file, bytes.subarray(0, bytes.length >> 1));
    step();
    write(file, bytes.subarray(bytes.length >> 1));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

function fresh(): void {
  folder = fs.mkdtempSync(join(tmpdir(), 'gatehouse-crash-'));
  for (const folder of keyFolders) fs.mkdirSync(at(folder), { recursive: true });
  fs.mkdirSync(at('/home/jo'), { recursive: true });
  for (const letter of ['a', 'b', 'c']) fs.writeFileSync(at(`/home/jo/${letter}`), Buffer.from('dear'));
  accounts = new Map([['jo', 1001]]);
  loaded = undefined;
  fail = false;
  deps = {
    host: { mode: 'dummy', root: join(folder, 'host'), start: () => expect.fail('nothing starts processes here') },
    stateDir: join(folder, 'state'),
    now: () => new Date(),
    run: async argv => {
      step();
      const key = argv.at(-1) as string;
      if (argv[0] === '/bin/reload') {
        loaded = contentOf(target.path);
        return fail ? { ...ok, code: 1 } : ok;
      }
      if (argv[0] === '/usr/sbin/useradd') accounts.set(key, 1001);
      if (argv[0] === '/usr/sbin/userdel') accounts.delete(key);
      if (argv[0] !== '/usr/bin/getent') return ok;
      const uid = key === '1001' ? accounts.get('jo') : accounts.get(key);
      return uid === undefined ? { ...ok, code: 2 } : { ...ok, stdout: `jo:x:${uid}:100::/home/jo:/bin/sh\n` };
    },
  };
}

/** Runs `act` once for each of its steps, stopping before it; nothing more happens then, no tidying up either. */
async function crashAtEachStep(
  prepare: () => Promise<unknown>,
  act: () => Promise<unknown>,
  look: () => Promise<void>,
): Promise<number> {
  for (let crashAt = 1; ; crashAt++) {
    step = () => {};
    fresh();
    await prepare();
    let taken = 0;
    step = () => {
      if (++taken >= crashAt) throw new Crash();
    };
    const error = await act().then(
      () => undefined,
      thrown => thrown,
    );
    step = () => {};
    if (!error) return crashAt - 1;
    expect(isCrash(error)).toBe(true);
    await look();
  }
}

/** Perhaps while tidying up after something else. */
function isCrash(error: unknown): boolean {
  return error instanceof Crash || (error instanceof SuppressedError && isCrash(error.error));
}

const target: WriteTarget = {
  path: '/etc/gatehouse/keys/jo',
  mode: 0o644,
  secret: false,
  check: ['/bin/check', '<staged>'],
  then: ['/bin/reload'],
};

it.each([
  ['over another generation', 'one\n', false],
  ['where there was none', undefined, false],
  ['that is put back', 'one\n', true],
  ['that is removed again', undefined, true],
])('a write %s leaves the old content or the new, and the next one works', async (_, before, failing) => {
  let parity = false;
  const steps = await crashAtEachStep(
    async () => {
      if (before !== undefined) await runWrite(deps, target, before);
      fail = failing;
    },
    () => runWrite(deps, target, 'the second\n'),
    async () => {
      fail = false;
      expect([before, 'the second\n']).toContain(contentOf(target.path));
      parity = !parity;
      const next = parity ? 'the second\n' : 'third\n';
      expect(await runWrite(deps, target, next)).toMatchObject({ generation: expect.any(Number) });
      expect(contentOf(target.path)).toBe(next);
      expect(loaded).toBe(next);
      expect(fs.readdirSync(at('/etc/gatehouse/keys/.gatehouse-staged'))).toEqual([]);
      const listed = listGenerations(deps, target);
      const numbers = 'generations' in listed ? listed.generations.map(({ generation }) => generation) : [];
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    },
  );
  expect(steps).toBeGreaterThan(15);
});

const jo = { login: 'jo', uid: 1001, fullName: 'Jo', shell: '/usr/sbin/nologin', home: '/home/jo' };
const wholeHome = (path: string) => fs.existsSync(at(path)) && fs.readdirSync(at(path)).sort().join() === 'a,b,c';

const ownKeys = '/etc/gatehouse/own-keys/jo';
const allKeys = () => [contentOf(target.path), contentOf(ownKeys)];

async function prepared(): Promise<void> {
  await runWrite(deps, target, 'key\n');
  await runWrite(deps, { ...target, path: ownKeys }, 'own key\n');
}

it('a move to the trash is completed when repeated, or taken back, and nothing is lost', async () => {
  let undo = false;
  const steps = await crashAtEachStep(
    prepared,
    () => trash(deps, jo),
    async () => {
      expect([wholeHome('/home/jo'), wholeHome('/home/.gatehouse-trash/jo')].filter(Boolean)).toHaveLength(1);
      undo = !undo;
      if (undo && trashed(deps).length > 0) {
        expect(await untrash(deps, 'jo')).toMatchObject({ made: false });
        expect([wholeHome('/home/jo'), ...allKeys()]).toEqual([true, 'key\n', 'own key\n']);
      }
      expect(await trash(deps, jo)).toMatchObject({ home: true });
      expect(wholeHome('/home/.gatehouse-trash/jo')).toBe(true);
      accounts.clear();
      expect(await untrash(deps, 'jo')).toMatchObject({ home: true });
      expect([wholeHome('/home/jo'), ...allKeys()]).toEqual([true, 'key\n', 'own key\n']);
    },
  );
  expect(steps).toBeGreaterThan(10);
});

it('putting back is completed when repeated, and nothing is lost', async () => {
  const steps = await crashAtEachStep(
    async () => {
      await prepared();
      await trash(deps, jo);
      accounts.clear();
    },
    () => untrash(deps, 'jo'),
    async () => {
      if (trashed(deps).length > 0) expect(await untrash(deps, 'jo')).toMatchObject({ home: true });
      expect([wholeHome('/home/jo'), ...allKeys(), accounts.get('jo')]).toEqual([true, 'key\n', 'own key\n', 1001]);
      expect(trashed(deps)).toEqual([]);
      expect(await runWrite(deps, target, 'next\n')).toMatchObject({ generation: 2 });
    },
  );
  expect(steps).toBeGreaterThan(8);
});

it('emptying is completed when repeated', async () => {
  const steps = await crashAtEachStep(
    async () => {
      await prepared();
      await trash(deps, jo);
      accounts.clear();
    },
    () => empty(deps, 'jo', () => {}),
    async () => {
      if (trashed(deps).length > 0) expect(await empty(deps, 'jo', () => {})).toMatchObject({ login: 'jo' });
      for (const path of ['/home', ...keyFolders]) expect(fs.readdirSync(at(`${path}/.gatehouse-trash`))).toEqual([]);
      expect(trashed(deps)).toEqual([]);
    },
  );
  expect(steps).toBeGreaterThan(14);
});
