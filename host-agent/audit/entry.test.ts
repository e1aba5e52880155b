import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryLine, genesis, kept, lineHash, refusalFields } from './entry.ts';

const unseen = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
const at = new Date('2026-11-21T05:30:12.345Z');

describe('the bytes of an entry', () => {
  it('give back any text, on one line, with nothing raw that a terminal would act on', () => {
    const nasty = fc.constantFrom(
      ...'\0\n\r\x1b\x7f\x85\x9b\u061c\u200e\u202e\u2028\u2029\u2066\ufeff\u{e0041}',
      '\ud800',
      'é',
      '𝄞',
      '"',
      '\\',
      '</script>',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(nasty).map(parts => parts.join('')),
    );
    fc.assert(
      fc.property(fc.array(text), text, (argv, message) => {
        const line = entryLine(1, at, 'intent', { argv, message }, genesis).toString();
        expect(line).not.toMatch(unseen);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(JSON.parse(line)).toEqual({ n: 1, at: at.toISOString(), kind: 'intent', argv, message, prev: genesis });
      }),
    );
  });

  it('leave letters of any script readable', () => {
    expect(entryLine(1, at, 'note', { name: "Zoë O'Neil 李" }, genesis).toString()).toContain(`"name":"Zoë O'Neil 李"`);
  });
});

describe('what is kept of refused text', () => {
  it('is all of it up to 2 KiB, then 2 KiB and a hash of the rest', () => {
    expect(kept('a'.repeat(2048))).toBe('a'.repeat(2048));
    expect(kept('a'.repeat(2048) + 'bc')).toEqual({
      start: 'a'.repeat(2048),
      restBytes: 2,
      restSha256: lineHash(Buffer.from('bc')),
    });
  });

  it('splits no character', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('é', '李', '𝄞', 'a'), minLength: 500, maxLength: 3000 }), text => {
        const part = kept(text);
        if (typeof part === 'string') {
          expect(part).toBe(text);
          return;
        }
        expect(text.startsWith(part.start)).toBe(true);
        const rest = Buffer.from(text.slice(part.start.length));
        expect([part.restBytes, part.restSha256]).toEqual([rest.length, lineHash(rest)]);
        expect(Buffer.byteLength(part.start)).toBeGreaterThan(2048 - 4);
        expect(Buffer.byteLength(part.start)).toBeLessThanOrEqual(2048);
      }),
      { endOnFailure: true },
    );
  });

  it('holds for each argument, the command and the message, and for 64 arguments', () => {
    const long = 'a'.repeat(9000);
    const entry = refusalFields({ message: long, cmd: long, args: Array(70).fill(long) });
    expect(entry).toMatchObject({ argsLeftOut: 6, cmd: { restBytes: 6952 }, message: { restBytes: 6952 } });
    expect((entry.args as unknown[]).length).toBe(64);
    expect(JSON.stringify(entry).length).toBeLessThan(66 * 2200);
    expect(refusalFields({ message: 'm', args: ['a', ''] })).toEqual({ message: 'm', args: ['a', ''] });
  });
});
