import { expect, it } from 'vitest';
import { sha512Crypt } from './sha512-crypt.ts';

// The specification's own test vectors.
it.each([
  [
    'Hello world!',
    'saltstringsaltst',
    10_000,
    'OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
  ],
  [
    'This is just a test',
    'toolongsaltstrin',
    5_000,
    'lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3glMhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0',
  ],
  [
    'we have a short salt string but not a short password',
    'short',
    77_777,
    'WuQyW2YR.hBNpjjRhpYD/ifIw05xdfeEyQoMxIXbkvr0gge1a1x3yRULJ5CCaUeOxFmtlcGZelFl5CxtgfiAc0',
  ],
])('hashes %j as the specification does', async (password, salt, rounds, hash) => {
  expect(await sha512Crypt(password, salt, rounds)).toBe(`$6$rounds=${rounds}$${salt}$${hash}`);
});

// Made by `openssl passwd -6 -salt 'rounds=1000$saltsalt'`. A whole number of 64-byte blocks is where others go wrong.
it.each([
  [63, 'HHFP0Wmt7cjeIKfsQY5SoeM16g6i0/FkG.lllL7p3.v/pN27QrwRIDv6izCuNowMz7QgMSrZpBztC.x9qQ3c91'],
  [64, 'eZdHK9UywOj85YtuhB9n5KhvS9aYY2VNhVpvlS4eCXrFHp/zbHShjjq52um969Atfw3KZdL3gxooPzf24Opc/.'],
  [128, '1q8hGkicYZ1LFnPdCPI0vSuCd6cKyeoVTudJYYXvyoqm4rqgjDn8vBRg1Lsbk98HqPDMfSYNpMNgSzGtDMzlh1'],
  [254, 'shFNziFJIG3ObalCMWkeDRv6f4oMNR7F7/dllrjazLO7PDBcFxTFgaPC9zfrFi0W34FOKmQIPRBMQaAkQN9Mm/'],
])('hashes %i bytes with an accent among them as openssl does', async (bytes, hash) => {
  expect(await sha512Crypt(`é${'x'.repeat(bytes - 2)}`, 'saltsalt', 1_000)).toBe(`$6$rounds=1000$saltsalt$${hash}`);
});
