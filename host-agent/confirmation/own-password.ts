// confirm: self – the user whom a rule names proves the old password, against the host.
import { z } from 'zod';
import { askPrograms } from '../../allowlist/programs.ts';
import { Refused } from '../../allowlist/refused.ts';
import type { Host } from '../host.ts';
import { run } from '../run.ts';
import { stateFile } from '../state-file.ts';
import { utc, WrongCode } from './confirmation.ts';

const triesAtMost = 5;
const pauseMs = 15 * 60_000;
const schema = z.record(z.string(), z.strictObject({ tries: z.int(), pausedUntilMs: z.int() }));

/** Whether this is the password of that login. `login` must have passed the check of <user>. */
export type ProveSelf = (login: string, password: string, now: Date) => Promise<'right' | Refused>;

/** A try is counted, durably, before the host is asked: neither a crash nor many at once give one more. */
export function openOwnPasswords(stateDir: string, host: Host, onPause: (login: string) => void): ProveSelf {
  const file = stateFile(stateDir, 'own-passwords.json', schema, 'remove it');
  const keep = (login: string, entry?: { tries: number; pausedUntilMs: number }) => {
    const { [login]: _, ...others } = file.read() ?? {};
    file.write(entry ? { ...others, [login]: entry } : others);
  };
  return async (login, password, now) => {
    const { tries = 0, pausedUntilMs = 0 } = new Map(Object.entries(file.read() ?? {})).get(login) ?? {};
    if (now.getTime() < pausedUntilMs)
      return refuse(`No password of ${login} is tried until ${utc(pausedUntilMs)}, after ${triesAtMost} wrong ones.`);
    const tried = (pausedUntilMs > 0 ? 0 : tries) + 1;
    keep(login, { tries: tried, pausedUntilMs: tried >= triesAtMost ? now.getTime() + pauseMs : 0 });
    const stdin = `${password}\0`;
    const ran = password.includes('\0')
      ? undefined
      : await run(host, [askPrograms.unix_chkpwd, login, 'nonull'], { stdin });
    if (ran instanceof Refused) return ran;
    if (ran?.code === 0) {
      keep(login);
      return 'right';
    }
    if (tried >= triesAtMost) onPause(login);
    return new WrongCode(
      `This is not the password of ${login} (try ${tried} of ${triesAtMost}, then a pause of 15 minutes).`,
    );
  };
}

function refuse(message: string): Refused {
  return new Refused('needs-confirmation', message);
}
