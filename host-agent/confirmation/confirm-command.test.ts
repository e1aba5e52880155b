import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refused } from '../../allowlist/refused.ts';
import { openConfirmation } from './confirmation.ts';
import { createEnrolment } from './enrol.ts';
import { readEnrolment } from './enrolment.ts';
import { base32 } from './otpauth.ts';
import { stepAt, totp } from './totp.ts';

const script = existsSync('/usr/bin/script');
const root = process.geteuid?.() === 0;
const clear = '\x1b[2J\x1b[3J';

let dir: string;
let state: string;
let harness: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'confirm-'));
  state = join(dir, 'state');
  harness = join(dir, 'confirm.mjs');
  const command = JSON.stringify(new URL('confirm-command.ts', import.meta.url).href);
  writeFileSync(
    harness,
    `import { confirmCommand } from ${command};
const [mode, state, ...args] = process.argv.slice(2);
if (process.env.AS_UID) process.setuid(Number(process.env.AS_UID));
process.exitCode = await confirmCommand(args, { mode, state });`,
  );
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const piped = (...args: string[]) => spawnSync(process.execPath, [harness, ...args], { encoding: 'utf8' });

/** Runs the command on a terminal; `answers` are typed when their prompt shows. */
async function onTerminal(args: string[], answers: [prompt: RegExp, typed: (shown: string) => string][] = []) {
  const line = [process.execPath, harness, 'real', state, ...args].map(word => `'${word}'`).join(' ');
  const child: ChildProcess = spawn('/usr/bin/script', ['-qec', line, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  let seen = 0;
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    const [next] = answers;
    const found = next && shown.slice(seen).search(next[0]);
    if (next && found !== undefined && found >= 0) {
      seen = shown.length;
      answers.shift();
      child.stdin!.write(next[1](shown));
    }
  });
  const status = await new Promise<number | null>(resolve => child.on('close', resolve));
  return { status, shown };
}

/** The secret as a person would type it into an app. */
function secretIn(shown: string): Buffer {
  const text = /^ {2}((?:[A-Z2-7]{4} ?){8})\r?$/m.exec(shown)![1]!.replaceAll(' ', '');
  const bits = [...text].map(c => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g)!.map(byte => Number.parseInt(byte, 2)));
}
const currentCode = (shown: string) => `${totp(secretIn(shown), stepAt(new Date()))}\r`;

