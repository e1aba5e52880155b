// What stands on disk when the agent dies between any two steps: by stopping at each system call, and by kill -9.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openConfirmation } from './confirmation.ts';
import { createEnrolment, removeEnrolment, unlockEnrolment } from './enrol.ts';
import { readEnrolment } from './enrolment.ts';
import { totp } from './totp.ts';

class Crash extends Error {}

const power = vi.hoisted(() => ({
  /** System calls until the power fails; Infinity: it does not. */
  left: Infinity,
  calls: [] as string[],
  before: (_call: string) => {},
}));

vi.mock('node:fs', async original => {
  const real = await original<typeof import('node:fs')>();
  const step = (call: string) => {
    power.before(call);
    if (power.left-- <= 0) throw new Crash(call);
    power.calls.push(call);
  };
  const wrap = (name: 'openSync' | 'rmSync' | 'renameSync' | 'fsyncSync' | 'fchmodSync' | 'mkdirSync') => ({
    [name]: (...args: unknown[]) => {
      step(name);
      return (real[name] as (...args: unknown[]) => unknown)(...args);
    },
  });
  const failing = {
    ...real,
    ...wrap('openSync'),
    ...wrap('rmSync'),
    ...wrap('renameSync'),
    ...wrap('fsyncSync'),
    ...wrap('fchmodSync'),
    ...wrap('mkdirSync'),
    writeFileSync(file: number, bytes: Buffer) {
      step('write');
      real.writeFileSync(file, bytes.subarray(0, bytes.length >> 1));
      step('write');
      real.writeFileSync(file, bytes.subarray(bytes.length >> 1));
    },
  };
  return { ...failing, default: failing };
});

const secret = Buffer.from('12345678901234567890');
const first = 59_000_000;
const at = (step: number) => new Date((step * 30 + 10) * 1000);
const code = (step: number) => totp(secret, step);
const wrong = '12345';

let dir: string;
const open = () => openConfirmation({ mode: 'real', stateDir: dir });
const check = (given: string, step: number) => open().checkCode(given, at(step));

beforeEach(() => {
  dir = fs.mkdtempSync(join(tmpdir(), 'crash-'));
});
afterEach(() => {
  powerOn();
  fs.rmSync(dir, { recursive: true, force: true });
});

function powerOn() {
  power.left = Infinity;
  power.calls = [];
  power.before = () => {};
}

