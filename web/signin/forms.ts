import { z } from 'zod';

export const signInForm = z.strictObject({
  login: z.string('signin.login.missing').trim().toLowerCase().min(1, 'signin.login.missing').max(64, 'signin.wrong'),
  password: z.string('account.password.missing').min(1, 'account.password.missing').max(256, 'signin.wrong'),
  next: z.string().optional(),
});

export const proveForm = z.strictObject({
  login: z.string().optional(),
  password: z.string('account.password.missing').min(1, 'account.password.missing').max(256, 'prove.password.wrong'),
  next: z.string().optional(),
});
