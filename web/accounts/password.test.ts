import argon2 from 'argon2';
import { describe, expect, it, vi } from 'vitest';
import { hashPassword, isPassword, newPassword } from './password.ts';

vi.unmock('argon2');

describe('a password', () => {
  it('is kept as argon2id and recognised, in either spelling of its letters', async () => {
    const hash = await hashPassword('blå hälsning med ord');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
    expect(await isPassword('blå hälsning med ord'.normalize('NFD'), hash)).toBe(true);
    expect(await isPassword('bla halsning med ord', hash)).toBe(false);
  });

  it('is never right for nobody, not even the one that is compared with, after the same work', async () => {
    const verify = vi.spyOn(argon2, 'verify');
    expect(await isPassword('of nobody', undefined)).toBe(false);
    expect(verify).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('$m=19456,p=1,t=2$'), 'of nobody');
  });

  it('is long and otherwise as people like it', () => {
    expect(newPassword.safeParse('elevenchars').success).toBe(false);
    expect(newPassword.safeParse('twelve chars').success).toBe(true);
    expect(newPassword.safeParse('x'.repeat(257)).success).toBe(false);
  });
});
