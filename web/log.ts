// What the dashboard writes for its keeper: one line an event on stdout. What is secret is a Secret and prints as •••.
import { createLogger, format, type Logger, transports } from 'winston';
import { visible } from './changes/command.ts';

// Whoever read it may be gone, such as the terminal it was started in: no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

export function openLog(options: { silent?: boolean } = {}): Logger {
  return createLogger({
    level: 'info',
    silent: options.silent ?? false,
    format: format.combine(format.timestamp(), format.printf(line)),
    transports: [new transports.Console()],
  });
}

/** `message` is a fixed sentence; what came from outside is in the JSON behind it, where no line break passes for a new line and no sign is one that a terminal obeys. */
function line({ timestamp, level, message, ...facts }: Record<string, unknown>): string {
  const shown = Object.entries(facts).map(([name, value]) => [name, value instanceof Error ? told(value) : value]);
  return `${timestamp} ${level} ${message}${shown.length > 0 ? ` ${visible(JSON.stringify(Object.fromEntries(shown)))}` : ''}`;
}

function told(error: Error): string[] {
  const cause = error.cause instanceof Error ? told(error.cause) : [];
  return [...(error.stack ?? error.message).split('\n').map(row => row.trim()), ...cause];
}
