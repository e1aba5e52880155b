import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Refused } from '../../allowlist/refused.ts';
import { openConfirmation } from './confirmation.ts';
import { createEnrolment, removeEnrolment, unlockEnrolment } from './enrol.ts';
import { files, readEnrolment } from './enrolment.ts';
import { totp } from './totp.ts';

const secret = Buffer.from('12345678901234567890');
const first = 59_000_000;
/** A moment within a step; `second` counts from its beginning. */
const at = (step: number, second = 10) => new Date((step * 30 + second) * 1000);
const code = (step: number) => totp(secret, step);
const later = (time: Date, minutes: number, seconds = 0) => new Date(time.getTime() + (minutes * 60 + seconds) * 1000);

/** A code that no step near `first` has. */
const wrong = ['111111', '222222', '333333'].find(tried =>
  Array.from({ length: 400 }, (_, i) => code(first - 200 + i)).every(right => right !== tried),
)!;

let dir: string;
let told: string[];
const open = () => openConfirmation({ mode: 'real', stateDir: dir, onLockOut: what => void told.push(what) });

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'confirmation-'));
  told = [];
  createEnrolment(dir, secret, first - 100);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function refused(answer: 'right' | Refused, sentence: RegExp) {
  expect(answer).toBeInstanceOf(Refused);
  expect(answer).toMatchObject({ problem: 'needs-confirmation', message: expect.stringMatching(sentence) });
}

function giveWrong(times: number, from: Date): Date {
  let now = from;
  for (let i = 0; i < times; i++) {
    now = later(now, 0, 1);
    const answer = open().checkCode(wrong, now) as Refused;
    if (/No code is taken until/.test(answer.message)) now = later(now, 15);
  }
  return now;
}

describe('a code', () => {
  it('is right in its own step and in the one after', () => {
    expect(open().checkCode(code(first), at(first, 0))).toBe('right');
    expect(open().checkCode(code(first + 1), at(first + 2, 29))).toBe('right');
  });

  it('is refused two steps late and one step early', () => {
    refused(open().checkCode(code(first), at(first + 2, 0)), /wrong, too old or used/);
    refused(open().checkCode(code(first + 3), at(first + 2, 29)), /wrong, too old or used/);
    expect(open().checkCode(code(first + 2), at(first + 2, 29))).toBe('right');
  });

  it('is right once, also after a restart and in the step after', () => {
    const confirmation = open();
    expect(confirmation.checkCode(code(first), at(first))).toBe('right');
    refused(confirmation.checkCode(code(first), at(first)), /used/);
    refused(open().checkCode(code(first), at(first + 1)), /used/);
    expect(open().checkCode(code(first + 1), at(first + 1))).toBe('right');
  });

  it('is refused when a newer one was used, though it is of the step before', () => {
    expect(open().checkCode(code(first + 1), at(first + 1))).toBe('right');
    refused(open().checkCode(code(first), at(first + 1)), /used/);
  });

  it('is right for the step before when an older one was the last used', () => {
    expect(open().checkCode(code(first - 1), at(first))).toBe('right');
    expect(open().checkCode(code(first), at(first))).toBe('right');
  });

  it('that proved the enrolment is used', () => {
    refused(open().checkCode(code(first - 100), at(first - 100)), /used/);
    expect(open().checkCode(code(first - 99), at(first - 99))).toBe('right');
  });

  it.each(['', ' ', '12345', '1234567', 'abcdef', '٠١٢٣٤٥', '\0'.repeat(6), '9'.repeat(64)])(
    '%j is a wrong one',
    given => {
      refused(open().checkCode(given, at(first)), /1 wrong in a row/);
    },
  );

  it('opens no replay when the clock goes back, and is right again when it is where it was', () => {
    expect(open().checkCode(code(first), at(first))).toBe('right');
    for (const step of [first - 1, first - 1000])
      for (const given of [step, step - 1, first])
        refused(open().checkCode(code(given), at(step)), /clock is behind the last code/);
    expect(readEnrolment(dir)?.attempts.wrong).toBe(0);
    expect(open().checkCode(code(first + 1), at(first + 1))).toBe('right');
  });

  it('opens no replay when the clock goes far ahead and comes back', () => {
    expect(open().checkCode(code(first), at(first))).toBe('right');
    const ahead = first + 10_000_000;
    refused(open().checkCode(code(first), at(ahead)), /used/);
    expect(open().checkCode(code(ahead), at(ahead))).toBe('right');
    for (const given of [first, first + 1, ahead])
      refused(open().checkCode(code(given), at(first + 1)), /confirm reset there/);
  });
});

