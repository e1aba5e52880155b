import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { type Entry, endingOf, endOf, entryHash, entrySchema, rowOf } from './entry.ts';

const prev = '0'.repeat(64);
const read = (line: string) => entrySchema.parse(JSON.parse(line));
const intent = read(
  `{"n":42,"at":"2026-11-21T05:30:12.345Z","kind":"intent","peer":{"pid":812,"uid":990,"gid":990},"claimed":{"account":"admin","ip":"192.168.1.7","change":"c_01"},"rule":"users.rename","argv":["/usr/sbin/usermod","-c","Jo Example","jo"],"prev":"${prev}"}`,
);

it('gives back the line that the agent hashed, whatever the order of its keys and the characters in it', () => {
  const lines = [
    `{"n":1,"at":"2026-11-21T05:30:12.345Z","kind":"intent","rule":"r","argv":["Zoë","\\u202e\\u200d\\u0085\\u2028","a\\u0007b","\\"\\\\"],"prev":"${prev}"}`,
    `{"prev":"${prev}","kind":"other","at":"x","n":2,"more":{"z":1,"a":[null,1.5,true]}}`,
    `{"n":3,"at":"x","kind":"refused","args":["\\ud83d\\ude00 \\udb40\\udc41"],"prev":"${prev}"}`.replace(
      '\\ud83d\\ude00',
      '😀',
    ),
  ];
  for (const line of lines) {
    expect(entryHash(read(line))).toBe(createHash('sha256').update(line).digest('hex'));
  }
});

it('makes a row of an intent', () => {
  expect(rowOf(intent, 1)).toEqual({
    log: 1,
    n: 42,
    at: Date.parse('2026-11-21T05:30:12.345Z'),
    kind: 'intent',
    outcome: 'open',
    rule: 'users.rename',
    account: 'admin',
    ip: '192.168.1.7',
    change_id: 'c_01',
    user: null,
    line: "usermod -c 'Jo Example' jo",
    also: 'users.rename admin 192.168.1.7',
    code: null,
    ms: null,
    problem: null,
    ended_n: null,
  });
});

it.each([
  [
    { kind: 'outcome', of: 42, code: 0, signal: null, ms: 31 },
    { outcome: 'ok', code: 0, ms: 31, ended_n: 43 },
  ],
  [
    { kind: 'outcome', of: 42, code: 9, signal: null, ms: 2 },
    { outcome: 'failed', code: 9 },
  ],
  [
    { kind: 'outcome', of: 42, code: null, signal: 'SIGKILL', ms: 2 },
    { outcome: 'failed', code: null },
  ],
  [
    { kind: 'unknown', of: 42 },
    { outcome: 'unknown', code: null, ms: null },
  ],
])('folds %j into the row of its intent', (fields, expected) => {
  const entry: Entry = { n: 43, at: '', prev, ...fields };
  expect(endOf(entry)).toBe(42);
  expect(endingOf(entry)).toMatchObject(expected);
});

it('shows a refused request with what cannot be seen written out, and finds it by its message', () => {
  const args = ['-o', 'x\u202ey', { start: 'long', restBytes: 9, restSha256: 'f' }];
  const row = rowOf(
    { n: 5, at: '', kind: 'refused', prev, problem: 'not-allowed', cmd: 'useradd', args, message: 'No rule.' },
    1,
  );
  expect(row).toMatchObject({ outcome: 'refused', problem: 'not-allowed', also: 'not-allowed No rule.' });
  expect(row.line).toBe('useradd -o x\\u{202e}y long…');
});

it('keeps an entry of a kind that it does not know', () => {
  expect(rowOf({ n: 1, at: 'x', kind: 'started', prev, rule: 7 } as unknown as Entry, 1)).toMatchObject({
    kind: 'started',
    outcome: 'note',
    rule: null,
    line: 'started',
  });
});
