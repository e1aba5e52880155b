// gatehouse-agent confirm enrol | reset | unlock: the owner at the host's own terminal.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { say, typed, whyNotAtTerminal } from '../at-terminal.ts';
import type { Settings } from '../settings.ts';
import { refusedFor } from '../stop.ts';
import { utc } from './confirmation.ts';
import { createEnrolment, removeEnrolment, unlockEnrolment } from './enrol.ts';
import { type Attempts, attemptsFile, readEnrolment } from './enrolment.ts';
import { base32, otpauthUri } from './otpauth.ts';
import { inTerminal, qr } from './qr.ts';
import { sameCode, stepAt, totp } from './totp.ts';

type Where = Pick<Settings, 'mode' | 'state'>;

const tries = 3;
const otherScreen = '\x1b[?1049h\x1b[2J\x1b[H';
/** With the scrollback: not every terminal has another screen. */
const clearAndBack = '\x1b[H\x1b[2J\x1b[3J\x1b[?1049l';

/** Gives the exit status: 0 done, 1 refused or given up, 2 called wrongly. */
export async function confirmCommand(args: readonly string[], settings: Where): Promise<number> {
  const acts = new Map([
    ['enrol', enrol],
    ['reset', reset],
    ['unlock', unlock],
  ]);
  const act = args.length === 1 ? acts.get(args[0]!) : undefined;
  if (!act) return say('usage: gatehouse-agent confirm enrol | reset | unlock', 2);
  if (settings.mode === 'dummy' && act !== unlock)
    return say('In dummy mode the code is always 000000: there is nothing to set up.', 1);
  if (settings.mode === 'dummy') {
    attemptsFile(settings.state).remove();
    return say('Codes are taken again.');
  }
  const why = whyNotAtTerminal();
  if (why) return say(why, 1);
  try {
    return await act(settings);
  } catch (error) {
    return say(refusedFor(error, 'Not done, or not all').message, 1);
  }
}

async function enrol({ state }: Where): Promise<number> {
  if (readEnrolment(state))
    return say('A one-time code is set up already. To replace it: gatehouse-agent confirm reset, then enrol.', 1);
  const secret = randomBytes(20);
  const provenStep = await showAndProve(secret);
  if (provenStep === null)
    return say('Nothing was set up: no right code was given. Run it again for a new QR code.', 1);
  createEnrolment(state, secret, provenStep);
  return say(
    'Set up: Gatehouse asks for the code of this app from now on. The code just given is used; wait for the next.',
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
      const code = await typed('The six digits that the app shows now: ');
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

async function reset({ state }: Where): Promise<number> {
  process.stdout.write(
    'The app that makes the codes now will be of no use, and nothing can be confirmed until you enrol again.\n',
  );
  if ((await typed('Type reset to go on: ')) !== 'reset') return say('Nothing was changed.', 1);
  removeEnrolment(state);
  return say('Removed, with every ticket it gave. Next: gatehouse-agent confirm enrol.');
}

async function unlock({ state }: Where): Promise<number> {
  const enrolment = readEnrolment(state);
  if (!enrolment) return say('No one-time code is set up: run gatehouse-agent confirm enrol.', 1);
  unlockEnrolment(state);
  return say(`Codes are taken again. Before: ${counted(enrolment.attempts)}.`);
}

function counted({ wrong, pausedUntilMs }: Attempts): string {
  const paused = pausedUntilMs > Date.now() ? `, paused until ${utc(pausedUntilMs)}` : '';
  return `${wrong} wrong ${wrong === 1 ? 'code' : 'codes'} in a row${paused}`;
}