describe('wrong codes', () => {
  it('are told apart by nothing: the same sentence for used, too old and never right', () => {
    open().checkCode(code(first), at(first));
    const said = [code(first), code(first - 1), wrong, 'x'].map(given => {
      const answer = open().checkCode(given, at(first)) as Refused;
      return answer.message.replace(/\d wrong in a row/, 'N wrong in a row');
    });
    expect(new Set(said).size).toBe(1);
  });

  it('pause at the fifth for fifteen minutes, over restarts, right codes too, and count no further', () => {
    const now = giveWrong(4, at(first));
    refused(open().checkCode(wrong, now), /No code is taken until 2026-02-02 02:55:14 UTC, after 5 wrong ones/);
    expect(told).toEqual(['paused']);
    for (const minute of [0, 7, 14.9]) {
      const then = later(now, minute);
      const step = Math.floor(then.getTime() / 30_000);
      refused(open().checkCode(code(step), then), /No code is taken until/);
      refused(open().checkCode(wrong, then), /No code is taken until/);
    }
    expect(readEnrolment(dir)?.attempts.wrong).toBe(5);
    expect(told).toEqual(['paused']);
    const after = later(now, 15);
    expect(open().checkCode(code(Math.floor(after.getTime() / 30_000)), after)).toBe('right');
    expect(readEnrolment(dir)?.attempts.wrong).toBe(0);
  });

  it('begin again at one after a right code', () => {
    giveWrong(4, at(first));
    expect(open().checkCode(code(first), at(first, 20))).toBe('right');
    refused(open().checkCode(wrong, at(first, 21)), /1 wrong in a row/);
    expect(told).toEqual([]);
  });

  it('lock at the twentieth, over restarts and for ever, and end every ticket', () => {
    const now = giveWrong(19, at(first));
    const confirmation = open();
    const request = { cmd: 'userdel', args: ['ann'] };
    const ticket = confirmation.tickets.issue(990, [request], 0);
    expect(confirmation.tickets.next(ticket, 990, request, 1)).not.toBeInstanceOf(Refused);
    refused(confirmation.checkCode(wrong, now), /locked after 20 wrong ones: run gatehouse-agent confirm unlock/);
    expect(told).toEqual(['paused', 'paused', 'paused', 'locked']);
    expect(confirmation.tickets.next(ticket, 990, request, 1)).toBeInstanceOf(Refused);
    const years = later(now, 1_000_000);
    refused(open().checkCode(code(Math.floor(years.getTime() / 30_000)), years), /locked/);
    expect(open().enrolled()).toBe(true);
  });

  it('are forgiven by an unlock, which makes no used step usable', () => {
    expect(open().checkCode(code(first), at(first))).toBe('right');
    const confirmation = open();
    for (let i = 0; i < 5; i++) confirmation.checkCode(wrong, at(first));
    unlockEnrolment(dir);
    refused(confirmation.checkCode(code(first), at(first)), /1 wrong in a row/);
    expect(confirmation.checkCode(code(first + 1), at(first + 1))).toBe('right');
  });

  it('and an unlock at the same moment do not lose one another', () => {
    giveWrong(19, at(first));
    // The serving process has read the files; then the owner unlocks; then the wrong code is written.
    const before = readEnrolment(dir)!;
    unlockEnrolment(dir);
    const racing = open();
    expect(readEnrolment(dir)?.attempts.wrong).toBe(0);
    writeFileSync(
      join(dir, files.attempts),
      JSON.stringify({ enrolment: before.id, unlock: before.unlock, ...before.attempts, wrong: 20 }),
    );
    refused(racing.checkCode(wrong, at(first + 200)), /1 wrong in a row/);
    refused(racing.checkCode(wrong, at(first + 200)), /2 wrong in a row/);
    unlockEnrolment(dir);
    refused(racing.checkCode(wrong, at(first + 200)), /1 wrong in a row/);
  });
});