/** Runs `act` on a fresh folder, dying one system call later each time, until it lives; gives how often it died. */
function dieEverywhere(prepare: () => void, act: () => unknown, then: (answer: { said?: unknown }) => void): number {
  for (let deaths = 0; ; deaths++) {
    fs.rmSync(dir, { recursive: true, force: true });
    fs.mkdirSync(dir, { mode: 0o700 });
    prepare();
    powerOn();
    power.left = deaths;
    const answer: { said?: unknown } = {};
    try {
      answer.said = act();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
    powerOn();
    then(answer);
    if ('said' in answer) return deaths;
  }
}

describe('stopped at any system call', () => {
  it('a right code is never accepted twice', () => {
    const deaths = dieEverywhere(
      () => createEnrolment(dir, secret, first - 1),
      () => check(code(first), first),
      answer => {
        if ('said' in answer) expect(answer.said).toBe('right');
        const again = check(code(first), first);
        if ('said' in answer) expect(again).not.toBe('right');
        expect(check(code(first), first)).not.toBe('right');
        expect(check(code(first + 1), first + 1)).toBe('right');
      },
    );
    expect(deaths).toBeGreaterThan(8);
  });

  it('a wrong code that was answered stays counted, and no count gets lower', () => {
    const deaths = dieEverywhere(
      () => {
        createEnrolment(dir, secret, first - 1);
        for (let i = 0; i < 3; i++) check(wrong, first);
      },
      () => check(wrong, first),
      answer => {
        const counted = readEnrolment(dir)!.attempts.wrong;
        expect([3, 4]).toContain(counted);
        if ('said' in answer) expect(counted).toBe(4);
      },
    );
    expect(deaths).toBeGreaterThan(8);
  });

  it('an enrolment is there whole or not at all, and can be made or removed afterwards', () => {
    dieEverywhere(
      () => {},
      () => createEnrolment(dir, secret, first),
      answer => {
        const enrolled = readEnrolment(dir);
        if ('said' in answer) expect(enrolled).toBeDefined();
        if (enrolled) {
          expect(enrolled.secret).toBe(secret.toString('hex'));
          expect(() => createEnrolment(dir, secret, first)).toThrow(/set up already/);
        } else createEnrolment(dir, secret, first);
        expect(check(code(first + 1), first + 1)).toBe('right');
        removeEnrolment(dir);
        expect(fs.readdirSync(dir)).toEqual([]);
      },
    );
  });

  it('a reset leaves an enrolment that works or none', () => {
    dieEverywhere(
      () => {
        createEnrolment(dir, secret, first);
        for (let i = 0; i < 3; i++) check(wrong, first);
      },
      () => removeEnrolment(dir),
      answer => {
        const enrolled = readEnrolment(dir);
        if ('said' in answer) expect(enrolled).toBeUndefined();
        if (enrolled) expect(enrolled.attempts.wrong).toBe(3);
        else expect(open().enrolled()).toBe(false);
        removeEnrolment(dir);
        createEnrolment(dir, secret, first);
        expect(check(code(first + 1), first + 1)).toBe('right');
      },
    );
  });

  it('an unlock happened or did not', () => {
    dieEverywhere(
      () => {
        createEnrolment(dir, secret, first);
        for (let i = 0; i < 4; i++) check(wrong, first);
      },
      () => unlockEnrolment(dir),
      answer => expect('said' in answer ? [0] : [0, 4]).toContain(readEnrolment(dir)!.attempts.wrong),
    );
  });
});

it('flushes the text before it takes its name, and the folder before the answer', () => {
  createEnrolment(dir, secret, first);
  powerOn();
  expect(check(code(first + 1), first + 1)).toBe('right');
  expect(power.calls.filter(call => /write|rename|fsync/.test(call))).toEqual([
    'write',
    'write',
    'fsyncSync',
    'renameSync',
    'fsyncSync',
  ]);
});

it('an unlock between the reading and the writing of a wrong code is kept', () => {
  createEnrolment(dir, secret, first);
  for (let i = 0; i < 4; i++) check(wrong, first);
  power.before = call => {
    if (call !== 'write') return;
    power.before = () => {};
    unlockEnrolment(dir);
  };
  check(wrong, first);
  expect(readEnrolment(dir)!.attempts.wrong).toBe(0);
  expect(check(code(first + 1), first + 1)).toBe('right');
});

it('refuses right and wrong codes alike where nothing can be written', () => {
  createEnrolment(dir, secret, first);
  const full = Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' });
  power.before = call => {
    if (call === 'write') throw full;
  };
  const answers = [check(code(first + 1), first + 1), check(wrong, first + 1)];
  expect(answers[0]).toMatchObject({ problem: 'needs-confirmation', message: expect.stringContaining('ENOSPC') });
  expect(answers[1]).toEqual(answers[0]);
  powerOn();
  expect(check(code(first + 1), first + 1)).toBe('right');
});

// Two wrong codes and a right one, again and again; a line after each answer.
const loop = `
import { writeSync } from 'node:fs';
import { openConfirmation } from ${JSON.stringify(new URL('confirmation.ts', import.meta.url).href)};
import { totp } from ${JSON.stringify(new URL('totp.ts', import.meta.url).href)};
const [dir, from] = process.argv.slice(1);
const confirmation = openConfirmation({ mode: 'real', stateDir: dir });
for (let step = Number(from); ; step++)
  for (const [code, wrong] of [['x', 1], ['y', 2], [totp(Buffer.from('12345678901234567890'), step), 0]]) {
    const answer = confirmation.checkCode(code, new Date((step * 30 + 10) * 1000));
    writeSync(1, JSON.stringify({ step, wrong, right: answer === 'right' }) + '\\n');
  }
`;

it('kill -9 at any moment loses no count and opens no replay', async () => {
  createEnrolment(dir, secret, first);
  let seed = 7;
  for (let round = 0, step = first + 1; round < 10; round++) {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    const child = spawn(process.execPath, ['--input-type=module', '-e', loop, dir, String(step)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const heard: { step: number; wrong: number; right: boolean }[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      heard.push(JSON.parse(line));
      if (heard.length === 1 + (seed % 40)) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(heard.every(({ wrong, right }) => right === (wrong === 0))).toBe(true);
    const last = heard.at(-1)!;
    const { attempts } = readEnrolment(dir)!;
    const used = last.right ? last.step : last.step - 1;
    expect(attempts.lastStep).toBeGreaterThanOrEqual(used);
    if (attempts.lastStep === used) expect(attempts.wrong).toBeGreaterThanOrEqual(last.wrong);
    expect(check(code(attempts.lastStep), attempts.lastStep)).not.toBe('right');
    step = attempts.lastStep + 1;
    expect(check(code(step), step)).toBe('right');
    step++;
  }
}, 60_000);
