import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import winston from 'winston';
import { openLog } from './log.ts';
import { Secret } from './secret.ts';

function lines(write: (log: ReturnType<typeof openLog>) => void): string[] {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  const log = openLog();
  log.clear().add(new winston.transports.Stream({ stream }));
  write(log);
  return written;
}

it('writes one line an event, whatever came from outside', () => {
  const [line, ...more] = lines(log => log.warn('a sign-in failed', { login: 'x\n2026 info forged\u001b[31m' }));
  expect(more).toEqual([]);
  expect(line).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z warn a sign-in failed \{"login":"x\\n2026 info forged\\u001b\[31m"\}\n$/,
  );
});

it('writes out what a terminal would obey or reorder', () => {
  const [line] = lines(log => log.warn('a sign-in failed', { login: 'x\u009b31m\u202egnorw\u2028y é' }));
  expect(line).toContain('"login":"x\\x9b31m\\u{202e}gnorw\\u{2028}y é"');
});

it('tells an error with its cause, and never a secret', () => {
  const error = new Error('outer', { cause: new Error('inner') });
  const [line] = lines(log => log.error('a page failed', { error, token: new Secret('hunter2') }));
  expect(line).toContain('outer');
  expect(line).toContain('inner');
  expect(line).toContain('"token":"•••"');
});
