// gatehouse-agent confirm enrol | reset | unlock: the owner at the host's own terminal.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { createInterface } from 'node:readline';
import { refusedFor } from '../stop.ts';
import { utc } from './confirmation.ts';
import { createEnrolment, removeEnrolment, unlockEnrolment } from './enrol.ts';
import { type Attempts, readEnrolment } from './enrolment.ts';
import { base32, otpauthUri } from './otpauth.ts';
import { inTerminal, qr } from './qr.ts';
import { sameCode, stepAt, totp } from './totp.ts';

export interface ConfirmSettings {
  mode: 'real' | 'dummy';
  stateDir: string;
  /** Told when it is durable, for the journal and the notify command. */
  onEvent?: (what: 'enrolled' | 'reset' | 'unlocked') => void | Promise<void>;
}

const tries = 3;
const otherScreen = '\x1b[?1049h\x1b[2J\x1b[H';
/** With the scrollback: not every terminal has another screen. */
const clearAndBack = '\x1b[H\x1b[2J\x1b[3J\x1b[?1049l';

/** Gives the exit status: 0 done, 1 refused or given up, 2 called wrongly. */
export async function confirmCommand(args: readonly string[], settings: ConfirmSettings): Promise<number> {
  const acts = new Map([
    ['enrol', enrol],
    ['reset', reset],
    ['unlock', unlock],
  ]);
  const act = args.length === 1 ? acts.get(args[0]!) : undefined;
  if (!act) return say('usage: gatehouse-agent confirm enrol | reset | unlock', 2);
  if (settings.mode === 'dummy') return say('In dummy mode the code is always 000000: there is nothing to set up.', 1);
  if (process.geteuid?.() !== 0) return say('Only root can do this: run it as root on the host.', 1);
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    return say('This is done by a person at a terminal: neither its input nor its output may be a pipe or a file.', 1);
  try {
    return await act(settings);
  } catch (error) {
    return say(refusedFor(error, 'Not done, or not all').message, 1);
  }
}

async function enrol({ stateDir, onEvent }: ConfirmSettings): Promise<number> {
  if (readEnrolment(stateDir))
    return say('A one-time code is set up already. To replace it: gatehouse-agent confirm reset, then enrol.', 1);
  const secret = randomBytes(20);
  const provenStep = await showAndProve(secret);
  if (provenStep === null)
    return say('Nothing was set up: no right code was given. Run it again for a new QR code.', 1);
  createEnrolment(stateDir, secret, provenStep);
  await onEvent?.('enrolled');
  return say(
    'Set up: Gatehouse asks for the code of this app from now on. The code just given is used; wait for the next.',
    0,
  );
}

/** Until the app has shown that it holds the secret, nothing of it is kept. Gives the step it was shown with. */
async function showAndProve(secret: Buffer): Promise<number | null> {
  process.stdout.write(otherScreen);
  try {
    process.stdout.write(inTerminal(qr(otpauthUri(secret, hostname()))));
    process.stdout.write('Scan this with an authenticator app, or type it in (time-based, SHA-1, 6 digits):\n');
    process.stdout.write(`  ${base32(secret).match(/.{4}/g)?.join(' ')}\n`);
    for (let i = 0; i < tries; i++) {
      const code = await ask('The six digits that the app shows now: ');
      if (code === null) return null;
      const now = stepAt(new Date());
      const step = [now, now - 1].find(tried => sameCode(code, totp(secret, tried)));
      if (step !== undefined) return step;
      process.stdout.write('That is not the code. Is the clock of the host right, and that of the phone?\n');
    }
    return null;
  } finally {
    process.stdout.write(clearAndBack);
  }
}

async function reset({ stateDir, onEvent }: ConfirmSettings): Promise<number> {
  process.stdout.write(
    'The app that makes the codes now will be of no use, and nothing can be confirmed until you enrol again.\n',
  );
  if ((await ask('Type reset to go on: ')) !== 'reset') return say('Nothing was changed.', 1);
  removeEnrolment(stateDir);
  await onEvent?.('reset');
  return say('Removed, with every ticket it gave. Next: gatehouse-agent confirm enrol.', 0);
}

async function unlock({ stateDir, onEvent }: ConfirmSettings): Promise<number> {
  const enrolment = readEnrolment(stateDir);
  if (!enrolment) return say('No one-time code is set up: run gatehouse-agent confirm enrol.', 1);
  unlockEnrolment(stateDir);
  await onEvent?.('unlocked');
  return say(`Codes are taken again. Before: ${counted(enrolment.attempts)}.`, 0);
}

function counted({ wrong, pausedUntilMs }: Attempts): string {
  const paused = pausedUntilMs > Date.now() ? `, paused until ${utc(pausedUntilMs)}` : '';
  return `${wrong} wrong ${wrong === 1 ? 'code' : 'codes'} in a row${paused}`;
}

/** A line from the terminal; null on Ctrl-C and Ctrl-D. */
function ask(question: string): Promise<string | null> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, historySize: 0 });
  return new Promise(resolve => {
    terminal.once('close', () => resolve(null));
    terminal.question(question, answer => {
      resolve(answer.trim());
      terminal.close();
    });
  });
}

function say(sentence: string, status: number): number {
  (status === 0 ? process.stdout : process.stderr).write(`${sentence}\n`);
  return status;
}
