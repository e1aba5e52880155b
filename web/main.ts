// The dashboard's process: serves until SIGTERM or SIGINT. `recover LOGIN` prints a one-time link instead, for who cannot sign in any more.
import v8 from 'node:v8';
import { readSettings, WrongSetting } from './settings.ts';

// Half the memory of a dashboard at rest, for a page that comes a millisecond later.
v8.setFlagsFromString('--optimize-for-size');

/** Whatever hangs by then does not keep the process: it ends within 10 s. */
const lastMs = 8_000;

const [command, login, ...more] = process.argv.slice(2);
try {
  if (command === undefined) {
    // Before the code is loaded, which takes the longest of a start.
    const end = endWhenAsked();
    await (await import('./commands.ts')).serve(readSettings(), end);
    // Views that are still compiled must not keep the process.
    process.exit();
  } else if (command === 'recover' && login && more.length === 0)
    await (await import('./commands.ts')).recoverAt(readSettings(), login);
  else throw new WrongSetting(`There is no command ${process.argv.slice(2).join(' ')}; there is recover LOGIN.`);
} catch (error) {
  process.stderr.write(`${error instanceof WrongSetting ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}

/** Aborts once, however often it is asked. */
function endWhenAsked(): AbortSignal {
  const end = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end.abort());
  end.signal.addEventListener('abort', () => setTimeout(() => process.exit(), lastMs).unref());
  return end.signal;
}
