import { z } from 'zod';
import { newPassword } from '../accounts/password.ts';

export const setupForm = z
  .strictObject({
    token: z.string('setup.token.wrong'),
    name: z.string('account.name.missing').trim().min(1, 'account.name.missing').max(100, 'account.name.long'),
    login: z
      .string('account.login.shape')
      .trim()
      .toLowerCase()
      .regex(/^[a-z][a-z0-9._-]{0,31}$/, 'account.login.shape'),
    password: newPassword,
    repeat: z.string('account.repeat.differs'),
  })
  .refine(form => form.password.toLowerCase() !== form.login, { path: ['password'], message: 'account.password.login' })
  .refine(form => form.password === form.repeat, { path: ['repeat'], message: 'account.repeat.differs' });
