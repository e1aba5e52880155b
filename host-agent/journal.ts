// Root's own channels: the journal, by standard output under systemd, and the program that GATEHOUSE_NOTIFY names.
import { Refused } from '../allowlist/refused.ts';
import type { Host } from './host.ts';
import { refuseUntrusted } from './rule-files.ts';
import { run } from './run.ts';
import type { Settings } from './settings.ts';

/** Gives what tells a line to both. In real mode the program must be root's; a failure of it is told to the journal only. */
export function openJournal({ notify, mode }: Pick<Settings, 'notify' | 'mode'>, host: Host): (line: string) => void {
  if (notify !== undefined && mode === 'real') refuseUntrusted(notify);
  // A journal that is restarted takes its end of our output along: what is said to it is lost, and the agent serves on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return line => {
    console.log(line);
    if (notify === undefined || mode === 'dummy') return;
    void run(host, [notify], { stdin: `${line}\n` }).then(ran => {
      if (ran instanceof Refused || ran.code !== 0) console.error(`GATEHOUSE_NOTIFY: ${notify} did not take the line`);
    });
  };
}
