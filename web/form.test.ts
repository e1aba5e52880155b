import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formWith, readForm } from './form.ts';

const schema = z.strictObject({
  login: z.string('account.login.shape').regex(/^[a-z]+$/, 'account.login.shape'),
  password: z.string('account.password.missing').min(12, 'account.password.short'),
});

describe('a form', () => {
  it('gives the values of a good one, without the token', () => {
    const read = readForm(schema, { _csrf: 'x', login: 'jo', password: 'long enough, this' });
    expect(read).toEqual({ ok: true, values: { login: 'jo', password: 'long enough, this' } });
  });

  it('says what is wrong beside each field, keeps what was typed but not a password, and names the first', () => {
    const read = readForm(schema, { login: 'J o', password: 'short' }, ['password']);
    if (read.ok) throw new Error('it passed');
    expect(read.form.typed).toEqual({ login: 'J o' });
    expect(read.form.first).toBe('login');
    expect(read.form.errors.login).toMatch(/^A login is /);
    expect(read.form.errors.password).toMatch(/^A password has at least 12 characters/);
  });

  it.each([[undefined], [{}], [{ login: ['a', 'b'], password: 'long enough, this' }]])('refuses %j', body => {
    expect(readForm(schema, body).ok).toBe(false);
  });

  it.each([
    [{ login: 'jo', password: 'long enough, this', uid: '0' }],
    [{ login: 'jo', password: 'long enough, this', shell: ['yes', 'no'] }],
    [{ login: 'J o', password: 'long enough, this', shell: 'maybe' }],
  ])('is another form where what is wrong has no words of ours: %j', body => {
    const withShell = schema.extend({ shell: z.enum(['yes', 'no']).optional() });
    expect(() => readForm(withShell, body)).toThrow('Problem 422');
  });

  it('takes errors found later, also a sentence of the agent as it stands', () => {
    const form = formWith({ login: 'root', password: 'x' }, { login: 'There is such a user.' }, ['password']);
    expect(form).toEqual({ typed: { login: 'root' }, errors: { login: 'There is such a user.' }, first: 'login' });
  });
});
