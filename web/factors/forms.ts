import { z } from 'zod';
import { name } from '../accounts/forms.ts';

export const passkeyForm = z.strictObject({ name, passkey: z.string() });

export const enrolForm = z.strictObject({
  sealed: z.string(),
  code: z.string('factors.code.missing').trim().min(1, 'factors.code.missing').max(64, 'factors.code.wrong'),
});
