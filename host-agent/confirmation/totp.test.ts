import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { base32, otpauthUri } from './otpauth.ts';
import { sameCode, stepAt, totp } from './totp.ts';

const rfcSecret = Buffer.from('12345678901234567890');
const oathtool = spawnSync('oathtool', ['--version']).status === 0;

describe('totp', () => {
  // RFC 6238, appendix B, the SHA-1 rows: the last six of the eight digits given there.
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('gives the code of the RFC at second %i', (second, code) => {
    expect(totp(rfcSecret, stepAt(new Date(second * 1000)))).toBe(code);
  });

  // RFC 4226, appendix D.
  it('gives the ten codes of the RFC for the counters 0 to 9', () => {
    const codes = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ');
    expect(codes.map((_, step) => totp(rfcSecret, step))).toEqual(codes);
  });

  it.skipIf(!oathtool)('agrees with oathtool about the base32 secret an app is given', () => {
    for (const [i, second] of [0, 1_700_000_000, 4_102_444_800].entries()) {
      const secret = Buffer.alloc(20, i * 77 + 5);
      const out = spawnSync('oathtool', ['--totp', '-b', '-N', `@${second}`, base32(secret)], { encoding: 'utf8' });
      expect(out.stdout.trim()).toBe(totp(secret, stepAt(new Date(second * 1000))));
    }
  });
});

describe('sameCode', () => {
  it('takes the six digits', () => {
    expect(sameCode('012345', '012345')).toBe(true);
  });

  it.each(['', '12345', '0123456', ' 012345', '012345\n', '٠١٢٣٤٥', '０１２３４５', '+12345', '1e5   ', '012346'])(
    'refuses %j',
    given => {
      expect(sameCode(given, '012345')).toBe(false);
    },
  );
});

describe('what an app is given', () => {
  // RFC 4648, section 10, without its padding.
  it('writes base32 as the RFC does', () => {
    const texts = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'];
    expect(texts.map(text => base32(Buffer.from(text)))).toEqual([
      '',
      'MY',
      'MZXQ',
      'MZXW6',
      'MZXW6YQ',
      'MZXW6YTB',
      'MZXW6YTBOI',
    ]);
  });

  it('names the host in the address, and nothing that could end its part of it', () => {
    expect(otpauthUri(rfcSecret, 'home box?secret=AA&')).toBe(
      'otpauth://totp/Gatehouse:home%20box%3Fsecret%3DAA%26?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Gatehouse',
    );
  });
});
