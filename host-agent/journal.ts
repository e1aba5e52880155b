// Root's own channels: the journal, by standard output under systemd, and the program that GATEHOUSE_NOTIFY names.
import { visible } from '../allowlist/match.ts';
import { Refused } from '../allowlist/refused.ts';
import type { Host } from './host.ts';
import { refuseUntrusted } from './rule-files.ts';
import { run, wordsOf } from './run.ts';
import { type Settings, wrong } from './settings.ts';
import { Places } from './turns.ts';

/** Tells both a line. One that is `minor`, a burst of refusals, does without the program where another line waits for it. */
export type Tell = (line: string, minor?: 'minor') => void;

const deadlineMs = 10_000;
const waitingAtMost = 64;

/**
 * The program gets one line after the other, so that none pile up; the journal has every line, and is told of what the program did not
 * take. `begun` is handed each line's telling, which ends by itself and never rejects.
 */
export function openJournal(
  { notify, mode }: Pick<Settings, 'notify' | 'mode'>,
  host: Host,
  begun: (telling: Promise<void>) => unknown,
): Tell {
  if (notify !== undefined && mode === 'real') refuseUnfit(notify);
  // A journal that is restarted takes its end of our output along: what is said to it is lost, and the agent serves on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const places = new Places(1);
  const never = new AbortController().signal;
  return (line, minor) => {
    console.log(line);
    if (notify === undefined || mode === 'dummy') return;
    // Otherwise a flood of refusals could crowd out that codes are being guessed.
    if (places.waiting >= (minor ? 1 : waitingAtMost)) missed('it has not taken earlier ones yet');
    else begun(give(notify, line));
  };

  async function give(program: string, line: string): Promise<void> {
    const leave = await places.take(places, never);
    const ran = await run(host, [program], { stdin: `${line}\n`, deadlineMs });
    leave?.();
    if (ran instanceof Refused) missed(ran.message);
    else if (ran.endedBy) missed(`it was ended after ${deadlineMs / 1000} s`);
    else if (ran.code !== 0) missed(wordsOf(ran));
  }

  function missed(why: string): void {
    console.error(`GATEHOUSE_NOTIFY: ${notify} did not take a line: ${visible(why)}`);
  }
}

function refuseUnfit(program: string): void {
  try {
    refuseUntrusted(program);
  } catch (error) {
    const rule = `is not to be trusted: ${(error as Error).message.replace(/\.$/, '')}`;
    throw wrong('GATEHOUSE_NOTIFY', program, rule, '/usr/local/sbin/tell-me');
  }
}