describe('the enrolment', () => {
  it('is missed with how to make it', () => {
    removeEnrolment(dir);
    expect(open().enrolled()).toBe(false);
    refused(open().checkCode(code(first), at(first)), /run gatehouse-agent confirm enrol on the host/);
    rmSync(dir, { recursive: true });
    expect(open().enrolled()).toBe(false);
    refused(open().checkCode(code(first), at(first)), /confirm enrol/);
  });

  it('made anew ends the tickets of the old one in a process that serves on', () => {
    const confirmation = open();
    const request = { cmd: 'userdel', args: ['ann'] };
    const ticket = confirmation.tickets.issue(990, [request], 0);
    expect(confirmation.tickets.next(ticket, 990, request, 1)).not.toBeInstanceOf(Refused);
    removeEnrolment(dir);
    expect(confirmation.tickets.next(ticket, 990, request, 1)).toBeInstanceOf(Refused);
    createEnrolment(dir, secret, first);
    expect(confirmation.tickets.next(ticket, 990, request, 1)).toBeInstanceOf(Refused);
  });

  it('made anew is not touched by counts that the old one still writes', () => {
    giveWrong(4, at(first));
    const counts = readFileSync(join(dir, files.attempts));
    removeEnrolment(dir);
    createEnrolment(dir, secret, first + 1);
    writeFileSync(join(dir, files.attempts), counts, { mode: 0o600 });
    expect(readEnrolment(dir)).toMatchObject({ attempts: { lastStep: first + 1, wrong: 0 } });
  });

  it('is made once: of two, the second is refused and the first stays', () => {
    expect(() => createEnrolment(dir, Buffer.alloc(20), first)).toThrow(/set up already/);
    expect(readEnrolment(dir)?.secret).toBe(secret.toString('hex'));
  });

  it('leaves nothing behind when it is removed, broken files and halves too', () => {
    giveWrong(1, at(first));
    unlockEnrolment(dir);
    writeFileSync(join(dir, files.enrolment), '{');
    writeFileSync(join(dir, `${files.enrolment}.new`), '{');
    removeEnrolment(dir);
    expect(readdirSync(dir)).toEqual([]);
  });

  const names = Object.values(files);
  const broken = ['', '{', 'null', '[]', '{}', '{"id":1}', '\0'.repeat(100)];
  it.each(names.flatMap(name => broken.map(text => [name, text] as const)))(
    'fails closed when %s holds %j, without quoting a secret',
    (name, text) => {
      giveWrong(1, at(first));
      unlockEnrolment(dir);
      giveWrong(1, at(first));
      writeFileSync(join(dir, name), text);
      refused(
        open().checkCode(code(first), at(first)),
        new RegExp(`${name} does not hold what Gatehouse wrote.*reset`),
      );
      expect(open().enrolled()).toBe(false);
    },
  );

  it.each([
    ['a field too many', { more: 1 }],
    ['a secret of another length', { secret: 'ab' }],
    ['a step that is no number', { provenStep: '1' }],
    ['a step below zero', { provenStep: -1 }],
  ])('fails closed on %s', (_, change) => {
    const kept = JSON.parse(readFileSync(join(dir, files.enrolment), 'utf8'));
    writeFileSync(join(dir, files.enrolment), JSON.stringify({ ...kept, ...change }));
    const answer = open().checkCode(code(first), at(first));
    refused(answer, /does not hold/);
    expect(JSON.stringify(answer)).not.toContain(kept.secret);
    writeFileSync(join(dir, files.enrolment), JSON.stringify(kept));
    expect(open().checkCode(code(first), at(first))).toBe('right');
  });

  it('fails closed when others may read the secret', () => {
    chmodSync(join(dir, files.enrolment), 0o644);
    refused(open().checkCode(code(first), at(first)), /neither its group nor others may look into it/);
    chmodSync(join(dir, files.enrolment), 0o600);
    expect(open().checkCode(code(first), at(first))).toBe('right');
  });
});

describe('in dummy mode', () => {
  const dummy = () => openConfirmation({ mode: 'dummy', stateDir: dir });

  it('the code is always 000000, as often as one likes, and nothing is kept but how many were wrong', () => {
    removeEnrolment(dir);
    const confirmation = dummy();
    expect(confirmation.enrolled()).toBe(true);
    for (const step of [first, first, first - 5]) expect(confirmation.checkCode('000000', at(step))).toBe('right');
    expect(readdirSync(dir)).toEqual([]);
    refused(confirmation.checkCode('999999', at(first)), /1 wrong in a row/);
    refused(confirmation.checkCode(code(first), at(first)), /2 wrong in a row/);
    expect(readdirSync(dir)).toEqual([files.attempts]);
  });

  it('wrong codes pause, also over a restart, and a right one forgets them', () => {
    const confirmation = dummy();
    for (let i = 0; i < 5; i++) confirmation.checkCode('999999', at(first));
    refused(dummy().checkCode('000000', at(first)), /No code is taken until/);
    expect(dummy().checkCode('000000', at(first + 31))).toBe('right');
    refused(dummy().checkCode('999999', at(first + 31)), /1 wrong in a row/);
  });

  it('tickets work as in real mode', () => {
    const { tickets } = dummy();
    const request = { cmd: 'userdel', args: ['ann'] };
    const ticket = tickets.issue(990, [request], 0);
    expect(tickets.next(ticket, 990, request, 1)).not.toBeInstanceOf(Refused);
    expect(tickets.next(ticket, 991, request, 1)).toBeInstanceOf(Refused);
  });
});

it('in real mode 000000 is a code like any other', () => {
  refused(open().checkCode('000000', at(first)), /wrong/);
});