describe('confirm', () => {
  it.each([[], ['enroll'], ['enrol', 'now'], ['__proto__'], ['constructor']])('shows its usage for %j', (...args) => {
    const { status, stderr } = piped('real', state, ...args);
    expect([status, stderr]).toEqual([2, 'usage: gatehouse-agent confirm enrol | reset | unlock\n']);
  });

  it('in dummy mode only has wrong codes to forget', () => {
    mkdirSync(state, { mode: 0o700 });
    const { checkCode } = openConfirmation({ mode: 'dummy', stateDir: state });
    for (let i = 0; i < 5; i++) checkCode('999999', new Date());
    expect(checkCode('000000', new Date())).toBeInstanceOf(Refused);
    expect(piped('dummy', state, 'unlock')).toMatchObject({ status: 0, stdout: 'Codes are taken again.\n' });
    expect(checkCode('000000', new Date())).toBe('right');
  });

  it('has nothing to set up in dummy mode', () => {
    const { status, stderr } = piped('dummy', state, 'enrol');
    expect([status, stderr]).toEqual([1, expect.stringContaining('always 000000')]);
    expect(existsSync(state)).toBe(false);
  });

  it.runIf(root).each(['enrol', 'reset', 'unlock'])('%s is refused without a terminal', act => {
    const { status, stdout, stderr } = piped('real', state, act);
    expect([status, stdout, stderr]).toEqual([1, '', expect.stringContaining('by a person at a terminal')]);
    expect(existsSync(state)).toBe(false);
  });

  it.runIf(root && script)('is refused when only its input is a terminal', () => {
    const line = `'${process.execPath}' '${harness}' real '${state}' enrol | cat; exit \${PIPESTATUS[0]}`;
    const { stdout } = spawnSync('/usr/bin/script', ['-qec', `bash -c "${line.replaceAll('$', '\\$')}"`, '/dev/null'], {
      encoding: 'utf8',
    });
    expect(stdout).toContain('by a person at a terminal');
    expect(existsSync(state)).toBe(false);
  });

  it('is refused to anyone but root', () => {
    const env = root ? { ...process.env, AS_UID: '65534' } : process.env;
    const { status, stderr } = spawnSync(process.execPath, [harness, 'real', state, 'enrol'], {
      env,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([1, 'Only root can do this: run it as root on the host.\n']);
  });
});

describe.runIf(root && script)('on a terminal', () => {
  const digits = /six digits that the app shows now/;

  it('enrols with a code of the app, clears the screen, and uses the code up', async () => {
    let given = '';
    const { status, shown } = await onTerminal(
      ['enrol'],
      [
        [digits, () => '12345\r'],
        [digits, text => (given = currentCode(text))],
      ],
    );
    expect(status).toBe(0);
    expect(shown).toContain('That is not the code');
    expect(shown).toContain('\x1b[40;37;1m████');
    expect(shown).toContain(clear);
    expect(shown.slice(shown.indexOf(clear))).not.toContain(base32(secretIn(shown)).slice(0, 4));
    expect(shown.indexOf('Set up:')).toBeGreaterThan(shown.indexOf(clear));
    expect(readEnrolment(state)?.secret).toBe(secretIn(shown).toString('hex'));
    expect([statSync(state).mode & 0o7777, statSync(join(state, 'confirmation.json')).mode & 0o7777]).toEqual([
      0o700, 0o600,
    ]);
    const confirmation = openConfirmation({ mode: 'real', stateDir: state });
    expect(confirmation.checkCode(given.trim(), new Date())).not.toBe('right');
    const soon = new Date(Date.now() + 30_000);
    expect(confirmation.checkCode(totp(secretIn(shown), stepAt(soon)), soon)).toBe('right');
  });

  it.each([
    ['three wrong codes', ['1\r', '2\r', '3\r']],
    ['Ctrl-C', ['\x03']],
    ['Ctrl-D', ['\x04']],
  ])('keeps nothing after %s, and clears the screen', async (_, typed) => {
    const { status, shown } = await onTerminal(
      ['enrol'],
      typed.map(text => [digits, () => text]),
    );
    expect(status).toBe(1);
    expect(shown).toContain(clear);
    expect(shown.indexOf('Nothing was set up')).toBeGreaterThan(shown.indexOf(clear));
    expect(existsSync(state)).toBe(false);
  });

  it('does not enrol over an enrolment', async () => {
    createEnrolment(state, Buffer.alloc(20, 1), 0);
    const { status, shown } = await onTerminal(['enrol']);
    expect([status, shown]).toEqual([1, expect.stringContaining('set up already')]);
    expect(readEnrolment(state)?.secret).toBe('01'.repeat(20));
  });

  it('resets after the word was typed, and only then', async () => {
    createEnrolment(state, Buffer.alloc(20, 1), 0);
    const kept = await onTerminal(['reset'], [[/Type reset/, () => 'yes\r']]);
    expect([kept.status, kept.shown]).toEqual([1, expect.stringContaining('Nothing was changed.')]);
    expect(readEnrolment(state)).toBeDefined();
    const { status, shown } = await onTerminal(['reset'], [[/Type reset/, () => 'reset\r']]);
    expect([status, shown]).toEqual([0, expect.stringContaining('Removed, with every ticket')]);
    expect(readdirSync(state)).toEqual([]);
  });

  it('resets files that nobody can read any more', async () => {
    createEnrolment(state, Buffer.alloc(20, 1), 0);
    writeFileSync(join(state, 'confirmation.json'), 'x');
    const refused = await onTerminal(['enrol']);
    expect([refused.status, refused.shown]).toEqual([1, expect.stringContaining('run gatehouse-agent confirm reset')]);
    expect((await onTerminal(['reset'], [[/Type reset/, () => 'reset\r']])).status).toBe(0);
    expect(readEnrolment(state)).toBeUndefined();
  });

  it('unlocks, and says what was counted', async () => {
    expect((await onTerminal(['unlock'])).shown).toContain('No one-time code is set up');
    createEnrolment(state, Buffer.alloc(20, 1), 0);
    const confirmation = openConfirmation({ mode: 'real', stateDir: state });
    for (let i = 0; i < 6; i++) confirmation.checkCode('x', new Date());
    const { status, shown } = await onTerminal(['unlock']);
    expect(status).toBe(0);
    expect(shown).toMatch(/Codes are taken again. Before: 5 wrong codes in a row, paused until .* UTC\./);
    expect(confirmation.checkCode('x', new Date())).toMatchObject({
      message: expect.stringContaining('1 wrong in a row'),
    });
  });

  it('writes the secret nowhere but into its file', async () => {
    const { shown } = await onTerminal(['enrol'], [[digits, currentCode]]);
    expect(readdirSync(state)).toEqual(['confirmation.json']);
    expect(readFileSync(join(state, 'confirmation.json'), 'utf8')).toContain(secretIn(shown).toString('hex'));
  });
});
