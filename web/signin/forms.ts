import { z } from 'zod';

const next = z.string().optional();
const password = (wrong: string) =>
  z.string('account.password.missing').min(1, 'account.password.missing').max(256, wrong);
const code = z.string('signin.code.missing').trim().min(1, 'signin.code.missing').max(64, 'signin.code.wrong');

export const signInForm = z.strictObject({
  login: z.string('signin.login.missing').trim().toLowerCase().min(1, 'signin.login.missing').max(64, 'signin.wrong'),
  password: password('signin.wrong'),
  next,
});

/** Of the app, or a recovery code. */
export const codeForm = z.strictObject({ code, next });

export const passwordForm = z.strictObject({ password: password('prove.password.wrong'), next });
